"""Runs a program without a network: `python isolated.py STATUS_FD PROGRAM [ARGUMENT]...`.

A program of its own, with the standard library alone, because a process with threads cannot enter a
namespace of its own safely. It makes a user namespace and a network namespace, where nothing but a
loopback of its own exists, and becomes PROGRAM there. What keeps it from that is written to the
file descriptor STATUS_FD, which closes without a word when PROGRAM has begun. Linux only.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
import sys
from contextlib import suppress
from pathlib import Path

# As a shell says it; `isolation` tells the two apart by them.
NOT_ISOLATED = 125
NOT_FOUND = 127

_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_PR_SET_NO_NEW_PRIVS = 38
_SIOCGIFFLAGS, _SIOCSIFFLAGS = 0x8913, 0x8914
_IFF_UP = 1
_REQUEST = "16sH22x"  # struct ifreq: a name and flags


def enter() -> None:
    """Leave every network, for good; raises `OSError` where the system does not allow that."""
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.getuid(), os.getgid()
    if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), "a namespace of its own")
    # The same user inside as outside: files stay readable, and nothing is gained.
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    with suppress(OSError):
        _raise_loopback()
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def _raise_loopback() -> None:
    """A new namespace's loopback is down; programs that talk to themselves by it want it up."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        asked = struct.pack(_REQUEST, b"lo", 0)
        _, flags = struct.unpack(_REQUEST, fcntl.ioctl(any_socket, _SIOCGIFFLAGS, asked))
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack(_REQUEST, b"lo", flags | _IFF_UP))


def main(arguments: list[str]) -> int:
    """Become the program, or say why not."""
    status, program = int(arguments[0]), arguments[1:]
    os.set_inheritable(status, False)
    try:
        enter()
    except OSError as fault:
        os.write(status, str(fault).encode())
        return NOT_ISOLATED
    try:
        os.execvp(program[0], program)
    except OSError as fault:
        os.write(status, str(fault).encode())
        return NOT_FOUND


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
