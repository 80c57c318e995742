"""What is left of the sidebar where it is collapsed: 52 px of icons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.ui.action_button import action_button
from app.ui.logo import Logo
from app.ui.page_links import LINKS
from app.ui.parts import hairline

if TYPE_CHECKING:
    from app.ui.actions import Actions
    from app.ui.theme import Theme

RAIL_WIDTH = 52
_BUTTONS = (
    ("plus", "new_conversation"),
    ("search", "search_conversations"),
    ("message", "toggle_sidebar"),
)


class Rail(QFrame):
    """A new conversation, the search, and the sidebar itself."""

    def __init__(self, theme: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "bg")
        theme.fix(self, width=RAIL_WIDTH)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        column = QVBoxLayout()
        column.setContentsMargins(0, 13, 0, 8)
        column.setSpacing(2)
        outer.addLayout(column)
        outer.addWidget(hairline(vertical=True))
        self._add_centred(column, Logo())
        column.addSpacing(11)
        for icon, name in _BUTTONS:
            self._add_centred(column, _rail_button(theme, actions, icon, name))
        column.addStretch(1)
        for _, name, icon, _ in LINKS:
            self._add_centred(column, _rail_button(theme, actions, icon, name))

    @staticmethod
    def _add_centred(column: QVBoxLayout, widget: QWidget) -> None:
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(widget)
        row.addStretch(1)
        column.addLayout(row)


def _rail_button(theme: Theme, actions: Actions, icon: str, name: str) -> QPushButton:
    button = action_button(theme, actions, icon, name)
    button.setProperty("kind", "rail")
    return button
