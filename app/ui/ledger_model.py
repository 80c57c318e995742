"""The ledger of connections as a table: one row a connection, the latest first."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from engine.network.report import local_time

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.network import Entry

_Index = QModelIndex | QPersistentModelIndex
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_UNKNOWN = "–"
# As networks and downloads are counted.
_UNITS = ((10**9, "GB"), (10**6, "MB"), (10**3, "kB"))

COLUMNS = ("Time", "Host", "For", "Sent", "Received")
_FIRST_FIGURE = COLUMNS.index("Sent")


def transferred(count: int) -> str:
    """An amount of data; one that was never counted is not nothing."""
    if not count:
        return _UNKNOWN
    for size, unit in _UNITS:
        if count >= size:
            return f"{count / size:,.1f} {unit}"
    return f"{count:,} B"


_TEXTS: tuple[Callable[[Entry], str], ...] = (
    lambda entry: local_time(entry.at),
    lambda entry: entry.host,
    lambda entry: entry.reason,
    lambda entry: transferred(entry.sent),
    lambda entry: transferred(entry.received),
)


class LedgerModel(QAbstractTableModel):
    """Rows are replaced as a whole: the ledger is read when its page is opened."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[Entry, ...] = ()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What is shown, the latest first."""
        return self._entries

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Show `entries`, whatever their order."""
        self.beginResetModel()
        self._entries = tuple(sorted(entries, key=lambda entry: entry.at, reverse=True))
        self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:
        """One a connection."""
        return 0 if parent is not None and parent.isValid() else len(self._entries)

    def columnCount(self, parent: _Index | None = None) -> int:
        """As many as `COLUMNS`."""
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A cell's text, where it stands, and the whole of what may be cut off."""
        if not index.isValid():
            return None
        text = _TEXTS[index.column()](self._entries[index.row()])
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        if role == Qt.ItemDataRole.ToolTipRole and index.column() < _FIRST_FIGURE:
            return text
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if index.column() >= _FIRST_FIGURE else _LEFT
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{COLUMNS[index.column()]}: {text}"
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """The columns' names."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section >= _FIRST_FIGURE else _LEFT
        return None


def as_csv(entries: Sequence[Entry]) -> bytes:
    """The table for a spreadsheet, with exact bytes."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("time", "host", "purpose", "bytes sent", "bytes received"))
    for entry in entries:
        names = (local_time(entry.at), _plain(entry.host), _plain(entry.reason))
        writer.writerow((*names, entry.sent, entry.received))
    return text.getvalue().encode("utf-8-sig")


def _plain(text: str) -> str:
    """`text` so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
