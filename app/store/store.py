"""The whole store in one folder, put together: the one place where its parts are constructed."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.store import uses
from app.store.attachments import Attachments
from app.store.conversations import Conversations
from app.store.database import Database
from app.store.errors import DamagedDatabase
from app.store.folders import Folders
from app.store.recovery import set_aside, set_aside_files
from app.store.search import Search
from app.store.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DATABASE_NAME = "conversations.sqlite3"
ATTACHMENTS_NAME = "attachments"


class Store:
    """Conversations, turns, folders, attachments and the search in them."""

    def __init__(
        self, database: Database, attachments: Attachments, clock: Callable[[], float]
    ) -> None:
        self.database = database
        self.attachments = attachments
        self.conversations = Conversations(database, attachments, clock)
        self.turns = Turns(database, attachments, clock)
        self.folders = Folders(database, clock)
        self.search = Search(database, attachments)

    def sweep(self) -> int:
        """Remove the files of attachments that nothing needs; returns how many.

        Does nothing while a damaged database is set aside: what can be recovered needs its files.
        """
        if set_aside_files(self.database.path):
            return 0
        with self.database.read() as connection:
            needed = uses.needed(connection)
        return self.attachments.sweep(needed)

    def close(self) -> None:
        """Remove what is marked as deleted for good, and let go of the file."""
        try:
            self.conversations.purge_deleted()
        finally:
            self.database.close()


@dataclass(frozen=True, slots=True)
class Opened:
    """An open store. `damaged` is the file that had to be set aside, if any."""

    store: Store
    damaged: Path | None = None
    interrupted: int = 0
    restored: int = 0


def open_store(folder: Path, clock: Callable[[], float] = time.time) -> Opened:
    """Open the store in `folder`, which must exist, and settle what a crash has left.

    A damaged database is set aside, never overwritten, and a new one begun. Raises the other errors
    of `Database`.
    """
    path = folder / DATABASE_NAME
    try:
        return _open(path, folder / ATTACHMENTS_NAME, clock)
    except DamagedDatabase:
        damaged = set_aside(path)
        return replace(_open(path, folder / ATTACHMENTS_NAME, clock), damaged=damaged)


def _open(path: Path, attachments: Path, clock: Callable[[], float]) -> Opened:
    database = Database(path)
    try:
        store = Store(database, Attachments(attachments), clock)
        interrupted, restored = store.turns.interrupt(), store.conversations.restore_all()
    except BaseException:
        database.close()
        raise
    return Opened(store, None, interrupted, restored)
