"""The button that sends, and that stops what it has sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QKeySequence, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyleOptionButton

from app.ui.parts import Button
from app.ui.plain_tip import plain_tip
from app.ui.tokens import RADIUS_CONTROL

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from app.ui.theme import Theme

_SIDE = 32
_ICON = 16


class SendButton(Button):
    """An arrow on the accent; while an answer is written, "Stop" with its key."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._busy = False
        self._obstacle = ""
        self._enter_sends = True
        self.setFont(theme.font("body_medium"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.show_state(busy=False, obstacle="")
        theme.changed.connect(self._resize)

    def show_state(self, *, busy: bool, obstacle: str) -> None:
        """Send, Stop, or Send that is off for the reason `obstacle`."""
        self._busy, self._obstacle = busy, obstacle
        self.setEnabled(busy or not obstacle)
        self.setAccessibleName("Stop" if busy else "Send")
        if busy:
            self.setToolTip("Stop (Esc)")
        else:
            key = "Enter" if self._enter_sends else "Ctrl+Enter"
            self.setToolTip(plain_tip(obstacle) or f"Send ({key})")
        self._resize()

    def set_enter_sends(self, sends: bool) -> None:
        """Whether Enter alone sends, as the tip says."""
        self._enter_sends = sends
        self.show_state(busy=self._busy, obstacle=self._obstacle)

    def sizeHint(self) -> QSize:
        """A square for Send, room for the words of Stop."""
        side, icon = self._theme.px(_SIDE), self._theme.px(_ICON)
        if not self._busy:
            return QSize(side, side)
        return QSize(12 + icon + 6 + self._word() + 8 + self._key_width() + 12, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the one or the other."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._busy:
            self._paint_stop(painter)
        else:
            self._paint_send(painter)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.colors.focus, 2))
            ring = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            painter.drawRoundedRect(ring, RADIUS_CONTROL, RADIUS_CONTROL)
        painter.end()

    def _paint_send(self, painter: QPainter) -> None:
        colors = self._theme.colors
        ground = colors.wash
        if self.isEnabled():
            ground = colors.accent_hi if self._hot() else colors.accent
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(self.rect()), RADIUS_CONTROL, RADIUS_CONTROL)
        ink = "on_accent" if self.isEnabled() else "ink3"
        self._paint_icon(painter, "send", ink, (self.width() - self._theme.px(_ICON)) // 2)

    def _paint_stop(self, painter: QPainter) -> None:
        colors = self._theme.colors
        painter.setPen(QPen(colors.danger, 1))
        painter.setBrush(colors.danger_wash if self._hot() else colors.raised)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(frame, RADIUS_CONTROL, RADIUS_CONTROL)
        self._paint_icon(painter, "stop", "danger", 12)
        painter.setPen(colors.danger)
        x = 12 + self._theme.px(_ICON) + 6
        word = self._placed(x, 0, self._word() + 1, self.height())
        painter.drawText(word, Qt.AlignmentFlag.AlignCenter, "Stop")
        self._paint_key(painter, x + self._word() + 8)

    def _paint_key(self, painter: QPainter, x: int) -> None:
        colors = self._theme.colors
        high = self._theme.px(17)
        top = (self.height() - high) // 2
        cap = QRectF(self._placed(x, top, self._key_width() - 1, high)).translated(0.5, 0.5)
        painter.setPen(QPen(colors.line, 1))
        painter.setBrush(colors.bg)
        painter.drawRoundedRect(cap, 4, 4)
        painter.setFont(self._key_font())
        painter.setPen(colors.ink2)
        painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, _key_text())

    def _paint_icon(self, painter: QPainter, name: str, ink: str, x: int) -> None:
        side = self._theme.px(_ICON)
        icon = self._theme.icon(name, ink, side)
        pixmap = icon.pixmap(QSize(side, side), self.devicePixelRatioF())
        painter.drawPixmap(self._placed(x, (self.height() - side) // 2, side, side), pixmap)

    def _placed(self, x: int, y: int, width: int, height: int) -> QRect:
        """A place, given as where one reads from the left."""
        return QStyle.visualRect(self.layoutDirection(), self.rect(), QRect(x, y, width, height))

    def _resize(self) -> None:
        self.setFixedSize(self.sizeHint())
        self.update()

    def _hot(self) -> bool:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        return bool(option.state & QStyle.StateFlag.State_MouseOver) or self.isDown()

    def _word(self) -> int:
        return self.fontMetrics().horizontalAdvance("Stop")

    def _key_width(self) -> int:
        return QFontMetrics(self._key_font()).horizontalAdvance(_key_text()) + 10

    def _key_font(self) -> QFont:
        return self._theme.font("meta", 11)


def _key_text() -> str:
    return QKeySequence(Qt.Key.Key_Escape).toString(QKeySequence.SequenceFormat.NativeText)
