"""A block of code: its language, what can be done with it, and its lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.code_lines import CodeLines
from app.ui.parts import Text, TextButton, hairline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.background import Background
    from app.ui.markdown_blocks import Block
    from app.ui.text_view import TextView
    from app.ui.theme import Theme

FOLDED_LINES = 24
_COPIED_MS = 2000


class CodeBlock(QFrame):
    """Shows one code block; it can be copied once it is complete.

    A long one shows its first lines until a person asks for all, while it grows too: what is
    written below then stays where it is.
    """

    def __init__(self, theme: Theme, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._code = ""
        self.unfolded = False
        self.setProperty("surface", "card")
        self._language = Text(theme, "code", "meta", "ink2")
        self._wrap = TextButton(theme, "Wrap", "quiet", compact=True)
        self._wrap.setAccessibleName("Wrap long lines")
        self._wrap.setCheckable(True)
        self._wrap.toggled.connect(self._set_wrapped)
        self._copy = TextButton(theme, "Copy", "quiet", "copy", compact=True)
        self._copy.setAccessibleName("Copy code")
        self._copy.clicked.connect(self._copy_code)
        self._copy.hide()
        self._lines = CodeLines(theme, background)
        self._lines.language_known.connect(self._language.setText)
        self._fold = TextButton(theme, "", "link")
        self._fold.clicked.connect(self._toggle_fold)
        self._fold_row = QWidget()
        self._lay_out()
        self._copied = QTimer(self, interval=_COPIED_MS, singleShot=True)
        self._copied.timeout.connect(self._offer_copy)

    @property
    def text_view(self) -> TextView:
        """Where the caret of growing code belongs."""
        return self._lines

    @property
    def code(self) -> str:
        """All of the code, shown or not."""
        return self._code

    def draw(self, final: Sequence[Block], still_open: Sequence[Block]) -> None:
        """Show the code of the one block given; what is there already stays as it is."""
        (block,) = (*final, *still_open)
        self._code = block.code
        if self._lines.set_language(block.language):
            self._language.setText(block.language or "code")
        self._show_lines()
        if final:
            self._lines.complete()
        self._copy.setVisible(bool(final))

    @property
    def wrapped(self) -> bool:
        """Whether long lines break."""
        return self._wrap.isChecked()

    def look_like(self, *, unfolded: bool, wrapped: bool) -> None:
        """Show all lines or the first ones, broken or not, as they were shown before."""
        self.unfolded = unfolded
        self._wrap.setChecked(wrapped)
        self._show_lines()

    def _toggle_fold(self) -> None:
        self.unfolded = not self.unfolded
        self._show_lines()

    def _show_lines(self) -> None:
        count = self._code.count("\n") + 1
        shown = self._code
        if count > FOLDED_LINES and not self.unfolded:
            shown = "\n".join(self._code.split("\n", FOLDED_LINES)[:FOLDED_LINES])
        self._lines.set_code(shown)
        words = f"Show the first {FOLDED_LINES} lines" if self.unfolded else ""
        self._fold.setText(words or f"Show all {count:,} lines")
        self._fold_row.setVisible(count > FOLDED_LINES)

    def _set_wrapped(self, wrapped: bool) -> None:
        self._lines.set_wrapped(wrapped)

    def _copy_code(self) -> None:
        QGuiApplication.clipboard().setText(self._code)
        self._copy.set_icon("check")
        self._copy.setText("Copied")
        self._copied.start()

    def _offer_copy(self) -> None:
        self._copy.set_icon("copy")
        self._copy.setText("Copy")

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(12, 4, 4, 4)
        head.setSpacing(2)
        head.addWidget(self._language)
        head.addStretch()
        head.addWidget(self._wrap)
        head.addWidget(self._copy)
        row = QWidget()
        self._theme.fix(row, height=36)
        row.setLayout(head)
        body = QVBoxLayout()
        body.setContentsMargins(12, 12, 12, 12)
        body.setSpacing(8)
        body.addWidget(self._lines)
        fold = QHBoxLayout(self._fold_row)
        fold.setContentsMargins(0, 0, 0, 0)
        fold.addWidget(self._fold)
        fold.addStretch()
        body.addWidget(self._fold_row)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(1, 1, 1, 1)
        whole.setSpacing(0)
        whole.addWidget(row)
        whole.addWidget(hairline())
        whole.addLayout(body)
