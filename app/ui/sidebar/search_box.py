"""The search field: it says what is looked for a moment after the typing stops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QLineEdit, QWidget

from app.ui.parts import IconButton

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent, QResizeEvent

    from app.ui.theme import Theme

SHORTEST = 2
PAUSE_MS = 120
_ICON, _ICON_LEFT, _CLEAR = 14, 9, 28
_BESIDE_ICON, _BESIDE_CLEAR = 20, 24
_PLACEHOLDER = "Search conversations"


class SearchBox(QLineEdit):
    """`changed` carries what to look for, and nothing once the search has ended.

    Down `entered` the results, Enter `submitted` wants the first of them, Esc clears; in an empty
    field it was `left`.
    """

    changed = Signal(str)
    entered = Signal()
    submitted = Signal()
    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._told = ""
        self.setProperty("kind", "search")
        self.setFont(theme.font("body"))
        self.setPlaceholderText(_PLACEHOLDER)
        self.setAccessibleName(_PLACEHOLDER)
        self._clear = IconButton(theme, "close", "Clear the search", self)
        self._clear.setCursor(Qt.CursorShape.ArrowCursor)
        self._clear.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._clear.clicked.connect(self.clear)
        self._clear.hide()
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._tell)
        self.textChanged.connect(self._typed)
        theme.changed.connect(self._place)

    @property
    def query(self) -> str:
        """What is looked for: nothing until there are two characters."""
        text = self.text().strip()
        return text if len(text) >= SHORTEST else ""

    def event(self, event: QEvent) -> bool:
        """Esc is for this field before it is for anything else of the window."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
            and self.text()
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that lead away from the text."""
        key = event.key()
        if key == Qt.Key.Key_Escape:
            if self.text():
                self.clear()
            else:
                self.left.emit()
        elif key == Qt.Key.Key_Down:
            self._tell()
            self.entered.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._tell()
            self.submitted.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the button at the end and the text between it and the icon."""
        super().resizeEvent(event)
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The field with its icon."""
        super().paintEvent(event)
        painter = QPainter(self)
        side = self._theme.px(_ICON)
        top = (self.height() - side) // 2
        left = self.width() - side - _ICON_LEFT if self.isRightToLeft() else _ICON_LEFT
        self._theme.icon("search", "ink3", side).paint(painter, left, top, side, side)
        painter.end()

    def _place(self) -> None:
        px, rtl = self._theme.px, self.isRightToLeft()
        side = px(_CLEAR)
        inset = (self.height() - side) // 2
        self._clear.setGeometry(inset if rtl else self.width() - side - inset, inset, side, side)
        near, far = px(_BESIDE_ICON), px(_BESIDE_CLEAR)
        self.setTextMargins(far if rtl else near, 0, near if rtl else far, 0)
        self.update()

    def _typed(self) -> None:
        self._clear.setVisible(bool(self.text()))
        if self.query:
            self._pause.start()
        else:
            self._tell()

    def _tell(self) -> None:
        self._pause.stop()
        if self.query != self._told:
            self._told = self.query
            self.changed.emit(self._told)
