"""Writing whole files: the old or the new, never half of either."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from engine.atomic import FileNotWritten, _sentence, write_atomic

posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX files")


def test_a_file_is_made_and_replaced(tmp_path) -> None:
    path = tmp_path / "settings.json"
    for content in (b"first", b"", b"\x00second" * 100_000):
        write_atomic(path, content)
        assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_a_reader_keeps_the_file_it_opened(tmp_path) -> None:
    path = tmp_path / "a"
    write_atomic(path, b"old and longer")
    if os.name != "posix":
        pytest.skip("an open file cannot be replaced there")
    with path.open("rb") as reader:
        write_atomic(path, b"new")
        assert reader.read() == b"old and longer"


@posix
def test_only_the_owner_may_read_it(tmp_path) -> None:
    write_atomic(tmp_path / "a", b"x")
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600


@posix
def test_a_link_stays_a_link(tmp_path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "settings.json").symlink_to(tmp_path / "kept" / "real.json")
    write_atomic(tmp_path / "settings.json", b"x")
    assert (tmp_path / "settings.json").is_symlink()
    assert (tmp_path / "kept" / "real.json").read_bytes() == b"x"


def test_a_missing_folder_is_said(tmp_path) -> None:
    with pytest.raises(FileNotWritten, match=r"a\.json could not be saved: the folder .* does not"):
        write_atomic(tmp_path / "gone" / "a.json", b"x")


def test_a_folder_in_the_way_is_left_alone(tmp_path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(FileNotWritten, match="a could not be saved"):
        write_atomic(tmp_path / "a", b"x")
    assert list(tmp_path.iterdir()) == [tmp_path / "a"]


@posix
def test_a_read_only_folder_is_said(tmp_path) -> None:
    path = tmp_path / "a.json"
    write_atomic(path, b"old")
    tmp_path.chmod(0o500)
    superuser = os.geteuid() == 0
    try:
        if superuser:
            os.seteuid(65534)
        with pytest.raises(FileNotWritten, match="does not let your account write"):
            write_atomic(path, b"new")
    finally:
        if superuser:
            os.seteuid(0)
        tmp_path.chmod(0o700)
    assert path.read_bytes() == b"old"


@posix
def test_a_write_that_ends_half_way_leaves_the_old_file_and_nothing_else(tmp_path) -> None:
    import resource

    path = tmp_path / "a.json"
    write_atomic(path, b"old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, hard))
        with pytest.raises(FileNotWritten, match="the system refused to write it"):
            write_atomic(path, bytes(2 << 20))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_said(tmp_path) -> None:
    """On a real disk of 64 kB, where this system lets an ordinary account mount one."""
    small = tmp_path / "small"
    small.mkdir()
    unshare = shutil.which("unshare")
    program = (
        "import sys, pathlib\n"
        "from engine.atomic import FileNotWritten, write_atomic\n"
        "path = pathlib.Path(sys.argv[1]) / 'a.json'\n"
        "write_atomic(path, b'old')\n"
        "try: write_atomic(path, bytes(200_000))\n"
        "except FileNotWritten as error: print(error)\n"
        "print(path.read_bytes(), len(list(path.parent.iterdir())))\n"
    )
    mount = 'mount -t tmpfs -o size=64k tmpfs "$1" || exit 77; exec "$2" -c "$3" "$1"'
    if unshare is None:
        pytest.skip("there is no way to mount a small disk")
    done = subprocess.run(
        [unshare, "--user", "--map-root-user", "--mount", "sh", "-c", mount, "sh",
         str(small), sys.executable, program],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip("this account may not mount a small disk")
    assert done.stdout == (
        "a.json could not be saved: the disk is full. Free some space and try again.\nb'old' 1\n"
    ), done.stderr


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_quotas_count_as_full(code) -> None:
    assert "the disk is full" in _sentence(Path("a.json"), OSError(code, "full"))
