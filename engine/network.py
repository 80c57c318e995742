"""The one place that knows about connections. Tanka opens none by itself.

Every later use of the network goes through this module. The offline switch is enforced below all
libraries, by Python's audit events: while it is on, connecting and looking up a name outside this
machine raise `Offline`.
"""

from __future__ import annotations

import ipaddress
import sys
import threading
from typing import Any

from engine.api.errors import EngineError

_forbidden = threading.Event()
_hook_installed = threading.Lock()


class Offline(EngineError):
    """Something tried to leave this machine while the offline switch was on."""


def go_offline() -> None:
    """Refuse every connection and name look-up outside this machine, for the whole process.

    An audit hook cannot be taken out again, so it is put in once; `go_online` only opens it.
    """
    if _hook_installed.acquire(blocking=False):
        sys.addaudithook(_watch)
    _forbidden.set()


def go_online() -> None:
    """Allow connections again."""
    _forbidden.clear()


def is_offline() -> bool:
    """Whether the switch is on."""
    return _forbidden.is_set()


def _watch(event: str, args: tuple[Any, ...]) -> None:
    if not _forbidden.is_set():
        return
    if event in {"socket.connect", "socket.sendto"}:
        _refuse_unless_local(args[1])
    elif event in {"socket.getaddrinfo", "socket.gethostbyname"} or event == "socket.gethostbyaddr":
        _refuse_unless_local(args[:1])


def _refuse_unless_local(address: object) -> None:
    """Unix sockets have plain paths for addresses; those and loopback stay allowed."""
    if not isinstance(address, tuple) or not address:
        return
    host = address[0]
    if host is None or host in {"localhost", ""} or _is_loopback(str(host)):
        return
    raise Offline(f"The offline switch is on, so the connection to {host} was refused.")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False
