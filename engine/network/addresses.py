"""Which addresses stay on this machine, and the refusal of the others."""

from __future__ import annotations

import ipaddress
import socket

from engine.api.errors import EngineError

# What talks to the kernel or to programs of this machine only.
_LOCAL_FAMILIES = frozenset(
    int(family)
    for name in ("AF_UNIX", "AF_NETLINK", "AF_ALG")
    if (family := getattr(socket, name, None)) is not None
)
_INTERNET = frozenset({int(socket.AF_INET), int(socket.AF_INET6)})
# Every system keeps this name in a file of its own. "x.localhost" is no such name: some resolvers
# ask a server for it. An empty name means any address of this machine, none at all a passive one.
_LOCAL_NAMES = frozenset({"localhost", ""})


class Offline(EngineError):
    """Something tried to leave this machine while the offline switch was on."""


def refusal(host: str) -> Offline:
    """The error for an attempt to reach `host`."""
    return Offline(f"The offline switch is on, so the connection to {host} was refused.")


def outside(address: object, family: int | None = None) -> str | None:
    """The host in `address` if it is, or may be, beyond this machine; `None` where it is not.

    `address` is as sockets take it: a tuple that begins with the host. `family` is the socket's,
    where there is one; without it the host's form decides.
    """
    if family is not None and family in _LOCAL_FAMILIES:
        return None
    if family is not None and family not in _INTERNET:
        return f"an address of family {family}"
    if not isinstance(address, tuple) or not address:
        return None  # a socket that is connected already, which was looked at then
    return outside_host(address[0])


def outside_host(host: object) -> str | None:
    """`host` as text if it is, or may be, beyond this machine."""
    if host is None:
        return None
    if isinstance(host, bytes | bytearray):
        host = bytes(host).decode("ascii", "replace")
    if not isinstance(host, str):
        return repr(host)
    return None if host.lower().removesuffix(".") in _LOCAL_NAMES or _is_local_ip(host) else host


def is_name(host: object) -> bool:
    """Whether the system would have to ask somebody what address `host` has."""
    if isinstance(host, bytes | bytearray):
        host = bytes(host).decode("ascii", "replace")
    if not isinstance(host, str) or not host:
        return False
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return True
    return False


def _is_local_ip(host: str) -> bool:
    """Loopback, IPv4's written as IPv6 too; and the unspecified address, which means the same."""
    try:
        ip = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    return ip.is_loopback or ip.is_unspecified
