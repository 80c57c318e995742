"""What can go wrong with what is kept on disk, in the user's words.

SQLite's own codes are told apart here and nowhere else.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from engine import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class StoreError(EngineError):
    """Root of all errors of the store. Nothing that was saved before is touched by any of them."""


class DiskFull(StoreError):
    """There is no room left to save in."""


class NotWritable(StoreError):
    """The file or its folder cannot be written, or cannot be opened at all."""


class DamagedDatabase(StoreError):
    """The file is no sound database. It is left as it is."""


class NewerDatabase(StoreError):
    """The file was made by a later version of Tanka. It is left as it is."""


class LockedDatabase(StoreError):
    """Another program holds the file for itself."""


class NotStored(StoreError):
    """A conversation, turn or folder is not, or no longer, in the store."""


class LostAttachment(StoreError):
    """The file of a picture or a document is missing or is not what was saved."""


class NotImportable(StoreError):
    """A file to be imported is not what its format wants; nothing of it was taken in."""


_FULL = frozenset(
    {
        sqlite3.SQLITE_FULL,
        # A limit on file sizes or a quota ends a write in the middle, without SQLITE_FULL.
        sqlite3.SQLITE_IOERR_WRITE,
        sqlite3.SQLITE_IOERR_TRUNCATE,
        sqlite3.SQLITE_IOERR_SHMSIZE,
    }
)
_REFUSED = frozenset(
    {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}
)
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_LOCKED = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn SQLite's errors about the file at `path` into ours. Faults of our own SQL pass."""
    try:
        yield
    except sqlite3.DatabaseError as fault:
        error = _error(path, fault)
        if error is None:
            raise
        raise error from fault


def damaged(path: Path, details: str) -> DamagedDatabase:
    """The error for a file that is no sound database."""
    return DamagedDatabase(
        f"{path.name}, in which conversations are kept, is damaged. The file is left as it "
        "is; what can still be read in it can be recovered.",
        details,
    )


def _error(path: Path, fault: sqlite3.DatabaseError) -> StoreError | None:
    code: int | None = getattr(fault, "sqlite_errorcode", None)
    if code is None:
        return None
    primary, details = code & 0xFF, repr(fault)
    if code in _FULL:
        return DiskFull(
            "The conversation could not be saved: the disk is full, or a limit on the size of "
            f"files is reached in {path.parent}. Free some space and try again.",
            details,
        )
    if primary in _REFUSED:
        return NotWritable(
            f"Conversations cannot be saved: {path.parent} does not let your account write "
            f"{path.name}. Change its permissions and try again.",
            details,
        )
    if primary in _DAMAGED:
        return damaged(path, details)
    if primary in _LOCKED:
        return LockedDatabase(
            f"Another program is using {path.name} and does not let go of it. Close it and try "
            "again.",
            details,
        )
    if primary == sqlite3.SQLITE_IOERR:
        return StoreError(f"The system could not read or write {path.name}.", details)
    return None
