"""Keys under X11: grabbed at the root window, over a connection of our own to the display.

Qt's own connection would bring the keys as events of its own kind, which Python cannot read.
"""

from __future__ import annotations

import ctypes
import ctypes.util
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSocketNotifier

from app.desktop.global_shortcut import GlobalShortcut

if TYPE_CHECKING:
    from app.desktop.chord import Chord

_MASKS = {"shift": 1, "ctrl": 4, "alt": 8, "meta": 64}
# Caps Lock and Num Lock count as held too, so each of their combinations is grabbed.
_LOCKS = (0, 2, 16, 2 | 16)
_ASYNC = 1
_KEY_PRESS, _KEY_RELEASE = 2, 3
# An event is a union as long as this many `long`s; its first number is its kind.
_EVENT_LONGS = 24
_Handler = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)

_TAKEN = "Another program has taken these keys already."
_NO_DISPLAY = "The X display could not be reached a second time."
_NO_KEY = "This keyboard has no such key."


class XShortcut(GlobalShortcut):
    """Grabs one chord."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._x = _library()
        self._display: int | None = None
        self._notifier: QSocketNotifier | None = None
        self._held = False

    def start(self, chord: Chord) -> None:
        """Grab the keys; `refused` where another program has them."""
        self.stop()
        if self._x is None:
            self.refused.emit(_NO_DISPLAY)
            return
        self._display = self._x.XOpenDisplay(None)
        if not self._display:
            self.refused.emit(_NO_DISPLAY)
            return
        name = chord.key.lower() if len(chord.key) == 1 else chord.key
        code = self._x.XKeysymToKeycode(self._display, self._x.XStringToKeysym(name.encode()))
        reason = self._grab(code, chord) if code else _NO_KEY
        if reason:
            self.stop()
            self.refused.emit(reason)
            return
        self._x.XkbSetDetectableAutoRepeat(self._display, 1, None)
        number = self._x.XConnectionNumber(self._display)
        self._notifier = QSocketNotifier(number, QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._hear)
        self._x.XFlush(self._display)
        self.granted.emit("")

    def stop(self) -> None:
        """Give the keys back: they go with the connection."""
        if self._notifier is not None:
            self._notifier.setEnabled(False)
            self._notifier.deleteLater()
            self._notifier = None
        if self._display and self._x is not None:
            self._x.XCloseDisplay(self._display)
        self._display, self._held = None, False

    def _grab(self, code: int, chord: Chord) -> str:
        """Why the keys cannot be had; empty where they are."""
        assert self._x is not None
        mask = sum(_MASKS[name] for name in chord.modifiers)
        refusals: list[bool] = []

        # Without a handler of our own, a refusal would end the program.
        def note(_display: int, _error: int) -> int:
            refusals.append(True)
            return 0

        handler = _Handler(note)
        before = self._x.XSetErrorHandler(handler)
        root = self._x.XDefaultRootWindow(self._display)
        for lock in _LOCKS:
            self._x.XGrabKey(self._display, code, mask | lock, root, 0, _ASYNC, _ASYNC)
        self._x.XSync(self._display, 0)
        self._x.XSetErrorHandler(before)
        return _TAKEN if refusals else ""

    def _hear(self) -> None:
        assert self._x is not None
        event = (ctypes.c_long * _EVENT_LONGS)()
        while self._display and self._x.XPending(self._display):
            self._x.XNextEvent(self._display, event)
            kind = ctypes.cast(event, ctypes.POINTER(ctypes.c_int))[0]
            if kind == _KEY_PRESS and not self._held:
                self._held = True
                self.pressed.emit()
            elif kind == _KEY_RELEASE:
                self._held = False


def _library() -> ctypes.CDLL | None:
    """Xlib with its functions declared: addresses are longer than what ctypes takes for granted."""
    try:
        x = ctypes.CDLL(ctypes.util.find_library("X11") or "libX11.so.6")
    except OSError:
        return None
    pointer, number, word = ctypes.c_void_p, ctypes.c_int, ctypes.c_ulong
    x.XOpenDisplay.argtypes, x.XOpenDisplay.restype = [ctypes.c_char_p], pointer
    x.XDefaultRootWindow.argtypes, x.XDefaultRootWindow.restype = [pointer], word
    x.XStringToKeysym.argtypes, x.XStringToKeysym.restype = [ctypes.c_char_p], word
    x.XKeysymToKeycode.argtypes, x.XKeysymToKeycode.restype = [pointer, word], ctypes.c_ubyte
    x.XGrabKey.argtypes = [pointer, number, ctypes.c_uint, word, number, number, number]
    x.XSetErrorHandler.argtypes, x.XSetErrorHandler.restype = [pointer], pointer
    x.XSync.argtypes = [pointer, number]
    x.XNextEvent.argtypes = [pointer, pointer]
    x.XkbSetDetectableAutoRepeat.argtypes = [pointer, number, pointer]
    for function in (x.XConnectionNumber, x.XPending, x.XFlush, x.XCloseDisplay):
        function.argtypes = [pointer]
    return x
