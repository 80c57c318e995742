"""A group of settings: a heading, and a card of rows between hairlines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.ui.parts import Text, hairline

if TYPE_CHECKING:
    from app.ui.theme import Theme


class SettingGroup(QWidget):
    """Rows are shown as far as they match what is searched for; without any, the group hides."""

    def __init__(self, theme: Theme, title: str) -> None:
        super().__init__()
        self._words = title.casefold()
        self.title = Text(theme, title, "heading")
        self._card = QFrame()
        self._card.setProperty("surface", "card")
        self._rows: list[tuple[QWidget, QFrame, str]] = []
        self._column = QVBoxLayout(self._card)
        self._column.setContentsMargins(1, 1, 1, 1)
        self._column.setSpacing(0)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(8)
        whole.addWidget(self.title)
        whole.addWidget(self._card)
        self.setAccessibleName(title)
        self.search("")

    @property
    def empty(self) -> bool:
        """Whether nothing is in it."""
        return not self._rows

    def add(self, row: QWidget, words: str) -> None:
        """Append a row that is found by `words`."""
        line = hairline()
        self._column.addWidget(line)
        self._column.addWidget(row)
        self._rows.append((row, line, words.casefold()))
        self.search("")

    def search(self, text: str) -> bool:
        """Show what has every word of `text`; says whether there is anything."""
        wanted = text.casefold().split()
        first = True
        for row, line, words in self._rows:
            found = all(word in f"{self._words} {words}" for word in wanted)
            row.setVisible(found)
            line.setVisible(found and not first)
            first = first and not found
        self.setVisible(not first)
        return not first
