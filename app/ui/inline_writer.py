"""Draws what runs within a line: strong words, code, links, formulas, the numbers of footnotes.

Paragraphs and table cells alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QFont, QTextCharFormat

from app.ui.addresses import look_at
from app.ui.inline_objects import JOINER, OBJECT, formula_format, is_display, strut_format

if TYPE_CHECKING:
    from collections.abc import Iterable

    from markdown_it.token import Token
    from PySide6.QtGui import QTextCursor

    from app.ui.formulas import Formulas
    from app.ui.theme import Theme

LINE_BREAK = "\u2028"
# Anchors inside the answer: from a mention to its note, and back.
NOTE_ANCHOR, MENTION_ANCHOR = "#note-", "#mention-"
_LONGEST_ADDRESS = 80


class InlineWriter:
    """Inserts tokens at a cursor; `usual` is the look of plain words there."""

    def __init__(
        self, cursor: QTextCursor, usual: QTextCharFormat, theme: Theme, formulas: Formulas
    ) -> None:
        self._cursor = cursor
        self._usual = usual
        self._theme = theme
        self._formulas = formulas
        self._form = QTextCharFormat(usual)
        # What follows the text of a link that is not opened.
        self._after_link = ""

    def write(self, tokens: Iterable[Token]) -> None:
        """Insert `tokens`."""
        for token in tokens:
            if token.type == "code_inline":
                self._cursor.insertText(token.content, code_format(self._form, self._theme))
            elif token.type == "math_inline":
                self._formula(token)
            elif token.type == "footnote_ref" and token.meta.get("number"):
                self._mention(token)
            elif token.type == "image":
                self._image(token)
            elif token.nesting:
                self._toggle(token)
            else:
                self._cursor.insertText(plain_text(token), self._form)

    def _formula(self, token: Token) -> None:
        if self._formulas.failed((token.content, is_display(token))):
            self._cursor.insertText(token.content, code_format(self._form, self._theme))
        else:
            form = formula_format(self._form, token, self._formulas)
            self._cursor.insertText(OBJECT, strut_format(form))
            self._cursor.insertText(JOINER, self._form)
            self._cursor.insertText(OBJECT, form)

    def _mention(self, token: Token) -> None:
        label = str(token.meta["label"])
        form = QTextCharFormat(self._usual)
        form.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignSuperScript)
        form.setForeground(self._theme.colors.accent)
        form.setAnchor(True)
        form.setAnchorHref(NOTE_ANCHOR + label)
        form.setAnchorNames([MENTION_ANCHOR + label])
        form.setToolTip(f"Note {token.meta['number']}")
        self._cursor.insertText(str(token.meta["number"]), form)

    def _image(self, token: Token) -> None:
        """Never fetched: what it is said to show, and where it lies, stand in its place."""
        self._cursor.insertText(plain_text(token), self._form)
        target = str(token.attrs.get("src", ""))
        if not target:
            return
        form = QTextCharFormat(self._form)
        form.setForeground(self._theme.colors.ink3)
        self._cursor.insertText(" (", form)
        address = look_at(target)
        inner = self._link_format(target) if address.can_open else QTextCharFormat(form)
        self._cursor.insertText(shortened(address.shown), inner)
        self._cursor.insertText(")", form)

    def _toggle(self, token: Token) -> None:
        form, opens = QTextCharFormat(self._form), token.nesting > 0
        if token.type.startswith("strong"):
            form.setFontWeight(QFont.Weight.DemiBold if opens else self._usual.fontWeight())
        elif token.type.startswith("em"):
            form.setFontItalic(opens)
        elif token.type.startswith("s_"):
            form.setFontStrikeOut(opens)
        elif token.type == "link_open":
            form = self._link_format(str(token.attrs.get("href", "")))
        elif token.type == "link_close":
            form = self._end_link()
        self._form = form

    def _link_format(self, target: str) -> QTextCharFormat:
        """The look of a link; one that is not opened looks like text and says why."""
        form = QTextCharFormat(self._form)
        address = look_at(target)
        if address.can_open:
            form.setAnchor(True)
            form.setAnchorHref(target)
            form.setFontUnderline(True)
            form.setForeground(self._theme.colors.accent)
            return form
        form.setToolTip(f"{shortened(address.shown)}\n{address.refusal}")
        form.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
        if ":" in target.partition("/")[0]:
            self._after_link = f" ({shortened(address.shown)}: not opened)"
        return form

    def _end_link(self) -> QTextCharFormat:
        form = QTextCharFormat(self._form)
        form.setAnchor(False)
        form.clearProperty(QTextCharFormat.Property.AnchorHref)
        form.clearProperty(QTextCharFormat.Property.TextUnderlineStyle)
        form.clearProperty(QTextCharFormat.Property.TextToolTip)
        form.setFontUnderline(False)
        form.setForeground(self._usual.foreground())
        if self._after_link:
            quiet = QTextCharFormat(self._usual)
            quiet.setForeground(self._theme.colors.ink3)
            self._cursor.insertText(self._after_link, quiet)
            self._after_link = ""
        return form


def plain_text(token: Token) -> str:
    """What is to be read of `token`, without any look."""
    if token.type == "softbreak":
        return " "
    if token.type == "hardbreak":
        return LINE_BREAK
    if token.type == "image":
        return "".join(plain_text(child) for child in token.children or ()) or "picture"
    if token.type == "footnote_ref" and token.meta.get("number"):
        return str(token.meta["number"])
    return token.content


def code_format(base: QTextCharFormat, theme: Theme) -> QTextCharFormat:
    """`base` as code."""
    form = QTextCharFormat(base)
    form.setFont(theme.font("code"))
    form.setBackground(theme.colors.wash)
    return form


def shortened(address: str) -> str:
    """`address` with its middle left out where it is long."""
    if len(address) <= _LONGEST_ADDRESS:
        return address
    half = _LONGEST_ADDRESS // 2
    return f"{address[:half]}…{address[-half:]}"
