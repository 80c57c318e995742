"""The open conversation's title, which can be written where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from app.ui.inline_editor import InlineEditor
from app.ui.parts import ElidedText

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent, QResizeEvent
    from PySide6.QtWidgets import QWidget

    from app.ui.theme import Theme

_HEIGHT, _WIDEST = 32, 480
# Border, padding and Qt's own margin of a field: its text stands where the title's stood.
_BEFORE_TEXT = 8


class TitleLine(ElidedText):
    """Double-click writes the title; `edited` carries what it shall be."""

    edited = Signal(str)

    def __init__(self, theme: Theme, text: str) -> None:
        super().__init__(theme, text, "body_strong")
        self._theme = theme
        self._editable = False
        self._editor: InlineEditor | None = None
        self._before: QWidget | None = None

    @property
    def editor(self) -> InlineEditor | None:
        """The field, while the title is written."""
        return self._editor

    def set_editable(self, editable: bool) -> None:
        """Whether there is a conversation whose title this is."""
        self._editable = editable

    def edit(self) -> None:
        """Let the title be written."""
        if self._editor is not None or not self._editable:
            return
        self._before = QApplication.focusWidget()
        parent = self.parentWidget()
        assert parent is not None
        editor = InlineEditor(self.full, parent)
        editor.setFont(self.font())
        editor.setAccessibleName("Title of the conversation")
        editor.finished.connect(self._finish)
        self._editor = editor
        self._place()
        editor.show()
        editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Let the title be written."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.edit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The field keeps to the title."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        if self._editor is not None:
            place = self.geometry()
            height = self._theme.px(_HEIGHT)
            top = place.top() + (place.height() - height) // 2
            width = min(self._theme.px(_WIDEST), place.width() + _BEFORE_TEXT)
            left = place.left() - _BEFORE_TEXT
            if self.isRightToLeft():
                left = place.right() + 1 + _BEFORE_TEXT - width
            self._editor.setGeometry(QRect(left, top, width, height))

    def _finish(self, name: str) -> None:
        editor, self._editor = self._editor, None
        before, self._before = self._before, None
        if editor is None:
            return
        had_focus = editor.hasFocus()
        editor.hide()
        editor.deleteLater()
        if had_focus and before is not None and isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        if name and name != self.full:
            self.edited.emit(name)
