"""A block of code: its language, a button that copies it, and lines that scroll sideways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QFontMetricsF, QGuiApplication, QTextBlockFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.parts import Text, TextButton, hairline
from app.ui.text_view import TextView

if TYPE_CHECKING:
    from app.ui.markdown_blocks import Block
    from app.ui.theme import Theme

_LINE = 20
_COPIED_MS = 2000


class CodeBlock(QFrame):
    """Shows one code block; it can be copied once it is complete."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._code = ""
        self.holds_final = False
        self.setProperty("surface", "card")
        self._language = Text(theme, "", "meta", "ink2")
        self._copy = TextButton(theme, "Copy", "quiet", "copy", compact=True)
        self._copy.setAccessibleName("Copy code")
        self._copy.clicked.connect(self._copy_code)
        self._copy.hide()
        self._lines = TextView(theme, wraps=False)
        self._lines.setAccessibleName("Code")
        self._lay_out()
        self._set_format()
        self._copied = QTimer(self, interval=_COPIED_MS, singleShot=True)
        self._copied.timeout.connect(lambda: self._copy.setText("Copy"))

    @property
    def text_view(self) -> TextView:
        """Where the caret of growing code belongs."""
        return self._lines

    def takes(self, block: Block) -> bool:
        """Whether `block` is this one, still growing."""
        return block.kind == "code" and not self.holds_final

    def draw(self, block: Block, *, final: bool) -> None:
        """Show the code of `block`; what is there already stays as it is."""
        if not block.code.startswith(self._code):
            self._lines.clear()
            self._set_format()
            self._code = ""
        cursor = QTextCursor(self._lines.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(block.code[len(self._code) :])
        if not self._code:
            # The view's own caret went along with the first text and would scroll it into sight.
            self._lines.moveCursor(QTextCursor.MoveOperation.Start)
        self._code = block.code
        self._language.setText(block.language or "code")
        self.holds_final = final
        self._copy.setVisible(final)

    def _copy_code(self) -> None:
        QGuiApplication.clipboard().setText(self._code)
        self._copy.setText("Copied")
        self._copied.start()

    def _set_format(self) -> None:
        font = self._theme.font("code")
        self._lines.setFont(font)
        self._lines.setTabStopDistance(4 * QFontMetricsF(font).horizontalAdvance(" "))
        form = QTextBlockFormat()
        form.setLineHeight(_LINE, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        QTextCursor(self._lines.document()).setBlockFormat(form)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(12, 4, 4, 4)
        head.addWidget(self._language)
        head.addStretch()
        head.addWidget(self._copy)
        row = QWidget()
        row.setFixedHeight(36)
        row.setLayout(head)
        body = QVBoxLayout()
        body.setContentsMargins(12, 12, 12, 12)
        body.addWidget(self._lines)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(1, 1, 1, 1)
        whole.setSpacing(0)
        whole.addWidget(row)
        whole.addWidget(hairline())
        whole.addLayout(body)
