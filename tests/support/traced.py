"""What a process and all that it starts did with sockets, as the system itself saw it (strace)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_CALLS = "socket,connect,sendto,sendmsg,sendmmsg"
_ADDRESS = re.compile(r'sin6?_(?:addr|port).*?(?:inet_addr\(|inet_pton\(AF_INET6, )"([^"]+)"')
_INTERNET = re.compile(r"AF_INET6?\b|AF_PACKET|AF_VSOCK")


def strace() -> str:
    """The tracer, or a skipped test that says what is missing."""
    found = shutil.which("strace")
    if found is None:
        pytest.skip("strace is not installed")
    return found


def run_traced(
    argv: Sequence[str], log: Path, environment: Mapping[str, str], timeout_s: float = 240
) -> subprocess.CompletedProcess[str]:
    """Run `argv` with its children; what they did with sockets is in `log` afterwards."""
    return subprocess.run(
        [strace(), "-f", "-qq", "-e", f"trace={_CALLS}", "-o", str(log), *argv],
        env=dict(environment), capture_output=True, text=True, timeout=timeout_s, check=False,
    )  # fmt: skip


def calls(log: Path) -> list[str]:
    """Every traced call, whole."""
    return log.read_text(errors="replace").splitlines()


def left_the_machine(log: Path) -> list[str]:
    """The calls that sent to, or connected with, anything beyond this machine's loopback."""
    return [line for line in calls(log) if _leaves(line)]


def _leaves(line: str) -> bool:
    if " socket(" in line or not _INTERNET.search(line):
        return False
    addresses = _ADDRESS.findall(line)
    return not addresses or not all(_is_local(address) for address in addresses)


def _is_local(address: str) -> bool:
    ip = ip_address(address)
    mapped = getattr(ip, "ipv4_mapped", None)
    return (mapped or ip).is_loopback


def environment(home: Path) -> dict[str, str]:
    """A process environment with a home of its own and no display."""
    return os.environ | {"TANKA_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
