"""An icon that is only looked at, in a colour that keeps up with the theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel

if TYPE_CHECKING:
    from app.ui.theme import Theme

_SIDE = 16


class IconLabel(QLabel):
    """Sixteen pixels of an icon, in the middle of a line of `height`."""

    def __init__(self, theme: Theme, icon: str, ink: str = "ink2", height: int = 20) -> None:
        super().__init__()
        self._theme = theme
        self._icon = icon
        self._ink = ink
        theme.fix(self, width=_SIDE, height=height)
        self._tint()
        theme.changed.connect(self._tint)

    def _tint(self) -> None:
        side = self._theme.px(_SIDE)
        icon = self._theme.icon(self._icon, self._ink, side)
        self.setPixmap(icon.pixmap(QSize(side, side), self.devicePixelRatioF()))
