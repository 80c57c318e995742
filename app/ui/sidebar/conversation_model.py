"""The list's lines as a Qt model that changes only what is different."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt

from app.ui.sidebar.entries import FolderEntry, Heading, Listing, spoken, tip
from app.ui.sidebar.list_changes import Insert, Move, Remove, changes
from app.ui.sidebar.row_view import RowModel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.ui.sidebar.entries import Entry
    from app.ui.sidebar.list_changes import Change

ROW_HEIGHT = 32
# A gap of 14, a line of 16 and 4 to the first row. The first has less of a gap: the list begins
# a little below the search field.
HEADING_HEIGHT = 34
LIST_GAP = 6
# More steps than this take longer than showing everything anew.
_MOST_STEPS = 500
_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
_NO_INDEX = QModelIndex()


class ConversationModel(RowModel):
    """Headings, folders and conversations, one line each."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._keys: list[str] = []
        self._entries: list[Entry] = []
        self._indented: frozenset[str] = frozenset()
        self._answering: frozenset[str] = frozenset()

    def show(self, listing: Listing, answering: frozenset[str]) -> None:
        """Become `listing`. Lines that stay keep their index, with what is being done there."""
        changed = self._looks_changed(listing, answering)
        steps = changes(self._keys, listing.keys)
        if len(steps) > _MOST_STEPS:
            self.beginResetModel()
            self._take(listing, answering)
            self.endResetModel()
            return
        for step in steps:
            self._carry_out(step, listing)
        self._take(listing, answering)
        if not changed:
            return
        for row, key in enumerate(self._keys):
            if key in changed:
                self.dataChanged.emit(self.index(row), self.index(row))

    def entry(self, row: int) -> Entry:
        """The line at `row`."""
        return self._entries[row]

    def key(self, row: int) -> str:
        """The key of the line at `row`."""
        return self._keys[row]

    def keys(self) -> Sequence[str]:
        """All keys, from the first line to the last."""
        return self._keys

    def row_of(self, key: str | None) -> int:
        """Where the line with this key is; -1 where it is not."""
        try:
            return self._keys.index(key) if key is not None else -1
        except ValueError:
            return -1

    def indented(self, row: int) -> bool:
        """Whether the line stands inside a folder."""
        return self._keys[row] in self._indented

    def answering(self, row: int) -> bool:
        """Whether an answer is being written there."""
        entry = self._entries[row]
        if isinstance(entry, FolderEntry):
            return entry.answering
        return self._keys[row] in self._answering

    def heights(self) -> Sequence[int]:
        """Headings are a little higher than rows; in pixels at the usual text size."""
        heights = [
            HEADING_HEIGHT if isinstance(entry, Heading) else ROW_HEIGHT for entry in self._entries
        ]
        if heights[:1] == [HEADING_HEIGHT]:
            heights[0] -= LIST_GAP
        return heights

    def rowCount(self, parent: _Index = _NO_INDEX) -> int:
        """How many lines there are."""
        return 0 if parent.isValid() else len(self._keys)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """A heading cannot be gone to."""
        if not index.isValid() or isinstance(self._entries[index.row()], Heading):
            return Qt.ItemFlag.ItemNeverHasChildren
        return (
            Qt.ItemFlag.ItemIsEnabled
            | Qt.ItemFlag.ItemIsSelectable
            | Qt.ItemFlag.ItemIsEditable
            | Qt.ItemFlag.ItemNeverHasChildren
        )

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> str | None:
        """Texts of a line; what it looks like is the delegate's to say."""
        if not index.isValid():
            return None
        entry = self._entries[index.row()]
        if role in (_Role.DisplayRole, _Role.EditRole):
            return title_of(entry)
        if role == _Role.ToolTipRole:
            return tip(entry)
        if role == _Role.AccessibleTextRole:
            return spoken(entry, answering=self.answering(index.row()))
        return None

    def _take(self, listing: Listing, answering: frozenset[str]) -> None:
        self._keys, self._entries = list(listing.keys), list(listing.entries)
        self._indented, self._answering = listing.indented, answering

    def _looks_changed(self, listing: Listing, answering: frozenset[str]) -> set[str]:
        """The keys of lines that stay and look different."""
        changed = set(answering ^ self._answering) | (listing.indented ^ self._indented)
        if self._keys == listing.keys:
            pairs = zip(self._keys, self._entries, listing.entries, strict=True)
            changed.update(key for key, a, b in pairs if a is not b and a != b)
            return changed
        before = dict(zip(self._keys, self._entries, strict=True))
        for key, entry in zip(listing.keys, listing.entries, strict=True):
            old = before.get(key)
            if old is not None and old is not entry and old != entry:
                changed.add(key)
        return changed

    def _carry_out(self, step: Change, listing: Listing) -> None:
        match step:
            case Remove(first, last):
                self.beginRemoveRows(_NO_INDEX, first, last)
                del self._keys[first : last + 1], self._entries[first : last + 1]
                self.endRemoveRows()
            case Move(source, target):
                # Qt counts the target with the line that moves.
                place = target + 1 if target > source else target
                self.beginMoveRows(_NO_INDEX, source, source, _NO_INDEX, place)
                self._keys.insert(target, self._keys.pop(source))
                self._entries.insert(target, self._entries.pop(source))
                self.endMoveRows()
            case Insert(first, last):
                self.beginInsertRows(_NO_INDEX, first, last)
                self._keys[first:first] = listing.keys[first : last + 1]
                self._entries[first:first] = listing.entries[first : last + 1]
                self.endInsertRows()


def title_of(entry: Entry) -> str:
    """What stands on the line."""
    if isinstance(entry, Heading):
        return entry.text
    return entry.folder.name if isinstance(entry, FolderEntry) else entry.title
