"""Tanka's icon in the system's tray: its lines and seal in one colour, and a short menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

if TYPE_CHECKING:
    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QWidget

    from app.ui.actions import Actions
    from app.ui.theme import Theme

# The mark in tenths of its side: left edge and height of each line, all one wide.
_LINES = ((0, 10), (2, 10), (4, 7), (6, 10), (8, 7))
_SEAL = (8, 8, 2, 2)
_PARTS = 10
_SIZES = (16, 20, 22, 24, 32, 44, 48, 64)
_ACTIONS = ("new_conversation", "capture_screen", "quit")


class TrayIcon(QSystemTrayIcon):
    """`wanted` asks for the window."""

    wanted = Signal()

    def __init__(self, theme: Theme, actions: Actions, window: QWidget) -> None:
        super().__init__(window)
        self._menu = QMenu()
        self._menu.addAction("Show Tanka", self.wanted.emit)
        for action in shown_actions(actions):
            self._menu.addAction(action)
        self.setContextMenu(self._menu)
        self.setToolTip("Tanka")
        # Panels are dark or light, and nobody says which: this colour stands out from both.
        icon = monochrome_icon(theme.colors.edge)
        icon.setIsMask(True)
        self.setIcon(icon)
        self.activated.connect(self._act)

    @property
    def menu(self) -> QMenu:
        """What a click with the other button opens."""
        return self._menu

    def _act(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason == QSystemTrayIcon.ActivationReason.Trigger:
            self.wanted.emit()


def shown_actions(actions: Actions) -> list[QAction]:
    """The actions of the tray's menu, as far as there are such."""
    return [actions[name] for name in _ACTIONS if name in actions]


def monochrome_icon(color: QColor) -> QIcon:
    """The mark without its tile, its edges on whole pixels in every size."""
    icon = QIcon()
    for size in _SIZES:
        icon.addPixmap(_mark(size, color))
    return icon


def _mark(size: int, color: QColor) -> QPixmap:
    unit = max(1, (size - 2) // _PARTS)
    edge = (size - _PARTS * unit) // 2
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    for left, height in _LINES:
        painter.fillRect(QRect(edge + left * unit, edge, unit, height * unit), color)
    left, top, width, height = _SEAL
    seal = QRect(edge + left * unit, edge + top * unit, width * unit, height * unit)
    painter.fillRect(seal, color)
    painter.end()
    return pixmap
