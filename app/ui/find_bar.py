"""The bar above a conversation that looks for a text in it. It does not know where the text is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget
from shiboken6 import isValid

from app.ui.icon_label import IconLabel
from app.ui.parts import IconButton, Text, hairline

if TYPE_CHECKING:
    from app.ui.theme import Theme

_NEXT, _PREVIOUS = "Find next", "Find previous"


class FindBar(QFrame):
    """`changed` carries what is looked for; `stepped` asks for the next place (+1) or back (-1).

    `closed` follows when the bar has been put away.
    """

    changed = Signal(str)
    stepped = Signal(int)
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._before: QWidget | None = None
        self.setProperty("surface", "sheet")
        self.setAccessibleName("Find in conversation")
        self.field = QLineEdit()
        self.field.setFont(theme.font("body"))
        self.field.setPlaceholderText("Find in this conversation")
        self.field.setAccessibleName("Find in this conversation")
        self.field.installEventFilter(self)
        self.field.textChanged.connect(self.changed)
        self._count = Text(theme, "", "meta", "ink3")
        self.previous = IconButton(theme, "chevron-up", _PREVIOUS)
        self.next = IconButton(theme, "chevron-down", _NEXT)
        close = IconButton(theme, "close", "Close the search")
        self.previous.clicked.connect(lambda: self.stepped.emit(-1))
        self.next.clicked.connect(lambda: self.stepped.emit(1))
        close.clicked.connect(self.put_away)
        row = QHBoxLayout()
        row.setContentsMargins(20, 6, 16, 6)
        row.setSpacing(8)
        row.addWidget(IconLabel(theme, "search", "ink3"))
        row.addWidget(self.field, 1)
        for part in (self._count, self.previous, self.next, close):
            row.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(hairline())
        self.hide()

    @property
    def told(self) -> str:
        """What is said of the places found."""
        return self._count.text()

    def open(self) -> None:
        """Show the bar, with all of what it holds selected."""
        if self.isHidden():
            self._before = QApplication.focusWidget()
            self.show()
            self.changed.emit(self.field.text())
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def put_away(self) -> None:
        """Close the bar; the keyboard is where it was."""
        if self.isHidden():
            return
        focused = self.isAncestorOf(QApplication.focusWidget() or self)
        self.hide()
        before, self._before = self._before, None
        if focused and before is not None and isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        self.closed.emit()

    def show_place(self, place: int, count: int) -> None:
        """Say that the page is at `place`, from 1 on, of `count`; 0 while it is at none of them."""
        if count:
            words = f"{place:,} of {count:,}" if place else f"{count:,} found"
        else:
            words = "Not found" if self.field.text() else ""
        self._count.setText(words)
        for button in (self.previous, self.next):
            button.setEnabled(count > 0)
        if words and self.isVisible():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.field, words))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter goes on, Shift+Enter back, Esc closes and stops nothing else."""
        del watched
        if not isinstance(event, QKeyEvent):
            return False
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        escape = event.key() == Qt.Key.Key_Escape
        if event.type() == QEvent.Type.ShortcutOverride and escape:
            event.accept()
        elif event.type() == QEvent.Type.KeyPress and enter:
            back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.stepped.emit(-1 if back else 1)
            return True
        elif event.type() == QEvent.Type.KeyPress and escape:
            self.put_away()
            return True
        return False
