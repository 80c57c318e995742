"""Keys under Windows: registered with the system, which posts a message for every press."""

from __future__ import annotations

import ctypes
import sys
from ctypes import wintypes
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractNativeEventFilter, QByteArray, QCoreApplication, QObject

from app.desktop.global_shortcut import GlobalShortcut

if TYPE_CHECKING:
    from app.desktop.chord import Chord

_MODIFIERS = {"alt": 1, "ctrl": 2, "shift": 4, "meta": 8}
_NO_REPEAT = 0x4000
_HOTKEY = 0x0312
_F1, _PRINT = 0x70, 0x2C
_ID = 1
_TAKEN = "Another program has taken these keys already."


class WindowsShortcut(GlobalShortcut):
    """Registers one chord for this thread."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._filter = _Filter(self)
        self._listening = False

    def start(self, chord: Chord) -> None:
        """Register the keys; `refused` where another program has them."""
        self.stop()
        modifiers = sum(_MODIFIERS[name] for name in chord.modifiers) | _NO_REPEAT
        if not _register(modifiers, virtual_key(chord.key)):
            self.refused.emit(_TAKEN)
            return
        self._listening = True
        _application().installNativeEventFilter(self._filter)
        self.granted.emit("")

    def stop(self) -> None:
        """Give the keys back."""
        if self._listening:
            self._listening = False
            _application().removeNativeEventFilter(self._filter)
            _unregister()


class _Filter(QAbstractNativeEventFilter):
    """Picks the message out of all that come to this thread."""

    def __init__(self, shortcut: WindowsShortcut) -> None:
        super().__init__()
        self._shortcut = shortcut

    def nativeEventFilter(
        self, kind: QByteArray | bytes | bytearray | memoryview, message: int
    ) -> object:
        """Take the press; leave all else to Qt."""
        if kind == b"windows_generic_MSG":
            told = wintypes.MSG.from_address(int(message))
            if told.message == _HOTKEY and told.wParam == _ID:
                self._shortcut.pressed.emit()
                return True, 0
        return False, 0


def virtual_key(key: str) -> int:
    """Windows' number of a chord's key."""
    if len(key) == 1:
        return ord(key.upper())
    return _PRINT if key == "Print" else _F1 + int(key[1:]) - 1


def _application() -> QCoreApplication:
    application = QCoreApplication.instance()
    assert application is not None
    return application


def _register(modifiers: int, key: int) -> bool:
    if sys.platform == "win32":
        return bool(ctypes.windll.user32.RegisterHotKey(None, _ID, modifiers, key))
    return False


def _unregister() -> None:
    if sys.platform == "win32":
        ctypes.windll.user32.UnregisterHotKey(None, _ID)
