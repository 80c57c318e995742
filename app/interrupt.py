"""Ctrl+C in the terminal, and closing it, end the window in order, as closing the window does."""

from __future__ import annotations

import signal
import socket
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSocketNotifier, Signal

if TYPE_CHECKING:
    from types import FrameType


class Interrupt(QObject):
    """Turns the system's signal into Qt's.

    Python runs a handler only between its own instructions, and Qt's loop may wait for hours
    without one. The interpreter writes to a socket when a signal comes, and Qt watches the socket.
    """

    interrupted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._read)
        self._old_fd = signal.set_wakeup_fd(self._writer.fileno())
        self._old_handlers = {
            number: signal.signal(number, _noted)
            for number in (signal.SIGINT, signal.SIGTERM, *_hang_up())
        }

    def close(self) -> None:
        """Leave the process as it was."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._old_fd)
        for number, handler in self._old_handlers.items():
            signal.signal(number, handler)
        self._reader.close()
        self._writer.close()

    def _read(self) -> None:
        if self._reader.recv(64):
            self.interrupted.emit()


def _hang_up() -> tuple[signal.Signals, ...]:
    """The signal of a terminal that is closed, where there is one and nobody wants it ignored."""
    if sys.platform == "win32" or signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
        return ()
    return (signal.SIGHUP,)


def _noted(number: int, frame: FrameType | None) -> None:
    """The byte in the socket says it all; without a handler the process would end at once."""
    del number, frame
