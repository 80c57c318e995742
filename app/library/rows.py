"""The sidebar's rows and folders as they stand now, ahead of the disk."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.store import ConversationRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from app.conversation import Conversation
    from app.store import Folder


class Rows(QObject):
    """All conversations that have begun, and all folders. `changed` follows every change."""

    changed = Signal()

    def __init__(self, clock: Callable[[], float], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._rows: dict[str, ConversationRow] = {}
        self._folders: dict[str, Folder] = {}
        # Marked as deleted, while that can be undone.
        self._deleted: dict[str, ConversationRow] = {}

    @property
    def all(self) -> list[ConversationRow]:
        """Newest first, without those that are deleted."""
        return sorted(self._rows.values(), key=lambda row: row.changed, reverse=True)

    @property
    def folders(self) -> list[Folder]:
        """Oldest first."""
        return list(self._folders.values())

    def get(self, conversation_id: str) -> ConversationRow | None:
        """One conversation's row; `None` where nothing has been asked in it, or it is deleted."""
        return self._rows.get(conversation_id)

    def within(self, folder_id: str) -> list[str]:
        """The ids of the conversations in a folder."""
        return [row.id for row in self._rows.values() if row.folder_id == folder_id]

    def fill(self, rows: Iterable[ConversationRow], folders: Iterable[Folder]) -> None:
        """Take over what the store holds; what is newer here, and on its way there, stays."""
        found = {row.id: row for row in rows if row.id not in self._deleted}
        self._rows = found | self._rows
        self._folders = {folder.id: folder for folder in folders} | self._folders
        self.changed.emit()

    def clear(self) -> None:
        """Nothing is kept any more."""
        self._rows.clear()
        self._folders.clear()
        self._deleted.clear()
        self.changed.emit()

    def touch(self, conversation: Conversation) -> None:
        """Something was said in `conversation` just now."""
        if conversation.id in self._deleted:
            return
        row = self._rows.get(conversation.id)
        if row is None:
            row = ConversationRow(conversation.id, conversation.title, None, False, 0.0)
        self._rows[row.id] = replace(row, title=conversation.title, changed=self._clock())
        self.changed.emit()

    def replace(self, row: ConversationRow) -> None:
        """Show `row` in place of the one with its id."""
        self._rows[row.id] = row
        self.changed.emit()

    def drop(self, conversation_id: str) -> None:
        """A conversation that has not begun any more has no row."""
        if self._rows.pop(conversation_id, None) is not None:
            self.changed.emit()

    def delete(self, conversation_id: str) -> ConversationRow | None:
        """Take a row off the list; `restore` puts it back, `forget` gives it up."""
        row = self._rows.pop(conversation_id, None)
        if row is not None:
            self._deleted[conversation_id] = row
            self.changed.emit()
        return row

    def restore(self, conversation_id: str) -> bool:
        """Undo `delete`; says whether there was anything to undo."""
        row = self._deleted.pop(conversation_id, None)
        if row is not None:
            folder = row.folder_id if row.folder_id in self._folders else None
            self._rows[conversation_id] = replace(row, folder_id=folder)
            self.changed.emit()
        return row is not None

    def forget(self, conversation_id: str) -> bool:
        """Give up a deleted row; says whether there was one."""
        return self._deleted.pop(conversation_id, None) is not None

    def put_folder(self, folder: Folder) -> None:
        """Add a folder, or show it under another name."""
        self._folders[folder.id] = folder
        self.changed.emit()

    def drop_folder(self, folder_id: str) -> None:
        """Take a folder away; what stood in it stands in none."""
        self._folders.pop(folder_id, None)
        for held in self.within(folder_id):
            self._rows[held] = replace(self._rows[held], folder_id=None)
        self.changed.emit()
