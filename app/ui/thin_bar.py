"""Two pixels of progress, or of how full something is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from app.ui.theme import Theme


class ThinBar(QWidget):
    """A trough in `wash` with a share of it filled."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._share = 0.0
        self._ink = "accent"
        self.setFixedHeight(2)
        theme.changed.connect(self.update)

    @property
    def share(self) -> float:
        """How much is filled, from 0 to 1."""
        return self._share

    def set_share(self, share: float, spoken: str, ink: str = "accent") -> None:
        """Fill `share` in the colour `ink`; `spoken` is the value with its unit."""
        self._share = min(1.0, max(0.0, share))
        self._ink = ink
        self.setAccessibleName(spoken)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw trough and share."""
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colors.wash)
        done = round(self.width() * self._share)
        left = self.width() - done if self._theme.mirrored else 0
        painter.fillRect(left, 0, done, self.height(), self._theme.color(self._ink))
        painter.end()
