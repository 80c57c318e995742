"""A field that lies over a name while it is written: Enter and leaving save it, Esc does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class InlineEditor(QLineEdit):
    """`finished` carries the new name, once; nothing where it is empty or Esc was pressed."""

    finished = Signal(str)

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(text, parent)
        self._open = True
        self.setProperty("kind", "inline")
        self.selectAll()

    def event(self, event: QEvent) -> bool:
        """Esc is for this field before it is for anything else of the window."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter saves, Esc does not."""
        if event.key() in _ENTER:
            self._close(" ".join(self.text().split()))
        elif event.key() == Qt.Key.Key_Escape:
            self._close("")
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Whoever goes on elsewhere means what was written; a menu of the field is no elsewhere."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._close(" ".join(self.text().split()))

    def _close(self, name: str) -> None:
        if self._open:
            self._open = False
            self.finished.emit(name)
