"""One SQLite file: opened, checked, migrated, written in transactions. Knows no table by name.

Any thread may use it, one at a time; who must not wait for others opens the file a second time.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
from contextlib import contextmanager, suppress
from threading import RLock
from typing import TYPE_CHECKING

from app.store.errors import DiskFull, NewerDatabase, NotWritable, damaged, told
from app.store.migrations import NEWEST, migrate, version_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MAGIC = b"SQLite format 3\0"
_BUSY_S = 2.0
# How far the journal may grow before it is cut again; it is written into the file long before.
_JOURNAL_BYTES = 16 * 2**20


class Database:
    """An open database of the newest version."""

    def __init__(self, path: Path, *, busy_s: float = _BUSY_S) -> None:
        """Open the file at `path`, or begin one; its folder must exist.

        Raises `NewerDatabase` and `DamagedDatabase` without having changed anything, and
        `NotWritable`, `LockedDatabase` and `DiskFull`.
        """
        self.path = path
        self._lock = RLock()
        _begin_private(path)
        with told(path):
            self._connection = sqlite3.connect(
                path, timeout=busy_s, isolation_level=None, check_same_thread=False
            )
            try:
                self._prepare()
            except BaseException:
                self._connection.close()
                raise

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of it or, after any exception, nothing. Inner ones join the outer."""
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """One state of the database, whatever others write meanwhile."""
        with self._transaction("BEGIN") as connection:
            yield connection

    def problems(self, most: int = 20) -> list[str]:
        """What a full check finds, in SQLite's words; it reads the whole file."""
        with self._lock, told(self.path):
            rows = self._connection.execute(f"PRAGMA quick_check({most})").fetchall()
        return [text for (text,) in rows if text != "ok"]

    def close(self) -> None:
        """Write the journal into the file and let go of it."""
        with self._lock, told(self.path):
            self._connection.close()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with self._lock, told(self.path):
            if self._connection.in_transaction:
                yield self._connection
                return
            self._connection.execute(begin)
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                # A full disk may have rolled everything back already.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def _prepare(self) -> None:
        connection = self._connection
        connection.execute("PRAGMA foreign_keys = ON")
        # What is deleted is gone from the file, and cannot come back from a damaged one.
        connection.execute("PRAGMA secure_delete = ON")
        version = version_of(connection)
        if version > NEWEST:
            raise NewerDatabase(
                f"{self.path.name} was made by a later version of Tanka. Install that version to "
                "see your conversations; nothing in the file was changed.",
                f"version {version}, known are versions up to {NEWEST}",
            )
        # What a journal holds is safe when this program is killed; a loss of power may take the
        # last moments, but never what was there before. A sync for each save would stop the window.
        connection.execute("PRAGMA synchronous = NORMAL")
        if connection.execute("PRAGMA journal_mode = WAL").fetchone() != ("wal",):
            raise _no_journal(self.path)
        connection.execute(f"PRAGMA journal_size_limit = {_JOURNAL_BYTES}")
        migrate(connection)
        self._look_over()
        # Better now than when the first question is lost.
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")

    def _look_over(self) -> None:
        """Read the schema and both ends of every table: cheap, and finds most of what is broken."""
        rows = self._connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
        ).fetchall()
        for (name,) in rows:
            quoted = '"' + name.replace('"', '""') + '"'
            for order in ("ASC", "DESC"):
                query = f"SELECT * FROM {quoted} ORDER BY 1 {order} LIMIT 1"  # noqa: S608
                self._connection.execute(query).fetchall()


def _begin_private(path: Path) -> None:
    """Make the file readable by its owner only; SQLite gives its journal the same mode."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        head = _head(path)
    except OSError as fault:
        if fault.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(
                f"Conversations cannot be saved: the disk of {path.parent} is full.", repr(fault)
            ) from fault
        raise NotWritable(
            f"Conversations cannot be saved: {path.parent} does not let your account write "
            f"{path.name}. Change its permissions and try again.",
            repr(fault),
        ) from fault
    if head and not head.startswith(_MAGIC):
        raise damaged(path, f"the file begins with {head[:16]!r}")
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        with suppress(OSError):
            path.chmod(0o600)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(100)


def _no_journal(path: Path) -> NotWritable:
    return NotWritable(
        f"Conversations cannot be kept in {path.parent}: its file system does not allow the "
        "journal that keeps them safe. Choose a folder on this computer's own disk.",
        "journal_mode = WAL was refused",
    )
