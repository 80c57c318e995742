"""The ring around whatever the keyboard is on: 2 px wide, 2 px away, never around a mouse click.

Style sheets can draw inside a widget only, so the ring is a widget of its own beside the target.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPen, QWindow
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QApplication, QWidget
from shiboken6 import isValid

from app.ui.tokens import RADIUS_CONTROL

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from app.ui.theme import Theme

_WIDTH, _OFFSET = 2, 2
_REACH = _WIDTH + _OFFSET
_MOVES_FOCUS = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_F6)
# A key that is a shortcut never arrives as one that is pressed.
_KEYS = (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride)
_MOVES = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide)


class FocusRing(QObject):
    """Follows the focus through the whole application."""

    def __init__(self, theme: Theme, application: QApplication) -> None:
        super().__init__(theme)
        self._theme = theme
        self._by_keyboard = False
        self._windows: set[QWindow] = set()
        self._watched: list[QWidget] = []
        self._target: QWidget | None = None
        self._ring: _Ring | None = None
        application.focusWindowChanged.connect(self._watch_window)
        application.focusChanged.connect(self._follow)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Learn how the focus is moved, and when its holder moves."""
        kind = event.type()
        if kind in _KEYS and isinstance(event, QKeyEvent):
            self._by_keyboard = self._by_keyboard or event.key() in _MOVES_FOCUS
        elif kind == QEvent.Type.MouseButtonPress:
            self._by_keyboard = False
            self._clear()
        elif kind in _MOVES and watched in self._watched:
            self._place()
        return False

    @property
    def around(self) -> QWidget | None:
        """What the ring is drawn around."""
        return self._target if self._ring is not None else None

    def _watch_window(self, window: QWindow | None) -> None:
        """Watch the keys of a window; the whole application's events would be too many."""
        if window is not None and window not in self._windows:
            self._windows.add(window)
            window.installEventFilter(self)
            window.destroyed.connect(lambda: self._windows.discard(window))

    def _follow(self, old: QWidget | None, now: QWidget | None) -> None:
        del old
        self._clear()
        if now is None or not self._by_keyboard or not isinstance(now, QAbstractButton):
            return
        self._target = now
        now.destroyed.connect(self._forget)
        ground = _ground(now)
        self._ring = _Ring(self._theme, ground)
        self._watched = _chain(now, ground)
        for widget in self._watched:
            widget.installEventFilter(self)
        self._place()

    def _place(self) -> None:
        target, ring = self._target, self._ring
        if target is None or ring is None or not (isValid(target) and isValid(ring)):
            return
        corner = target.mapTo(ring.ground, QPoint(0, 0))
        ring.setGeometry(QRect(corner, target.size()).adjusted(-_REACH, -_REACH, _REACH, _REACH))
        ring.setVisible(target.isVisible())
        ring.raise_()

    def _clear(self) -> None:
        # Where a window goes, the focus moves while its widgets are half gone already.
        if self._target is not None and isValid(self._target):
            self._target.destroyed.disconnect(self._forget)
        if self._ring is not None and isValid(self._ring):
            self._ring.hide()
            self._ring.deleteLater()
        for widget in filter(isValid, self._watched):
            widget.removeEventFilter(self)
        self._forget()

    def _forget(self) -> None:
        """The target is gone, and the ring's ground perhaps with it."""
        self._target = self._ring = None
        self._watched = []


class _Ring(QWidget):
    """The ring itself; the mouse does not notice it."""

    def __init__(self, theme: Theme, ground: QWidget) -> None:
        super().__init__(ground)
        self._theme = theme
        self.ground = ground
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ring."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colors.focus, _WIDTH))
        half = _WIDTH / 2
        frame = QRectF(self.rect()).adjusted(half, half, -half, -half)
        radius = RADIUS_CONTROL + _OFFSET + half
        painter.drawRoundedRect(frame, radius, radius)
        painter.end()


def _chain(target: QWidget, ground: QWidget) -> list[QWidget]:
    """Everything whose moving moves `target` on `ground`."""
    chain = [target]
    while (parent := chain[-1].parentWidget()) is not None and parent is not ground:
        chain.append(parent)
    return chain


def _ground(target: QWidget) -> QWidget:
    """What the ring lies on: the content of the nearest scroll area, so that it scrolls along."""
    widget = target
    while (parent := widget.parentWidget()) is not None and not widget.isWindow():
        area = parent.parentWidget()
        if isinstance(area, QAbstractScrollArea) and area.viewport() is parent:
            return widget if widget is not target else parent
        widget = parent
    return widget
