"""Draws blocks of prose into a text document, in the type and colours of the theme."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QFont,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextOption,
)

from app.ui.inline_objects import OBJECT, box_format, formula_format
from app.ui.inline_writer import (
    LINE_BREAK,
    MENTION_ANCHOR,
    NOTE_ANCHOR,
    InlineWriter,
    code_format,
)
from app.ui.text_view import QUOTE_INDENT, RULE_PROPERTY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

    from app.ui.footnotes import Note
    from app.ui.formulas import Formulas
    from app.ui.markdown_blocks import Block
    from app.ui.theme import Theme
    from app.ui.tokens import TypeStyle

READING_LINE = 24
_NOTE_LINE = 20
PARAGRAPH_GAP = 12
_ITEM_GAP = 4
_LIST_GAP = 8
_AFTER_HEADING = 8
_BULLET_INDENT, _NUMBER_INDENT = 20, 28
_HEADINGS: dict[str, tuple[TypeStyle, int, int]] = {
    "h1": ("title", 28, 24),
    "h2": ("heading", 24, 20),
    "h3": ("reading", 24, 16),
    "h4": ("reading", 24, 16),
    "h5": ("reading", 24, 16),
    "h6": ("reading", 24, 16),
}
_BULLETS = ("•", "◦")
_TASKS = {"[ ]": False, "[x]": True, "[X]": True}


class ProseWriter:
    """Appends blocks to a document; one writer draws one block or one run of blocks."""

    def __init__(
        self, theme: Theme, formulas: Formulas, document: QTextDocument, *, continues: bool
    ) -> None:
        self._theme = theme
        self._formulas = formulas
        self._cursor = QTextCursor(document)
        self._cursor.movePosition(QTextCursor.MoveOperation.End)
        self._continues = continues
        self._lists: list[int | None] = []
        self._marker_due = False
        self._task: bool | None = None
        self._quotes = 0
        self._mirrored = False
        self._base: TypeStyle = "reading"
        self._base_line = READING_LINE
        self._style: TypeStyle = self._base
        self._line = READING_LINE
        self._grows = False
        self._strong = False

    def write(self, block: Block, previous: str) -> str:
        """Draw `block` after one of the kind `previous`; returns the kind of what was drawn."""
        self._lists = [block.number] if block.kind == "item" else []
        self._walk(block.tokens, gap_above(block, previous))
        return block.look

    def write_note(self, note: Note) -> None:
        """Draw a footnote with its number, and behind it a way back to where it is mentioned."""
        number, block = note
        self._base, self._base_line = "body", _NOTE_LINE
        self._lists = [number]
        self._marker_due = True
        self._walk(block.tokens, _ITEM_GAP)
        if self._marker_due:
            self._begin_block(_ITEM_GAP)
        form = self._text()
        form.setForeground(self._theme.colors.accent)
        form.setAnchor(True)
        form.setAnchorHref(MENTION_ANCHOR + block.label)
        form.setAnchorNames([NOTE_ANCHOR + block.label])
        form.setToolTip("Back to the text")
        self._cursor.insertText("\u00a0↩", form)

    def write_rule(self) -> None:
        """Draw a line across the column."""
        self._rule(PARAGRAPH_GAP)

    def _walk(self, tokens: Sequence[Token], gap: int) -> None:
        for place, token in enumerate(tokens):
            if token.type in ("paragraph_open", "heading_open"):
                content = tokens[place + 1]
                self._mirrored = reads_from_the_right(content.content)
                self._task = _task(content) if self._marker_due else None
                self._grows = _has_formula(content)
            gap = self._step(token, gap)

    def _step(self, token: Token, gap: int) -> int:
        """Draw one token; returns the gap to put above the next block."""
        kind = token.type
        if kind in ("paragraph_open", "heading_open", "tr_open"):
            self._set_style(token.tag)
            self._begin_block(gap)
            return _ITEM_GAP if self._lists else PARAGRAPH_GAP
        if kind == "inline":
            children = token.children or []
            if self._task is not None:
                children = _without_task(children)
            InlineWriter(self._cursor, self._text(), self._theme, self._formulas).write(children)
            self._grows = False
        elif kind in ("th_close", "td_close"):
            self._cursor.insertText("\t")
        elif kind in ("fence", "code_block"):
            self._begin_block(gap)
            lines = token.content.rstrip("\n").replace("\n", LINE_BREAK)
            self._cursor.insertText(lines, code_format(self._text(), self._theme))
        elif kind == "math_block":
            self._formula(token, gap)
        elif kind == "hr":
            self._rule(gap)
        else:
            self._nest(token)
        return gap

    def _nest(self, token: Token) -> None:
        if token.type == "bullet_list_open":
            self._lists.append(None)
        elif token.type == "ordered_list_open":
            self._lists.append(int(token.attrs.get("start", 1)))
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            self._lists.pop()
        elif token.type == "list_item_open":
            self._marker_due = True
        elif token.type == "list_item_close":
            self._count_item()
        elif token.type in ("blockquote_open", "blockquote_close"):
            self._quotes += token.nesting

    def _count_item(self) -> None:
        if self._marker_due:  # an item without any text still has its mark
            self._begin_block(_ITEM_GAP)
        number = self._lists[-1]
        if number is not None:
            self._lists[-1] = number + 1

    def _formula(self, token: Token, gap: int) -> None:
        """A formula in a line of its own, in the middle."""
        if self._formulas.failed((token.content, True)):
            self._begin_block(gap)
            lines = token.content.replace("\n", LINE_BREAK)
            self._cursor.insertText(lines, code_format(self._text(), self._theme))
            return
        self._set_style("")
        self._grows = True
        self._begin_block(gap)
        form = self._cursor.blockFormat()
        form.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._cursor.setBlockFormat(form)
        self._cursor.insertText(OBJECT, formula_format(self._text(), token, self._formulas))
        self._grows = False

    def _set_style(self, tag: str) -> None:
        usual = (self._base, self._base_line, 0)
        self._style, self._line, _ = _HEADINGS.get(tag, usual)
        self._strong = tag.startswith("h") and tag[1:].isdigit()

    def _begin_block(self, gap: int) -> None:
        form = QTextBlockFormat()
        heights = QTextBlockFormat.LineHeightTypes
        # A line gives room to what is higher than letters are.
        height = heights.MinimumHeight if self._grows else heights.FixedHeight
        form.setLineHeight(self._theme.px(self._line), height.value)
        form.setTopMargin(gap if self._continues else 0)
        if self._mirrored:
            form.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
            form.setRightMargin(self._indent())
        else:
            form.setLeftMargin(self._indent())
        if self._marker_due:
            own = self._theme.px(_BULLET_INDENT if self._lists[-1] is None else _NUMBER_INDENT)
            form.setTextIndent(-own)
            # Qt exchanges left and right where text runs from the right.
            kinds = QTextOption.TabType
            kind = kinds.RightTab if self._mirrored else kinds.LeftTab
            form.setTabPositions([QTextOption.Tab(own, kind)])
        if self._quotes:
            form.setProperty(QTextFormat.Property.BlockQuoteLevel, self._quotes)
        if self._continues:
            self._cursor.insertBlock(form, self._text())
        else:
            self._cursor.setBlockFormat(form)
        self._cursor.setBlockCharFormat(self._text())
        self._continues = True
        if self._marker_due:
            self._marker_due = False
            if self._task is None:
                self._cursor.insertText(self._marker() + "\t", self._text())
            else:
                self._cursor.insertText(OBJECT, box_format(self._text(), self._task))
                self._cursor.insertText("\t", self._text())

    def _indent(self) -> int:
        marks = sum(_BULLET_INDENT if n is None else _NUMBER_INDENT for n in self._lists)
        return self._theme.px(marks) + QUOTE_INDENT * self._quotes

    def _marker(self) -> str:
        """The item's mark. It is text like any other, so that it is there in what is copied."""
        number = self._lists[-1]
        if number is None:
            return _BULLETS[min(len(self._lists), len(_BULLETS)) - 1]
        return f"{number}."

    def _rule(self, gap: int) -> None:
        self._begin_block(gap)
        form = self._cursor.blockFormat()
        form.setLineHeight(1, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        form.setProperty(RULE_PROPERTY, True)
        self._cursor.setBlockFormat(form)

    def _text(self) -> QTextCharFormat:
        form = QTextCharFormat()
        font = self._theme.font(self._style)
        if self._strong:
            font.setWeight(QFont.Weight.DemiBold)
        form.setFont(font)
        form.setForeground(self._theme.colors.ink)
        return form


def gap_above(block: Block, previous: str) -> int:
    """Pixels between `block` and one above it that looks like `previous`."""
    if block.goes_on:
        return 0
    if previous == "heading":
        return _AFTER_HEADING
    if block.kind == "item":
        gap = _ITEM_GAP if previous == "item" else _LIST_GAP
    else:
        heading = _HEADINGS.get(block.tokens[0].tag)
        gap = heading[2] if heading else PARAGRAPH_GAP
    return max(gap, PARAGRAPH_GAP) if previous in ("code", "table") else gap


def reads_from_the_right(text: str) -> bool:
    """Whether the first letter of `text` that has a direction is of a script like Hebrew's."""
    strong = (unicodedata.bidirectional(letter) for letter in text)
    return next((kind for kind in strong if kind in ("L", "R", "AL")), "L") != "L"


def _task(content: Token) -> bool | None:
    """Whether the item that begins with `content` is a task, and then whether it is done."""
    first = content.children[0] if content.children else None
    if first is None or first.type != "text" or first.content[3:4] != " ":
        return None
    return _TASKS.get(first.content[:3])


def _without_task(children: Sequence[Token]) -> list[Token]:
    return [children[0].copy(content=children[0].content[4:]), *children[1:]]


def _has_formula(content: Token) -> bool:
    return any(child.type == "math_inline" for child in content.children or ())
