"""What stands around the lists: the name with its buttons, and the words for an empty list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.ui.action_button import action_button
from app.ui.logo import Logo
from app.ui.parts import Text
from app.ui.wrapped_text import WrappedText

if TYPE_CHECKING:
    from app.ui.actions import Actions
    from app.ui.theme import Theme

_HEADER_HEIGHT = 48
_EMPTY = "No conversations yet"
_EMPTY_MORE = "They appear here by date and are kept only on this computer."


def header(theme: Theme, actions: Actions) -> QHBoxLayout:
    """Tanka's name, a new conversation, and the button that collapses the sidebar."""
    row = QHBoxLayout()
    row.setContentsMargins(16, 0, 8, 0)
    row.setSpacing(8)
    row.addWidget(Logo())
    name = Text(theme, "Tanka", "body_strong")
    theme.fix(name, height=_HEADER_HEIGHT)
    row.addWidget(name)
    row.addStretch(1)
    row.addWidget(action_button(theme, actions, "plus", "new_conversation"))
    row.addWidget(action_button(theme, actions, "sidebar", "toggle_sidebar"))
    return row


def empty_text(theme: Theme) -> QWidget:
    """What is said where there are no conversations."""
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(20, 18, 20, 0)
    column.setSpacing(4)
    column.addWidget(Text(theme, _EMPTY, "body_medium", "ink2"))
    column.addWidget(WrappedText(theme, _EMPTY_MORE, "meta", "ink3"))
    column.addStretch(1)
    return box
