"""The raised box around the composer's rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from app.ui.tokens import RADIUS_LARGE

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from app.ui.composer_editor import ComposerEditor
    from app.ui.theme import Theme


class ComposerBox(QWidget):
    """The raised box; its border tells whether the field has the focus."""

    def __init__(self, theme: Theme, editor: ComposerEditor) -> None:
        super().__init__()
        self._theme = theme
        self._editor = editor
        editor.focus_changed.connect(lambda _: self.update())
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground and border."""
        del event
        colors = self._theme.colors
        focused = self._editor.hasFocus()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colors.accent if focused else colors.edge, 1))
        painter.setBrush(colors.raised)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(frame, RADIUS_LARGE, RADIUS_LARGE)
        painter.end()
