"""Folders of the sidebar."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from uuid import uuid4

from app.store.errors import NotStored
from app.store.records import Folder
from app.store.rows import storable

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.store.database import Database


class Folders:
    """All folders. Every change is one transaction."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def create(self, name: str) -> Folder:
        """A new, empty folder; two may have the same name."""
        folder = Folder(uuid4().hex, storable(name), self._clock())
        self.insert(folder)
        return folder

    def insert(self, folder: Folder) -> None:
        """Keep a folder under its own id; one that is there already is left as it is."""
        with self._database.write() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO folder (id, name, created) VALUES (?, ?, ?)",
                (folder.id, storable(folder.name), folder.created),
            )

    def rows(self) -> list[Folder]:
        """All folders, oldest first."""
        with self._database.read() as connection:
            rows = connection.execute("SELECT id, name, created FROM folder ORDER BY created, id")
            return [Folder(*row) for row in rows]

    def rename(self, folder_id: str, name: str) -> None:
        """Give a folder another name; raises `NotStored`."""
        query = "UPDATE folder SET name = ? WHERE id = ?"
        with self._database.write() as connection:
            if not connection.execute(query, (storable(name), folder_id)).rowcount:
                raise NotStored("This folder is no longer kept.", folder_id)

    def delete(self, folder_id: str) -> list[str]:
        """Remove a folder and keep its conversations, which stand in no folder then.

        Returns their ids, so that they can be put back or deleted too; raises `NotStored`.
        """
        query = "SELECT id FROM conversation WHERE folder_id = ? AND deleted IS NULL"
        with self._database.write() as connection:
            kept = [row[0] for row in connection.execute(query, (folder_id,))]
            if not connection.execute("DELETE FROM folder WHERE id = ?", (folder_id,)).rowcount:
                raise NotStored("This folder is no longer kept.", folder_id)
        return kept

    def delete_with_conversations(self, folder_id: str) -> list[str]:
        """Remove a folder and mark its conversations as deleted; returns the ids of these."""
        mark = "UPDATE conversation SET deleted = ? WHERE folder_id = ? AND deleted IS NULL"
        with self._database.write() as connection:
            query = "SELECT id FROM conversation WHERE folder_id = ? AND deleted IS NULL"
            marked = [row[0] for row in connection.execute(query, (folder_id,))]
            connection.execute(mark, (self._clock(), folder_id))
            self.delete(folder_id)
        return marked
