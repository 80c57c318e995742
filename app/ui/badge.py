"""A short word in a coloured chip, beside a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy, QStyle, QWidget

from app.ui import icons

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from app.ui.theme import Theme

_HEIGHT, _PADDING, _ICON, _RADIUS = 20, 7, 12, 4.0
# Ground and text of each kind.
_LOOKS = {
    "accent": ("accent_wash", "accent"),
    "plain": ("wash", "ink2"),
    "warn": ("warn_wash", "warn"),
    "danger": ("danger_wash", "danger"),
}


class BadgeLabel(QWidget):
    """The chip; "accent" carries a check."""

    def __init__(self, theme: Theme, text: str, kind: str = "plain", *, icon: str = "") -> None:
        super().__init__()
        self._theme = theme
        self._text = text
        self._kind = kind
        self._icon = icon
        self.setFont(theme.font("label"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)
        theme.changed.connect(self.updateGeometry)

    @property
    def text(self) -> str:
        """What it says."""
        return self._text

    def sizeHint(self) -> QSize:
        """As wide as its word."""
        px = self._theme.px
        icon = px(_ICON) + 4 if self._icon else 0
        width = self.fontMetrics().horizontalAdvance(self._text) + 2 * _PADDING + icon
        return QSize(width, px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, icon and word."""
        del event
        ground, ink = (self._theme.color(name) for name in _LOOKS[self._kind])
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._theme.wash_pen)
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(self.rect()), _RADIUS, _RADIUS)
        left = _PADDING
        if self._icon:
            side = self._theme.px(_ICON)
            box = self._placed(QRect(left, (self.height() - side) // 2, side, side))
            ratio = self.devicePixelRatioF()
            painter.drawPixmap(box.topLeft(), icons.pixmap(self._icon, ink, side, ratio))
            left += side + 4
        painter.setPen(ink)
        place = self._placed(self.rect().adjusted(left, 0, -_PADDING, 0))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, self._text)
        painter.end()

    def _placed(self, box: QRect) -> QRect:
        return QStyle.visualRect(self.layoutDirection(), self.rect(), box)
