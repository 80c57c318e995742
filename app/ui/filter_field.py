"""A field that narrows down a list, with a glass where one begins to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QLineEdit

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from app.ui.theme import Theme

_ICON, _ICON_LEFT, _BESIDE_ICON = 16, 9, 20


class FilterField(QLineEdit):
    """Says in grey what it filters by."""

    def __init__(self, theme: Theme, words: str) -> None:
        super().__init__()
        self._theme = theme
        self.setFont(theme.font("body"))
        self.setPlaceholderText(words)
        self.setAccessibleName(words)
        self._make_room()
        theme.changed.connect(self._make_room)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The field with its icon."""
        super().paintEvent(event)
        side = self._theme.px(_ICON)
        top = (self.height() - side) // 2
        left = self.width() - side - _ICON_LEFT if self._theme.mirrored else _ICON_LEFT
        painter = QPainter(self)
        self._theme.icon("search", "ink3", side).paint(painter, left, top, side, side)
        painter.end()

    def _make_room(self) -> None:
        room = self._theme.px(_BESIDE_ICON)
        left, right = (0, room) if self._theme.mirrored else (room, 0)
        self.setTextMargins(left, 0, right, 0)
        self.update()
