"""The sidebar's foot: the pages beside the conversation, the one that is shown marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.ui.actions import plain_text
from app.ui.parts import TextButton, hairline

if TYPE_CHECKING:
    from app.ui.actions import Actions
    from app.ui.theme import Theme

# Page, the action that shows it, its icon, and its name in a word.
LINKS = (
    ("models", "models", "cube", "Models"),
    ("settings", "settings", "gear", "Settings"),
)


class PageLinks(QWidget):
    """One row a page."""

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self._buttons: dict[str, TextButton] = {}
        self._shown = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(2)
        column.addWidget(hairline())
        column.addSpacing(6)
        for page, name, icon, word in LINKS:
            button = TextButton(theme, word, "page", icon)
            button.setCheckable(True)
            button.setAccessibleName(word)
            button.setToolTip(plain_text(actions[name]))
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            # A click shows the page; which one is shown is said by `show_page` alone.
            button.clicked.connect(lambda: self.show_page(self._shown))
            button.clicked.connect(actions[name].trigger)
            self._buttons[page] = button
            row = QVBoxLayout()
            row.setContentsMargins(12, 0, 12, 0)
            row.addWidget(button)
            column.addLayout(row)

    def show_page(self, page: str) -> None:
        """Mark the page that is shown."""
        self._shown = page
        for name, button in self._buttons.items():
            button.setChecked(name == page)
