"""The page of the ledger: every connection that was made, for what, and how much went over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.ui.ledger_model import COLUMNS, LedgerModel
from app.ui.parts import Text, TextButton
from app.ui.wrapped_text import WrappedText

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.ui.theme import Theme
    from engine.network import Entry

_TITLE = "Connections"
_EMPTY = "No connection was ever made. They are listed here."
_ABOUT = (
    "Every connection to another machine, with what it was for. The list is kept on this computer "
    "only."
)
_ROW_HEIGHT = 32
_WIDTHS = {"Time": 156, "Host": 190, "Sent": 90, "Received": 90}


class LedgerPage(QFrame):
    """Shows entries; exporting and clearing are asked of whoever shows the page."""

    export_requested = Signal()
    clear_requested = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setProperty("surface", "sheet")
        self.model = LedgerModel(self)
        self.table = self._make_table()
        self._problem = WrappedText(theme, "", "body", "danger")
        self._problem.hide()
        self.export = TextButton(theme, "Export as CSV…", "default", "download", compact=True)
        self.export.clicked.connect(self.export_requested)
        self.clear = TextButton(theme, "Clear…", "default", compact=True)
        self.clear.clicked.connect(lambda: self._ask(asking=True))
        self.confirm = TextButton(theme, "Clear the list", "danger", compact=True)
        self.confirm.clicked.connect(self._clear)
        self.keep = TextButton(theme, "Keep it", "default", compact=True)
        self.keep.clicked.connect(lambda: self._ask(asking=False))
        self._question = Text(theme, "", "body", "ink")
        self.buttons = QHBoxLayout()
        self._body = QStackedWidget()
        self._lay_out()
        self.show_entries(())

    @property
    def empty_text(self) -> str:
        """What is said instead of a table; empty where there is one."""
        return "" if self.model.entries else _EMPTY

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Replace what is shown."""
        self.model.set_entries(entries)
        there = bool(self.model.entries)
        self._body.setCurrentIndex(0 if there else 1)
        self.export.setVisible(there)
        self._ask(asking=False)

    def show_problem(self, sentence: str) -> None:
        """Say what could not be done; an empty sentence takes that back."""
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.model)
        table.setAccessibleName(_TITLE)
        table.setFont(self._theme.font("body"))
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.verticalHeader().hide()
        self._theme.changed.connect(self._follow_theme)
        header = table.horizontalHeader()
        header.setFont(self._theme.font("meta"))
        header.setHighlightSections(False)
        header.setSectionResizeMode(COLUMNS.index("For"), QHeaderView.ResizeMode.Stretch)
        self._fit_table(table)
        return table

    def _fit_table(self, table: QTableView) -> None:
        px = self._theme.px
        table.verticalHeader().setDefaultSectionSize(px(_ROW_HEIGHT))
        for name, width in _WIDTHS.items():
            table.setColumnWidth(COLUMNS.index(name), px(width))

    def _follow_theme(self) -> None:
        self._fit_table(self.table)

    def _lay_out(self) -> None:
        empty = QWidget()
        middle = QVBoxLayout(empty)
        middle.setContentsMargins(0, 24, 0, 24)
        words = Text(self._theme, _EMPTY, "body", "ink3")
        middle.addWidget(words, 0, Qt.AlignmentFlag.AlignTop)
        self._body.addWidget(self.table)
        self._body.addWidget(empty)
        self.buttons.setSpacing(8)
        for button in (self.export, self.clear, self.confirm, self.keep):
            self.buttons.addWidget(button)
        self.buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(8)
        column.addWidget(Text(self._theme, _TITLE, "heading"))
        column.addWidget(WrappedText(self._theme, _ABOUT, "body", "ink2"))
        column.addWidget(self._body, 1)
        column.addWidget(self._problem)
        column.addWidget(self._question)
        column.addLayout(self.buttons)

    def _ask(self, *, asking: bool) -> None:
        """Ask before the list is cleared: it cannot be had back."""
        there = bool(self.model.entries)
        self._question.setText(
            "Clear the list? What connected before can then not be looked up any more."
        )
        self._question.setVisible(asking)
        self.confirm.setVisible(asking)
        self.keep.setVisible(asking)
        self.clear.setVisible(there and not asking)
        if asking:
            self.keep.setFocus()

    def _clear(self) -> None:
        self._ask(asking=False)
        self.clear_requested.emit()


class LedgerDialog(QDialog):
    """The page in a window of its own, before the main one."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setWindowTitle(_TITLE)
        self.resize(860, 480)
        self.page = LedgerPage(theme)
        close = TextButton(theme, "Close", "primary", compact=True)
        close.clicked.connect(self.accept)
        self.page.buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.page)
