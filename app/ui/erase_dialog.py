"""The question before everything is deleted: a word has to be typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.ui.parts import Text, TextButton
from app.ui.wrapped_text import WrappedText

if TYPE_CHECKING:
    from app.ui.theme import Theme

WORD = "delete"
_TITLE = "Delete everything?"
_WHAT = (
    "All conversations with their attachments, what was computed for them, your instructions and "
    "all settings are removed from this computer. This cannot be undone. Models stay."
)
_TYPE = f"Type “{WORD}” to go on."
_WIDTH = 440


class EraseDialog(QDialog):
    """Accepted only by its button, which works once the word is typed."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self.setWindowTitle(_TITLE)
        self.setAccessibleDescription(_WHAT)
        what = WrappedText(theme, _WHAT, "body", "ink2")
        theme.fix(what, width=_WIDTH)
        self.word = QLineEdit()
        self.word.setFont(theme.font("body"))
        self.word.setAccessibleName(_TYPE)
        self.word.textChanged.connect(self._typed)
        self.cancel = TextButton(theme, "Keep everything", "default")
        self.cancel.clicked.connect(self.reject)
        self.erase = TextButton(theme, "Delete everything", "danger")
        self.erase.setEnabled(False)
        self.erase.clicked.connect(self.accept)
        self.cancel.setDefault(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(Text(theme, _TITLE, "heading"))
        column.addWidget(what)
        column.addWidget(WrappedText(theme, _TYPE, "body_medium"))
        column.addWidget(self.word)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.erase)
        column.addLayout(row)
        self.word.setFocus()

    def _typed(self, text: str) -> None:
        self.erase.setEnabled(text.strip().casefold() == WORD)
