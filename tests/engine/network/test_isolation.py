"""Programs without a network: tried out where the system can, said where it cannot."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from engine import network
from engine.network import NotIsolated, isolation, may_start, start_isolated

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

needs_isolation = pytest.mark.skipif(
    not isolation().available, reason="this system cannot keep programs from the network"
)


@pytest.fixture
def offline() -> Iterator[None]:
    network.go_offline()
    yield
    network.go_online()


def output(program: str) -> str:
    child = start_isolated([sys.executable, "-c", program], stdout=subprocess.PIPE)
    told, _ = child.communicate(timeout=60)
    assert child.returncode == 0
    return told.decode()


@needs_isolation
def test_no_other_machine_and_no_server_of_this_one_is_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        told = output(f"""
import socket
for host, port in (("192.0.2.1", 80), ("127.0.0.1", {port})):
    try:
        socket.create_connection((host, port), timeout=5)
        print("reached")
    except OSError as fault:
        print(type(fault).__name__)
""")
    assert told.splitlines() == ["OSError", "ConnectionRefusedError"]


@needs_isolation
def test_what_it_starts_has_no_network_either_and_it_can_talk_to_itself() -> None:
    told = output("""
import socket, subprocess, sys
server = socket.create_server(("127.0.0.1", 0))
socket.create_connection(server.getsockname(), timeout=5).close()
print("itself", flush=True)
far = "import socket; print(socket.socket(2, 2).connect_ex(('192.0.2.1', 53)) != 0)"
subprocess.run([sys.executable, "-c", far], check=True)
""")
    assert told.splitlines() == ["itself", "True"]


@needs_isolation
def test_files_streams_and_the_exit_status_are_as_ever(tmp_path: Path) -> None:
    program = (
        "import os, sys; open('made', 'w').close(); "
        "print(sys.stdin.read() + os.environ['WORD']); sys.exit(7)"
    )
    child = start_isolated(
        [sys.executable, "-c", program],
        cwd=tmp_path, env={"WORD": "said"}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    told, _ = child.communicate(b"read, ", timeout=60)
    assert (told, child.returncode) == (b"read, said\n", 7)
    assert (tmp_path / "made").stat().st_uid == tmp_path.stat().st_uid


@needs_isolation
def test_a_program_that_is_not_there() -> None:
    with pytest.raises(network.CommandNotFound, match="no-such-program cannot be started"):
        start_isolated(["no-such-program"])


def test_where_the_system_refuses_nothing_is_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(NotIsolated, match="sandbox-exec is deprecated"):
        start_isolated([sys.executable, "-c", f"open({str(tmp_path / 'ran')!r}, 'w')"])
    assert not (tmp_path / "ran").exists()
    assert not isolation().available


def test_online_everything_may_start() -> None:
    assert may_start("network") is None
    assert may_start("command") is None


@pytest.mark.usefixtures("offline")
def test_offline_what_needs_the_network_may_not() -> None:
    assert "needs the network" in (may_start("network") or "")


@pytest.mark.usefixtures("offline")
def test_offline_a_program_may_start_where_it_can_be_kept_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert (may_start("command") is None) == isolation().available
    monkeypatch.setattr(sys, "platform", "win32")
    assert "The offline switch is on." in (may_start("command") or "")


REFUSED = """
echo 0 > /proc/sys/user/max_user_namespaces || exit 77
exec "$0" -c "
from engine import network
network.go_offline()
found = network.isolation()
print(found.available, found.sentence, found.details)
print(network.may_start('command'))
"
"""


@needs_isolation
def test_a_refusal_of_the_system_is_told_with_its_reason() -> None:
    """In a user namespace of the test's own, where the number of further ones is set to none."""
    tool = shutil.which("unshare")
    if tool is None:
        pytest.skip("there is no `unshare` to set the limit in")
    done = subprocess.run(
        [tool, "--user", "--map-root-user", "sh", "-c", REFUSED, sys.executable],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    if done.returncode == 77:
        pytest.skip("the limit cannot be set here")
    found, refusal = done.stdout.splitlines()
    assert found.startswith("False This system does not let programs make a network namespace")
    assert "No space left" in found, "the system's own reason"
    assert refusal.startswith("The offline switch is on. This system does not let")
