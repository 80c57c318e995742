"""The icon in the tray, and keys for a capture from anywhere: off unless a person wants them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QSystemTrayIcon

from app.desktop import Chord, GlobalShortcut, NotAChord, shortcut_of_this_system
from app.ui.notice_bar import Notice
from app.ui.tray_icon import TrayIcon

if TYPE_CHECKING:
    from app.settings_store import SettingsStore
    from app.ui.main_window import MainWindow
    from app.ui.notice_bar import NoticeBar
    from app.ui.theme import Theme

_NO_TRAY = "This desktop has no tray for icons"


class DesktopControl(QObject):
    """Makes both when they are wanted, and says where the system does not have them."""

    def __init__(
        self, theme: Theme, window: MainWindow, bar: NoticeBar, store: SettingsStore
    ) -> None:
        super().__init__(window)
        self._theme, self._window, self._bar, self._store = theme, window, bar, store
        self.tray: TrayIcon | None = None
        self._shortcut: GlobalShortcut | None = None
        self._prepare_tray()
        self._prepare_capture()

    def start(self) -> None:
        """Do what the settings say, once the window is shown."""
        actions, kept = self._window.registry, self._store.window
        for name, wanted in (
            ("tray_icon", kept.tray_icon),
            ("capture_anywhere", kept.capture_anywhere),
        ):
            if wanted and actions[name].isEnabled() and actions[name].isVisible():
                actions[name].setChecked(True)

    def close(self) -> None:
        """Give back what the desktop lent."""
        if self._shortcut is not None:
            self._shortcut.stop()
        if self.tray is not None:
            self.tray.hide()

    def use(self, shortcut: GlobalShortcut) -> None:
        """Hear the keys by `shortcut`."""
        self._shortcut = shortcut
        shortcut.pressed.connect(self._capture)
        shortcut.refused.connect(self._give_up)
        shortcut.granted.connect(self._tell_keys)

    def _prepare_tray(self) -> None:
        action = self._window.registry["tray_icon"]
        if not QSystemTrayIcon.isSystemTrayAvailable():
            self._window.registry.set_reason("tray_icon", _NO_TRAY)
        action.toggled.connect(self._show_tray)

    def _prepare_capture(self) -> None:
        actions = self._window.registry
        action = actions["capture_anywhere"]
        action.setVisible("capture_screen" in actions)
        self._name_keys(self._store.window.capture_keys)
        found = shortcut_of_this_system(QGuiApplication.platformName(), self)
        if isinstance(found, str):
            actions.set_reason("capture_anywhere", found)
        else:
            self.use(found)
        action.toggled.connect(self._listen)

    def _show_tray(self, shown: bool) -> None:
        if shown and self.tray is None:
            self.tray = TrayIcon(self._theme, self._window.registry, self._window)
            self.tray.wanted.connect(self._show_window)
        if self.tray is not None:
            self.tray.setVisible(shown)
        self._store.change(tray_icon=shown)

    def _listen(self, listening: bool) -> None:
        self._store.change(capture_anywhere=listening)
        if self._shortcut is None:
            return
        if not listening:
            self._shortcut.stop()
            self._name_keys(self._store.window.capture_keys)
            return
        keys = self._store.window.capture_keys
        try:
            self._shortcut.start(Chord.parse(keys))
        except NotAChord:
            self._give_up(f"{keys} are no keys that a system hands out to a program behind others.")

    def _give_up(self, sentence: str) -> None:
        self._window.registry["capture_anywhere"].setChecked(False)
        self._bar.show_notice(Notice(f"Capture from anywhere is off. {sentence}"))

    def _tell_keys(self, given: str) -> None:
        self._name_keys(given or self._store.window.capture_keys)

    def _name_keys(self, keys: str) -> None:
        self._window.registry["capture_anywhere"].setText(f"Capture from &anywhere ({keys})")

    def _capture(self) -> None:
        actions = self._window.registry
        if "capture_screen" in actions:
            actions["capture_screen"].trigger()

    def _show_window(self) -> None:
        minimized = Qt.WindowState.WindowMinimized
        self._window.setWindowState(self._window.windowState() & ~minimized)
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()
