"""Files that can be made again: bounded, private, and never half there."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import time

import pytest

from engine.cache.shelf import Shelf, clear_shelf

posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX files")

PLENTY = 10**6


def names(shelf: Shelf) -> list[str]:
    return sorted(path.name for path in shelf.root.rglob("*.safetensors"))


def put(shelf: Shelf, name: str, size: int, when: int, **options: object) -> bool:
    path = shelf.root / "models" / f"{name}.safetensors"
    return shelf.write(path, [bytes(size)], when, **options)  # type: ignore[arg-type]


def test_the_least_recently_used_go_first(tmp_path) -> None:
    shelf = Shelf(tmp_path / "shelf", 1000)
    for when, name in enumerate("abc"):
        assert put(shelf, name, 300, when)
    assert shelf.touch(shelf.root / "models" / "a.safetensors", 10)
    assert put(shelf, "d", 300, 11)
    assert names(shelf) == ["a.safetensors", "c.safetensors", "d.safetensors"]


def test_of_those_used_together_the_last_by_name_go_first(tmp_path) -> None:
    shelf = Shelf(tmp_path / "shelf", 1000)
    for name in "abc":
        assert put(shelf, name, 300, 5)
    assert put(shelf, "d", 600, 6)
    assert names(shelf) == ["a.safetensors", "d.safetensors"]


def test_what_is_spared_stays_even_if_then_there_is_no_room(tmp_path) -> None:
    shelf = Shelf(tmp_path / "shelf", 1000)
    for when, name in enumerate("abc"):
        put(shelf, name, 300, when)
    assert put(shelf, "d", 300, 9, spared={"a.safetensors", "c.safetensors"})
    assert names(shelf) == ["a.safetensors", "c.safetensors", "d.safetensors"]
    assert not put(shelf, "e", 300, 9, spared={f"{n}.safetensors" for n in "acd"})
    assert names(shelf) == ["a.safetensors", "c.safetensors", "d.safetensors"]


def test_what_is_larger_than_all_there_may_be_moves_nothing(tmp_path) -> None:
    shelf = Shelf(tmp_path / "shelf", 1000)
    put(shelf, "a", 900, 1)
    assert not put(shelf, "b", 1001, 2)
    assert names(shelf) == ["a.safetensors"]


def test_what_was_there_before_counts(tmp_path) -> None:
    put(Shelf(tmp_path, 1000), "a", 600, 1)
    shelf = Shelf(tmp_path, 1000)
    put(shelf, "b", 600, 2)
    assert names(shelf) == ["b.safetensors"]


def test_files_written_anew_count_once(tmp_path) -> None:
    shelf = Shelf(tmp_path, 1000)
    for _ in range(4):
        put(shelf, "a", 450, 1)
    put(shelf, "b", 450, 2)
    assert names(shelf) == ["a.safetensors", "b.safetensors"]


def test_a_small_disk_makes_a_small_shelf(tmp_path, monkeypatch) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=5_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert Shelf(tmp_path, PLENTY).most_bytes == 500


def test_the_last_of_a_disk_is_left_alone(tmp_path, monkeypatch) -> None:
    shelf = Shelf(tmp_path, PLENTY)
    put(shelf, "a", 100, 1)
    usage = shutil.disk_usage(tmp_path)._replace(free=2**30 + 50)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert not put(shelf, "b", 100, 2)
    assert put(shelf, "c", 40, 3)


@posix
def test_only_the_owner_sees_anything(tmp_path) -> None:
    (tmp_path / "shelf").mkdir(mode=0o755)
    shelf = Shelf(tmp_path / "shelf", PLENTY)
    put(shelf, "a", 10, 1)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in shelf.root.rglob("*") if path.is_dir()}
    assert modes | {stat.S_IMODE(shelf.root.stat().st_mode)} == {0o700}
    (file,) = shelf.root.rglob("*.safetensors")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@posix
def test_a_write_that_fails_is_told_once_and_leaves_nothing(tmp_path, caplog) -> None:
    import resource

    shelf = Shelf(tmp_path, 2**30)
    assert put(shelf, "a", 10, 1)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, hard))
        for name in ("b", "c", "d"):
            assert not put(shelf, name, 2 << 20, 2)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert len(caplog.records) == 1
    assert sum(path.is_file() for path in tmp_path.rglob("*")) == 1
    assert put(shelf, "b", 2 << 20, 3)


def test_a_folder_that_is_gone_is_made_again(tmp_path) -> None:
    shelf = Shelf(tmp_path / "shelf", PLENTY)
    put(shelf, "a", 10, 1)
    shutil.rmtree(shelf.root / "models")
    assert not shelf.touch(shelf.root / "models" / "a.safetensors", 2)
    assert put(shelf, "b", 10, 3)


def test_what_a_killed_process_left_goes_after_a_while(tmp_path) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    old, new = folder / ".a.safetensors.x1.tmp", folder / ".b.safetensors.x2.tmp"
    for path in (old, new):
        path.write_bytes(b"half")
    long_ago = time.time() - 7200
    os.utime(old, (long_ago, long_ago))
    Shelf(tmp_path, PLENTY)
    assert list(folder.iterdir()) == [new]


def test_folders_left_empty_go(tmp_path) -> None:
    shelf = Shelf(tmp_path, 1000)
    shelf.write(tmp_path / "old" / "a.safetensors", [bytes(900)], 1)
    shelf.write(tmp_path / "new" / "b.safetensors", [bytes(900)], 2)
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_clearing_removes_all(tmp_path) -> None:
    shelf = Shelf(tmp_path / "shelf", PLENTY)
    put(shelf, "a", 10, 1)
    clear_shelf(shelf.root)
    clear_shelf(shelf.root)
    assert not shelf.root.exists()


def test_what_cannot_be_cleared_is_told(tmp_path, monkeypatch, caplog) -> None:
    def refuse(_path: object) -> None:
        raise OSError(errno.EBUSY, "busy")

    monkeypatch.setattr(shutil, "rmtree", refuse)
    clear_shelf(tmp_path)
    assert "could not be removed" in caplog.text
