"""The palette's rows as Qt's views want them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from app.ui.plain_tip import plain_tip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.ui.palette.entries import Entry, Row

ROW = Qt.ItemDataRole.UserRole
_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class RowModel(QAbstractListModel):
    """Hands a whole `Row` to the delegate, and its words to screen readers."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[Row, ...] = ()

    @property
    def rows(self) -> tuple[Row, ...]:
        """What is shown, from top to bottom."""
        return self._rows

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """How many rows there are."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """One row in the role asked for."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.entry.title
            case Qt.ItemDataRole.AccessibleTextRole:
                return spoken(row.entry)
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(row.entry.reason or row.entry.title)
            case _:
                return row if role == ROW else None


def spoken(entry: Entry) -> str:
    """An entry for those who hear it."""
    if entry.reason:
        return f"{entry.title}, not available: {entry.reason}"
    return ", ".join(words for words in (entry.title, entry.kind, entry.keys) if words)
