"""The sidebar: Tanka's name, a new conversation, the conversations of this run; and its rail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.ui.actions import tooltip
from app.ui.conversation_list import ConversationList, Row
from app.ui.logo import Logo
from app.ui.parts import IconButton, Text, hairline
from app.ui.wrapped_text import WrappedText

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QAction

    from app.ui.actions import Actions
    from app.ui.theme import Theme

WIDTH, MIN_WIDTH, MAX_WIDTH = 264, 220, 360
RAIL_WIDTH = 52
_HEADER_HEIGHT = 48


class Sidebar(QFrame):
    """The conversations of this run. They are kept in memory only, and it says so."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "bg")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(_header(theme, actions))
        self._empty = _empty_text(theme)
        column.addWidget(self._empty)
        self._group = Text(theme, "Today", "label", "ink3")
        self._group.setContentsMargins(20, 12, 20, 6)
        column.addWidget(self._group)
        self._list = ConversationList(theme)
        self._list.setContentsMargins(0, 0, 0, 0)
        framed = QHBoxLayout()
        framed.setContentsMargins(12, 0, 12, 8)
        framed.addWidget(self._list)
        column.addLayout(framed, 1)
        self._list.chosen.connect(self.chosen)
        self.show_rows((), None)

    def show_rows(self, rows: Sequence[Row], current: str | None) -> None:
        """Show the conversations, newest first."""
        self._empty.setVisible(not rows)
        self._group.setVisible(bool(rows))
        self._list.show_rows(rows, current)


class Rail(QFrame):
    """What is left of the sidebar where it is collapsed: 52 px of icons."""

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
        for icon, name in (("plus", "new_conversation"), ("message", "toggle_sidebar")):
            self._add_centred(column, _rail_button(theme, actions, icon, name))
        column.addStretch(1)

    @staticmethod
    def _add_centred(column: QVBoxLayout, widget: QWidget) -> None:
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(widget)
        row.addStretch(1)
        column.addLayout(row)


class ActionButton(IconButton):
    """An icon button that stands for an action and tells its keys, whichever they are."""

    def __init__(self, theme: Theme, action: QAction, icon: str) -> None:
        super().__init__(theme, icon, tooltip(action))
        self._action = action
        self.clicked.connect(action.trigger)
        action.changed.connect(self._name_again)

    def _name_again(self) -> None:
        self.rename(tooltip(self._action))


def action_button(theme: Theme, actions: Actions, icon: str, name: str) -> IconButton:
    """An icon button that stands for the action `name`."""
    return ActionButton(theme, actions[name], icon)


def _rail_button(theme: Theme, actions: Actions, icon: str, name: str) -> QPushButton:
    button = action_button(theme, actions, icon, name)
    button.setProperty("kind", "rail")
    return button


def _header(theme: Theme, actions: Actions) -> QHBoxLayout:
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


def _empty_text(theme: Theme) -> QWidget:
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(20, 12, 20, 0)
    column.setSpacing(4)
    column.addWidget(Text(theme, "No conversations yet", "body_medium", "ink2"))
    text = "They appear here and are kept until Tanka is closed."
    explanation = WrappedText(theme, text, "meta", "ink3")
    column.addWidget(explanation)
    return box
