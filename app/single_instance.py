"""One window for a data folder: a second start hands its files to the first and ends.

The first start holds a lock in the data folder, which the system lets go however it ends, and
listens on a socket in a folder that is this user's alone. Nothing of Qt is imported for a first
start; what is needed to speak with another one is imported when there is one.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from app.instance_request import Request
from engine import EngineError
from engine.file_lock import FileLock
from engine.paths import data_dir

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QObject

    from app.instance_server import InstanceServer

PATIENCE_S = 5.0
_PAUSE_S = 0.05
# Of a socket's path; systems allow 104 to 108 bytes.
_LONGEST_PATH = 100
# Where a desktop says which start the window may come forward for.
_ACTIVATION = "XDG_ACTIVATION_TOKEN"


class NotAnswering(EngineError):
    """Another window of the same data folder holds its place but takes nothing."""


class Place:
    """The first start's: held until it is given up."""

    def __init__(self, lock: FileLock | None) -> None:
        self._lock = lock
        self.address = address() if lock is not None else ""

    def serve(self, parent: QObject) -> InstanceServer:
        """Listen for later starts; without an address to listen at, nobody is heard."""
        from app.instance_server import InstanceServer

        return InstanceServer(self.address, parent)

    def give_up(self) -> None:
        """Let the next start be the first."""
        if self._lock is not None:
            self._lock.release()


def claim(
    files: Sequence[Path] = (), *, offline: bool = False, patience_s: float = PATIENCE_S
) -> Place | None:
    """This start's place; `None` where another window has taken `files` and come forward.

    With `offline` that window has turned its offline switch on.

    One that is closing is waited for. Raises `NotAnswering` after `patience_s` seconds, and
    `engine.paths.FolderNotUsable`.
    """
    lock = FileLock(data_dir() / "window.lock")
    request = Request(tuple(files), os.environ.get(_ACTIVATION, ""), offline)
    until = time.monotonic() + patience_s
    while True:
        try:
            if lock.acquire():
                return Place(lock)
        except OSError:
            return Place(None)  # a disk without locks: better two windows than none
        if _hand_over(request, until - time.monotonic()):
            return None
        if time.monotonic() >= until:
            raise NotAnswering(
                "Tanka is open already, but does not answer. Close its window, or end it in the "
                "system's list of programs, and start it again."
            )
        time.sleep(_PAUSE_S)


def _hand_over(request: Request, patience_s: float) -> bool:
    from app.instance_client import hand_over

    return hand_over(address(), request, patience_s)


def address() -> str:
    """Where the window of this data folder listens; empty where no safe place was found."""
    name = hashlib.sha256(os.fsencode(data_dir().resolve())).hexdigest()[:16]
    if sys.platform == "win32":
        return f"tanka-{name}"
    for folder in _candidates():
        path = folder / f"{name}.socket"
        if len(os.fsencode(path)) <= _LONGEST_PATH and _is_private(folder):
            return str(path)
    return ""


def _candidates() -> tuple[Path, ...]:
    """Folders for sockets: the session's own, then the usual one for short-lived files."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    mine = f"tanka-{_user()}"
    temporary = (Path(tempfile.gettempdir()) / mine, Path("/tmp") / mine)  # noqa: S108
    return (Path(runtime) / "tanka", *temporary) if runtime else temporary


def _is_private(folder: Path) -> bool:
    """Make `folder`, and say whether it is this user's and nobody else can look into it."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return False
    return (
        stat.S_ISDIR(found.st_mode)
        and found.st_uid == _user()
        and stat.S_IMODE(found.st_mode) & 0o077 == 0
    )


def _user() -> int:
    return 0 if sys.platform == "win32" else os.getuid()
