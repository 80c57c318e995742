"""The menu bar. Where menus belong to the window, it stays hidden until Alt is pressed alone."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QMenu, QMenuBar, QWidget

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMainWindow

    from app.ui.actions import Actions


class MenuBar(QMenuBar):
    """All actions by menu; pressing and letting go of Alt shows it and hides it again."""

    def __init__(self, window: QMainWindow, actions: Actions) -> None:
        super().__init__(window)
        actions.fill(self)
        self._window = window
        self._alt_alone = False
        self._before: QWidget | None = None
        if sys.platform != "darwin":
            self.hide()
            for menu in self.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly):
                # Between two neighbouring menus there is a moment without any.
                menu.aboutToHide.connect(lambda: QTimer.singleShot(0, self, self._hide_after_menu))

    def watch(self) -> None:
        """Watch the keys of the window; only once it is shown is there one to watch."""
        if (handle := self._window.windowHandle()) is not None and sys.platform != "darwin":
            handle.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Watch for Alt on its own; a chord such as Alt+Left is none of this bar's business."""
        del watched
        kind = event.type()
        if kind in (QEvent.Type.MouseButtonPress, QEvent.Type.FocusOut):
            self._alt_alone = False
        elif isinstance(event, QKeyEvent):
            alt = event.key() == Qt.Key.Key_Alt
            if kind == QEvent.Type.KeyPress:
                self._alt_alone = alt and not event.isAutoRepeat()
            elif kind == QEvent.Type.KeyRelease and alt and self._alt_alone:
                self._alt_alone = False
                self._toggle()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc puts the bar away."""
        if event.key() == Qt.Key.Key_Escape:
            self._toggle()
        else:
            super().keyPressEvent(event)

    def _toggle(self) -> None:
        if self.isVisible():
            self._put_away()
            return
        self._before = QApplication.focusWidget()
        self.show()
        self.setFocus(Qt.FocusReason.MenuBarFocusReason)
        self.setActiveAction(self.actions()[0])

    def _hide_after_menu(self) -> None:
        """Hide once no menu took the place of the one that closes."""
        if QApplication.activePopupWidget() is None:
            self._put_away()

    def _put_away(self) -> None:
        self.hide()
        before, self._before = self._before, None
        if before is not None and shiboken6.isValid(before):
            before.setFocus(Qt.FocusReason.MenuBarFocusReason)
