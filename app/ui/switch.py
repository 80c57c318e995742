"""A switch: on or off, at once, without a button to confirm it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QWidget

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QPaintEvent

    from app.ui.theme import Theme

_TRACK = QSize(32, 18)
_INSET = 3


class Switch(QCheckBox):
    """Space and Enter turn it. On, its knob is at the end and its track filled: not colour alone.

    `name` is what a screen reader says of it; the state is the check box's own.
    """

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """The track with a hit area of at least 28."""
        return QSize(_TRACK.width(), 28)

    def hitButton(self, pos: QPoint) -> bool:
        """All of it can be clicked."""
        return self.rect().contains(pos)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt itself knows Space alone."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Track and knob."""
        del event
        colors = self._theme.colors
        on, live = self.isChecked(), self.isEnabled()
        track, knob = (colors.accent, colors.on_accent) if on else (colors.wash, colors.ink3)
        if not live:
            track, knob = colors.wash, colors.ink3
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = (self.height() - _TRACK.height()) / 2
        frame = QRectF(0.5, top + 0.5, _TRACK.width() - 1, _TRACK.height() - 1)
        painter.setPen(_edge(track, colors.edge, filled=on and live))
        painter.setBrush(track)
        painter.drawRoundedRect(frame, frame.height() / 2, frame.height() / 2)
        size = _TRACK.height() - 2 * _INSET
        at_end = on != (self.layoutDirection() == Qt.LayoutDirection.RightToLeft)
        left = _TRACK.width() - _INSET - size if at_end else _INSET
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(knob)
        painter.drawEllipse(QRectF(left, top + _INSET, size, size))
        painter.end()


def _edge(track: QColor, edge: QColor, *, filled: bool) -> QColor:
    return track if filled else edge
