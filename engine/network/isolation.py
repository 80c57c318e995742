"""Programs without a network: what this system can do, and starting one so.

On Linux a program gets a network namespace of its own, with nothing in it but a loopback: it can
talk to itself by 127.0.0.1, to no server of this machine and to no other machine, and neither can
what it starts. It can still talk to programs of this machine through socket files (the desktop's
bus, a container service), which may have a network: this is a wall against leaking, not a sandbox.
Otherwise it has the person's own permissions.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal

from engine.api.errors import EngineError
from engine.network.switch import is_offline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# "network": it cannot work without one. "command": a program that may or may not use one.
ChildKind = Literal["network", "command"]
Stream = int | IO[bytes] | None

_HELPER = Path(__file__).with_name("isolated.py")
_NOT_FOUND = 127
_TOO_LONG = 4096
_NO_NAMESPACES = (
    "This system does not let programs make a network namespace of their own, so Tanka cannot keep "
    "the programs it starts from the network. Allow unprivileged user namespaces, if you can."
)
_NO_WAY = {
    "darwin": "On macOS there is no supported way to start a program without a network: its "
    "sandbox-exec is deprecated, and Tanka does not rely on it.",
    "win32": "On Windows only packaged applications can start programs without a network, which "
    "Tanka is not.",
}


class NotIsolated(EngineError):
    """A program was not started, because it could not be kept from the network."""


class CommandNotFound(EngineError):
    """A program was not started, because there is none of that name or it cannot be run."""


@dataclass(frozen=True, slots=True)
class Isolation:
    """Whether programs can be kept from the network here: in a sentence, and why not in details."""

    available: bool
    sentence: str
    details: str = ""


def isolation() -> Isolation:
    """What this system can do, found out by doing it; takes some hundredths of a second."""
    try:
        start_isolated((sys.executable, "-I", "-S", "-c", "")).wait()
    except (NotIsolated, CommandNotFound) as fault:
        return Isolation(available=False, sentence=fault.sentence, details=fault.details)
    return Isolation(
        available=True,
        sentence="Programs that Tanka starts while it is offline get a network of their own with "
        "nothing in it. They can still talk to programs of this machine through socket files.",
    )


def may_start(kind: ChildKind) -> str | None:
    """Why a program of this kind is not started now, in a sentence; `None` where it may be.

    A program that may be started while Tanka is offline must be started by `start_isolated`. Takes
    as long as `isolation` then.
    """
    if not is_offline():
        return None
    if kind == "network":
        return "The offline switch is on, and this needs the network."
    found = isolation()
    return None if found.available else f"The offline switch is on. {found.sentence}"


def start_isolated(
    argv: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: Stream = None,
    stdout: Stream = None,
    stderr: Stream = None,
) -> subprocess.Popen[bytes]:
    """Start a program that has no network, and return once it runs.

    The streams are as `subprocess.Popen` takes them. Raises `NotIsolated` or `CommandNotFound`; the
    program has then not been started at all.
    """
    if sys.platform != "linux":
        raise NotIsolated(_NO_WAY.get(sys.platform, _NO_NAMESPACES))
    reader, writer = os.pipe()
    try:
        helper = (sys.executable, "-I", "-S", str(_HELPER), str(writer))
        child = subprocess.Popen(
            (*helper, *argv),
            cwd=cwd,
            env=env,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            pass_fds=(writer,),
        )
    except OSError as fault:
        os.close(reader)
        raise CommandNotFound(f"{argv[0]} cannot be started.", repr(fault)) from fault
    finally:
        os.close(writer)
    with os.fdopen(reader, "rb") as status:
        trouble = status.read(_TOO_LONG).decode(errors="replace")
    if trouble:
        code = child.wait()
        if code == _NOT_FOUND:
            raise CommandNotFound(f"{argv[0]} cannot be started.", trouble)
        raise NotIsolated(_NO_NAMESPACES, trouble)
    return child
