"""What a person does in the sidebar: naming, pinning, moving, deleting, folders."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

from app.store import Folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.library.rows import Rows
    from app.library.store_thread import StoreThread


class Arrangement:
    """Changes the rows at once, and the store behind them."""

    def __init__(self, rows: Rows, thread: StoreThread, clock: Callable[[], float]) -> None:
        self._rows = rows
        self._thread = thread
        self._clock = clock

    def rename(self, conversation_id: str, title: str) -> None:
        """Give a title, as the person has chosen it."""
        row = self._rows.get(conversation_id)
        if row is not None:
            self._rows.replace(replace(row, title=title))
            self._thread.write(lambda store: store.conversations.rename(conversation_id, title))

    def pin(self, conversation_id: str, pinned: bool) -> None:
        """Put a conversation among the pinned ones, or back."""
        row = self._rows.get(conversation_id)
        if row is not None:
            self._rows.replace(replace(row, pinned=pinned))
            self._thread.write(lambda store: store.conversations.pin(conversation_id, pinned))

    def move(self, conversation_id: str, folder_id: str | None) -> None:
        """Put a conversation into a folder; `None` is out of any."""
        row = self._rows.get(conversation_id)
        known = folder_id is None or folder_id in (folder.id for folder in self._rows.folders)
        if row is not None and known:
            self._rows.replace(replace(row, folder_id=folder_id))
            self._thread.write(lambda store: store.conversations.move(conversation_id, folder_id))

    def delete(self, conversation_id: str) -> str | None:
        """Take a conversation off the list, to be restored or purged; returns its title."""
        row = self._rows.delete(conversation_id)
        if row is None:
            return None
        self._thread.write(lambda store: store.conversations.delete(conversation_id))
        return row.title

    def restore(self, conversation_id: str) -> None:
        """Undo a deletion."""
        if self._rows.restore(conversation_id):
            self._thread.write(lambda store: store.conversations.restore(conversation_id))

    def purge(self, conversation_id: str) -> None:
        """Remove for good what was deleted, with the attachments that nothing else needs."""
        if self._rows.forget(conversation_id):
            self._thread.write(lambda store: store.conversations.purge(conversation_id))

    def create_folder(self, name: str, conversation_id: str | None = None) -> None:
        """A new folder, with a conversation in it where one is named."""
        folder = Folder(uuid4().hex, name, self._clock())
        self._rows.put_folder(folder)
        self._thread.write(lambda store: store.folders.insert(folder))
        if conversation_id is not None:
            self.move(conversation_id, folder.id)

    def rename_folder(self, folder_id: str, name: str) -> None:
        """Give a folder another name."""
        for folder in self._rows.folders:
            if folder.id == folder_id:
                self._rows.put_folder(replace(folder, name=name))
                self._thread.write(lambda store: store.folders.rename(folder_id, name))

    def delete_folder(self, folder_id: str) -> list[str]:
        """Remove a folder and keep what stood in it; returns the ids of these conversations."""
        kept = self._rows.within(folder_id)
        self._rows.drop_folder(folder_id)
        self._thread.write(lambda store: store.folders.delete(folder_id))
        return kept
