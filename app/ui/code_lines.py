"""The lines of a code block, in colours.

Colours are found beside the window's thread and come with whole lines. While a text grows, only a
short one is coloured as it grows; a long one is when it is complete, some lines at a time.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
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

from app.ui.highlighting import Highlighted, Spans, highlight
from app.ui.text_view import TextView

if TYPE_CHECKING:
    from app.background import Background
    from app.ui.theme import Theme

log = logging.getLogger(__name__)

_LINE = 20
_INDENT = 4
# So much of a growing text is coloured again with every line.
_SHORT = 3000
_LINES_AT_ONCE = 100


class CodeLines(TextView):
    """Text in the code font whose lines scroll sideways, or break if they are told to."""

    # What the language is usually called.
    language_known = Signal(str)

    def __init__(self, theme: Theme, background: Background) -> None:
        super().__init__(theme, wraps=False)
        self._code = ""
        self._language = ""
        self._complete = False
        self._coloured = 0
        self._colours: list[Spans] = []
        self._shown: list[Spans] = []
        self._under_way = False
        self._background = background
        self._slice = QTimer(self, interval=0, singleShot=True)
        self._slice.timeout.connect(self._colour_some)
        self.setAccessibleName("Code")
        self._set_format()

    def set_language(self, language: str) -> bool:
        """Which language's words are coloured; says whether it is another than before."""
        if language == self._language:
            return False
        self._language = language
        self._coloured = 0
        return True

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
        if self._under_way or whole <= self._coloured or not self._language:
            return
        if self._complete or whole <= _SHORT:
            self._coloured = whole
            self._colour_beside(self._code[:whole], self._language)

    def _colour_beside(self, code: str, language: str) -> None:
        def take(found: Highlighted) -> None:
            if isValid(self):
                self._under_way = False
                if language == self._language and self._code.startswith(code):
                    self._take(found)
                self._colour()  # what has come in the meantime

        def leave_plain(fault: Exception) -> None:
            log.warning("code could not be coloured: %s", fault)

        self._under_way = True
        self._background.run(lambda: highlight(code, language), take, leave_plain)

    def _take(self, found: Highlighted) -> None:
        self._colours = found.lines
        self._shown += [()] * (len(found.lines) - len(self._shown))
        self._colour_some()
        self.language_known.emit(found.language)

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
        form.setLineHeight(
            self._theme.px(_LINE), QTextBlockFormat.LineHeightTypes.FixedHeight.value
        )
        QTextCursor(self.document()).setBlockFormat(form)
