"""Tells a slow second click on a row, which renames it, from a double one and from a drag."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QTimer, Signal
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class SecondClick(QObject):
    """Hears of presses and releases of the left button over rows, by the rows' keys."""

    slow = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._start: QPoint | None = None
        self._last = self._again = ""
        self._wait = QTimer(self, singleShot=True)
        self._wait.timeout.connect(lambda: self.slow.emit(self._again))

    def press(self, key: str, spot: QPoint, *, opened: bool) -> None:
        """The button went down on a row; `opened` says that it is open already."""
        self._wait.stop()
        self._start = spot
        self._again = key if opened and key == self._last else ""
        self._last = key

    def release(self) -> None:
        """The button went up: if nothing else follows, this was the slow second click."""
        if self._again and self._start is not None:
            self._wait.start(QApplication.doubleClickInterval())
        self._start = None

    def drag_from(self, spot: QPoint) -> QPoint | None:
        """Where a drag begins, once the pointer has gone far enough for one."""
        start = self._start
        far = QApplication.startDragDistance()
        if start is None or (spot - start).manhattanLength() < far:
            return None
        self._start = None
        return start

    @property
    def held(self) -> bool:
        """Whether the button is down on a row that is not dragged yet."""
        return self._start is not None

    def stop(self) -> None:
        """Something else is done: what comes next is no second click to this."""
        self._wait.stop()

    def forget(self) -> None:
        """The next click is a first one again."""
        self._wait.stop()
        self._last = ""
