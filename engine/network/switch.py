"""The offline switch, for the whole process and for the Python programs that it starts.

It is enforced by an audit hook, which sees what every library does through Python's sockets. A hook
cannot be taken out again, so it is put in once, and costs a look into a table where the switch is
off. The Python interpreter looks up a host name given to `connect` before it raises the event; the
methods that take addresses are therefore wrapped, to look first.
"""

from __future__ import annotations

import functools
import os
import socket
import sys
import threading
from typing import TYPE_CHECKING, Any, TypeVar

from engine.network.addresses import is_name, outside, outside_host, refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Result = TypeVar("Result")

# Set while the switch is on, so that our own programs begin with it.
OFFLINE_VARIABLE = "TANKA_OFFLINE"
# Libraries of ours would otherwise count their users.
_NO_TELEMETRY = {"HF_HUB_DISABLE_TELEMETRY": "1", "DO_NOT_TRACK": "1"}
_TAKING_ADDRESSES = ("connect", "connect_ex", "sendto", "sendmsg", "bind")


class _Switch:
    """Whether this process may leave the machine, and who wants to hear of attempts."""

    def __init__(self) -> None:
        self.forbidden = threading.Event()
        self.held = threading.Event()
        self.installed = threading.Lock()
        self.on_look_up: Callable[[str], None] | None = None


_SWITCH = _Switch()


def watch(on_look_up: Callable[[str], None], *, offline: bool) -> None:
    """Put the hook in, and hold the switch on where `offline` or an offline parent says so.

    `on_look_up` hears the host of every look-up and connection that is allowed to leave, in the
    thread that looks up and before anything leaves; what it raises stops that.
    """
    _SWITCH.on_look_up = on_look_up
    os.environ |= _NO_TELEMETRY
    _install()
    if offline or os.environ.get(OFFLINE_VARIABLE):
        _SWITCH.held.set()
        go_offline()


def go_offline() -> None:
    """Refuse every connection and name look-up outside this machine, for the whole process."""
    _install()
    _SWITCH.forbidden.set()
    os.environ[OFFLINE_VARIABLE] = "1"


def go_online() -> None:
    """Allow connections again, unless the process was started to stay offline."""
    if _SWITCH.held.is_set():
        return
    _SWITCH.forbidden.clear()
    os.environ.pop(OFFLINE_VARIABLE, None)


def is_offline() -> bool:
    """Whether the switch is on."""
    return _SWITCH.forbidden.is_set()


def is_held_offline() -> bool:
    """Whether the switch stays on until the process ends."""
    return _SWITCH.held.is_set()


def _install() -> None:
    if not _SWITCH.installed.acquire(blocking=False):
        return
    for name in _TAKING_ADDRESSES:
        if hasattr(socket.socket, name):
            setattr(socket.socket, name, _looking_first(getattr(socket.socket, name)))
    sys.addaudithook(_watch)


def _watch(event: str, args: tuple[Any, ...]) -> None:
    """The hook. It is called for every import and every file too, so it must be quick to let go."""
    look = _WATCHED.get(event)
    if look is not None:
        look(args)


def _connecting(args: tuple[Any, ...]) -> None:
    connection, address = args[:2]
    _judge(outside(address, int(connection.family)))


def _looking_up(args: tuple[Any, ...]) -> None:
    _judge(outside_host(args[0]))


def _naming(args: tuple[Any, ...]) -> None:
    """What is asked here is the name of an address."""
    _judge(outside(args[0]))


def _judge(host: str | None) -> None:
    if host is None:
        return
    if _SWITCH.forbidden.is_set():
        raise refusal(host)
    if _SWITCH.on_look_up is not None:
        _SWITCH.on_look_up(host)


def _looking_first(method: Callable[..., Result]) -> Callable[..., Result]:
    """`method` of a socket, whose last argument is an address, with a look at its host first."""

    @functools.wraps(method)
    def look_first(connection: socket.socket, *args: object) -> Result:
        address = args[-1] if args else None
        if isinstance(address, tuple) and address and is_name(address[0]):
            _judge(outside(address, int(connection.family)))
        return method(connection, *args)

    return look_first


_WATCHED: Mapping[str, Callable[[tuple[Any, ...]], None]] = {
    "socket.connect": _connecting,
    "socket.sendto": _connecting,
    "socket.sendmsg": _connecting,
    "socket.getaddrinfo": _looking_up,
    "socket.gethostbyname": _looking_up,
    "socket.gethostbyaddr": _looking_up,
    "socket.getnameinfo": _naming,
}
