"""How much of the memory a model would take: three shares in a trough, told in words beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import QSizePolicy, QWidget

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from app.model_rows import FitView
    from app.ui.theme import Theme

_HEIGHT = 8
_RADIUS = 2.0
# The colours of the three shares, as the legend shows them.
SHARES = (("accent", "Weights"), ("fit_2", "Context"), ("fit_3", "Working space"))


class FitBar(QWidget):
    """Eight pixels high; from the left: weights, context, working space."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shares = (0.0, 0.0, 0.0)
        self._full = False
        theme.fix(self, height=_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_fit(self, fit: FitView) -> None:
        """Show a fit; what does not fit fills the bar in another colour."""
        self._shares = (fit.weights, fit.context, fit.working)
        self._full = fit.full
        words = (fit.headline, fit.caption, fit.tip.replace("\n", ". "))
        self.setAccessibleName(". ".join(word for word in words if word))
        self.setToolTip(fit.tip)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the trough and the shares, a pixel apart."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(self.rect()), _RADIUS, _RADIUS)
        painter.setClipPath(shape)
        colors = self._theme.colors
        painter.fillRect(self.rect(), colors.danger if self._full else colors.wash)
        if not self._full:
            self._draw_shares(painter)
        painter.end()

    def _draw_shares(self, painter: QPainter) -> None:
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        begin = 0.0
        for share, (color, _) in zip(self._shares, SHARES, strict=True):
            width = share * self.width()
            left = self.width() - begin - width if mirrored else begin
            gap = 1.0 if begin and width > 2 else 0.0
            place = QRectF(left + (0 if mirrored else gap), 0, max(0.0, width - gap), self.height())
            painter.fillRect(place, self._theme.color(color))
            begin += width


class Swatch(QWidget):
    """A small square of a colour of the bar, beside the word that says what it is."""

    def __init__(self, theme: Theme, color: str) -> None:
        super().__init__()
        self._theme = theme
        self._color = color
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """A small square."""
        return QSize(self._theme.px(10), self._theme.px(10))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the square."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(self._color))
        painter.drawRoundedRect(QRectF(self.rect()), _RADIUS, _RADIUS)
        painter.end()
