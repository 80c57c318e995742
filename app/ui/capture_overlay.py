"""One screen, dimmed, on which an area is drawn with the mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from app.ui.tokens import DARK, LIGHT, RADIUS_CONTROL

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent, QKeyEvent, QMouseEvent, QPaintEvent

    from app.capture import Shot
    from app.ui.theme import Theme

_HINT = "Drag over what you want to ask about. Enter takes the whole screen, Esc cancels."
_DIM = 128
# A click or a tremble is no area.
_LEAST = 4
_GAP, _LABEL_HEIGHT, _TOP = 8, 28, 32


class CaptureOverlay(QWidget):
    """Covers the screen of `shot` with its picture. Ends with `chosen` or `cancelled`."""

    chosen = Signal(object)
    cancelled = Signal()

    def __init__(self, theme: Theme, shot: Shot) -> None:
        super().__init__(
            None, Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint
        )
        self._theme = theme
        self._shot = shot
        self._start: QPoint | None = None
        self._area = QRect()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setWindowTitle("Capture the screen")
        self.setAccessibleName(_HINT)
        self.setScreen(shot.screen)
        self.setGeometry(shot.screen.geometry())

    @property
    def area(self) -> QRect:
        """What is drawn so far, in this screen's coordinates."""
        return self._area

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin an area; the other buttons cancel."""
        if event.button() != Qt.MouseButton.LeftButton:
            self.cancelled.emit()
            return
        self._start = event.position().toPoint()
        self._area = QRect()
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw the area on."""
        if self._start is not None:
            self._stretch(event.position().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take the area, if it is one."""
        if self._start is None or event.button() != Qt.MouseButton.LeftButton:
            return
        self._stretch(event.position().toPoint())
        self._start = None
        if min(self._area.width(), self._area.height()) >= _LEAST:
            self.chosen.emit(self._shot.crop(self._area))
        else:
            self._area = QRect()
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes everything, Escape nothing."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit(self._shot.whole())
        elif event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closed by the desktop, nothing was chosen."""
        super().closeEvent(event)
        self.cancelled.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the screen, dimmed but for the area."""
        del event
        painter = QPainter(self)
        painter.drawPixmap(self.rect(), self._shot.pixels)
        # Dark in both themes: what is dimmed is the person's screen, not a page of ours.
        dim = QColor(LIGHT.ink)
        dim.setAlpha(_DIM)
        painter.fillRect(self.rect(), dim)
        if self._area.isEmpty():
            self._paint_label(painter, _HINT, QPoint(self.width() // 2, _TOP))
        else:
            self._paint_area(painter)
        painter.end()

    def _stretch(self, end: QPoint) -> None:
        assert self._start is not None
        start = self._start
        # Both corners are inside, whichever was drawn first; `normalized` would lose them.
        first = QPoint(min(start.x(), end.x()), min(start.y(), end.y()))
        last = QPoint(max(start.x(), end.x()), max(start.y(), end.y()))
        self._area = QRect(first, last) & self.rect()
        self.update()

    def _paint_area(self, painter: QPainter) -> None:
        painter.save()
        painter.setClipRect(self._area)
        painter.drawPixmap(self.rect(), self._shot.pixels)
        painter.restore()
        painter.setPen(QPen(DARK.accent, 2))  # it lies on the dimmed screen
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(self._area).adjusted(-1, -1, 1, 1))
        pixels = self._shot.crop(self._area).size()
        words = f"{pixels.width():,} × {pixels.height():,}"
        below = self._area.bottom() + _GAP + _LABEL_HEIGHT
        above = self._area.top() - _GAP - _LABEL_HEIGHT
        top = below - _LABEL_HEIGHT if below < self.height() else max(_GAP, above)
        self._paint_label(painter, words, QPoint(self._area.center().x(), top))

    def _paint_label(self, painter: QPainter, words: str, middle_top: QPoint) -> None:
        colors = self._theme.colors
        painter.setFont(self._theme.font("body"))
        width = painter.fontMetrics().horizontalAdvance(words) + 24
        left = max(_GAP, min(middle_top.x() - width // 2, self.width() - width - _GAP))
        label = QRectF(left, middle_top.y(), width, _LABEL_HEIGHT)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colors.edge, 1))
        painter.setBrush(colors.raised)
        frame = label.adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(frame, RADIUS_CONTROL, RADIUS_CONTROL)
        painter.setPen(colors.ink)
        painter.drawText(label, Qt.AlignmentFlag.AlignCenter, words)
