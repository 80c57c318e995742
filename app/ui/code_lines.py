"""The lines of a code block, in colours.

Colours come with whole lines. While a text grows, only short ones are coloured as they grow; a
long one is when it is complete, some lines at a time, so that nothing waits for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import (
    QFontMetricsF,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QTextEdit
from shiboken6 import isValid

from app.ui.highlighting import Spans, highlight
from app.ui.text_view import TextView

if TYPE_CHECKING:
    from app.background import Background
    from app.ui.theme import Theme

_LINE = 20
_INDENT = 4
# So much is coloured at once, within a millisecond or two.
_SHORT = 3000
_LINES_AT_ONCE = 100


class CodeLines(TextView):
    """Text in the code font whose lines scroll sideways, or break if they are told to."""

    def __init__(self, theme: Theme, background: Background) -> None:
        super().__init__(theme, wraps=False)
        self._code = ""
        self._language = ""
        self._complete = False
        self._coloured = 0
        self._colours: list[Spans] = []
        self._shown: list[Spans] = []
        self._job = ""
        self._background = background
        self._slice = QTimer(self, interval=0, singleShot=True)
        self._slice.timeout.connect(self._colour_some)
        self.setAccessibleName("Code")
        self._set_format()

    def set_language(self, language: str) -> None:
        """Which language's words are coloured."""
        if language != self._language:
            self._language = language
            self._coloured = 0

    def set_code(self, code: str) -> None:
        """Show `code`; what is there already stays as it is."""
        if code == self._code:
            return
        if not code.startswith(self._code):
            self.clear()
            self._set_format()
            self._code, self._coloured, self._shown = "", 0, []
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(code[len(self._code) :])
        if not self._code:
            # The view's own caret went along with the first text and would scroll it into sight.
            self.moveCursor(QTextCursor.MoveOperation.Start)
        self._code = code
        self._colour()

    def complete(self) -> None:
        """No more text comes."""
        self._complete = True
        self._colour()

    def set_wrapped(self, wrapped: bool) -> None:
        """Break lines that are too long, or let them scroll."""
        modes = QTextEdit.LineWrapMode
        self.setLineWrapMode(modes.WidgetWidth if wrapped else modes.NoWrap)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)

    def _colour(self) -> None:
        whole = len(self._code) if self._complete else self._code.rfind("\n") + 1
        if whole <= self._coloured or not self._language:
            return
        if whole <= _SHORT:
            self._coloured = whole
            self._take(highlight(self._code[:whole], self._language))
        elif self._complete:
            self._coloured = whole
            self._colour_beside()

    def _colour_beside(self) -> None:
        code, language = self._code, self._language

        def take(colours: list[Spans]) -> None:
            if isValid(self) and (code, language) == (self._code, self._language):
                self._take(colours)

        self._background.drop(self._job)
        self._job = self._background.run(
            lambda: highlight(code, language), take, lambda _fault: None
        )

    def _take(self, colours: list[Spans]) -> None:
        self._colours = colours
        self._shown += [()] * (len(colours) - len(self._shown))
        self._colour_some()

    def _colour_some(self) -> None:
        """Colour the next lines that look different now, and leave the others for later."""
        done = 0
        for number, spans in enumerate(self._colours):
            if spans == self._shown[number]:
                continue
            if done == _LINES_AT_ONCE:
                self._slice.start()
                return
            self._shown[number] = spans
            self._colour_line(self.document().findBlockByNumber(number), spans)
            done += 1

    def _colour_line(self, line: QTextBlock, spans: Spans) -> None:
        if not line.isValid():
            return
        line.layout().setFormats([self._range(*span) for span in spans])
        self.document().markContentsDirty(line.position(), line.length())

    def _range(self, begin: int, length: int, color: str) -> QTextLayout.FormatRange:
        form = QTextCharFormat()
        form.setForeground(self._theme.color(color))
        result = QTextLayout.FormatRange()
        result.start, result.length, result.format = begin, length, form
        return result

    def _set_format(self) -> None:
        font = self._theme.font("code")
        self.setFont(font)
        self.setTabStopDistance(_INDENT * QFontMetricsF(font).horizontalAdvance(" "))
        form = QTextBlockFormat()
        form.setLineHeight(_LINE, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        QTextCursor(self.document()).setBlockFormat(form)
