"""Writing a file so that it is either the old one or the new one, whatever happens meanwhile."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from engine.api.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Sequence

# How files end that are still being written, or that a killed process has left.
UNFINISHED = ".tmp"
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_NOT_ALLOWED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
# Some file systems cannot sync a folder; the file itself is safe in them by other means.
_NO_FOLDER_SYNC = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EACCES, errno.EBADF})


class FileNotWritten(EngineError):
    """A file could not be written; what was there before is untouched."""


def write_atomic(path: Path, *data: bytes | memoryview) -> None:
    """Replace the content of `path` by all of `data`, durably, or raise `FileNotWritten`.

    Where `path` is a link, the file it leads to is replaced and the link kept. The new file is
    readable by its owner only. The folder must exist.
    """
    try:
        target = path.resolve()
        _replace(target, data)
    except (OSError, RuntimeError) as fault:  # the latter for links that lead in a circle
        raise FileNotWritten(_sentence(path, fault), repr(fault)) from fault


def _replace(target: Path, data: Sequence[bytes | memoryview]) -> None:
    handle, temporary_name = tempfile.mkstemp(
        prefix=f".{target.name[:64]}.", suffix=UNFINISHED, dir=target.parent
    )
    temporary = Path(temporary_name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Make the renaming itself durable; Windows does that without being asked."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as fault:
        if fault.errno not in _NO_FOLDER_SYNC:
            raise
    finally:
        os.close(handle)


def _sentence(path: Path, fault: OSError | RuntimeError) -> str:
    code = fault.errno if isinstance(fault, OSError) else None
    if code in _FULL:
        return f"{path.name} could not be saved: the disk is full. Free some space and try again."
    if code in _NOT_ALLOWED:
        return (
            f"{path.name} could not be saved: {path.parent} does not let your account write. "
            "Change its permissions and try again."
        )
    if code == errno.ENOENT:
        return f"{path.name} could not be saved: the folder {path.parent} does not exist."
    return f"{path.name} could not be saved: the system refused to write it."
