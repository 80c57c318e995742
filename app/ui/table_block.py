"""A table in an answer, and a way to see all of one that is long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.parts import TextButton
from app.ui.table_view import TableView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.ui.formulas import Formulas
    from app.ui.markdown_blocks import Block
    from app.ui.text_view import TextView
    from app.ui.theme import Theme

# Qt lays out a whole table with each row that comes: beyond so many it would take too long.
FOLDED_ROWS = 40


class TableBlock(QWidget):
    """Shows one table: a long one by its first rows, until a person asks for all."""

    def __init__(self, theme: Theme, formulas: Formulas) -> None:
        super().__init__()
        self.unfolded = False
        self._final: Sequence[Block] = ()
        self._still_open: Sequence[Block] = ()
        self._table = TableView(theme, formulas)
        self._fold = TextButton(theme, "", "link")
        self._fold.clicked.connect(self._toggle)
        self._fold.hide()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(8)
        whole.addWidget(self._table)
        whole.addWidget(self._fold)

    @property
    def text_view(self) -> TextView:
        """Where the caret of a growing table belongs."""
        return self._table

    @property
    def wrapped(self) -> bool:
        """Words in cells always break as they like."""
        return False

    def look_like(self, *, unfolded: bool, wrapped: bool) -> None:
        """Show all rows or the first ones, as they were shown before."""
        del wrapped
        self.unfolded = unfolded
        self._show()

    def draw(self, final: Sequence[Block], still_open: Sequence[Block]) -> None:
        """Show the one table given."""
        self._final, self._still_open = final, still_open
        self._show()

    def _toggle(self) -> None:
        self.unfolded = not self.unfolded
        self._show()

    def _show(self) -> None:
        if not (self._final or self._still_open):
            return
        most = None if self.unfolded else FOLDED_ROWS
        count = self._table.draw(self._final, self._still_open, most)
        words = f"Show the first {FOLDED_ROWS} rows" if self.unfolded else ""
        self._fold.setText(words or f"Show all {count:,} rows")
        self._fold.setVisible(count > FOLDED_ROWS)
