"""Draws what runs within a line: strong words, code, links. Paragraphs and table cells alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QFont, QTextCharFormat

if TYPE_CHECKING:
    from collections.abc import Iterable

    from markdown_it.token import Token
    from PySide6.QtGui import QTextCursor

    from app.ui.theme import Theme

LINE_BREAK = "\u2028"


def write_inline(
    cursor: QTextCursor, tokens: Iterable[Token], usual: QTextCharFormat, theme: Theme
) -> None:
    """Insert `tokens` at `cursor`; `usual` is the look of plain words there."""
    form = QTextCharFormat(usual)
    for token in tokens:
        if token.type == "code_inline":
            cursor.insertText(token.content, code_format(form, theme))
        elif token.nesting:
            form = _toggled(form, token, usual, theme)
        else:
            cursor.insertText(plain_text(token), form)


def plain_text(token: Token) -> str:
    """What is to be read of `token`, without any look."""
    if token.type == "softbreak":
        return " "
    if token.type == "hardbreak":
        return LINE_BREAK
    if token.type == "image":
        # Never fetched: what the picture is said to show stands in its place.
        return token.content or "picture"
    return token.content


def code_format(base: QTextCharFormat, theme: Theme) -> QTextCharFormat:
    """`base` as code."""
    form = QTextCharFormat(base)
    form.setFont(theme.font("code"))
    form.setBackground(theme.colors.wash)
    return form


def _toggled(
    form: QTextCharFormat, token: Token, usual: QTextCharFormat, theme: Theme
) -> QTextCharFormat:
    changed = QTextCharFormat(form)
    opens = token.nesting > 0
    if token.type.startswith("strong"):
        changed.setFontWeight(QFont.Weight.DemiBold if opens else usual.fontWeight())
    elif token.type.startswith("em"):
        changed.setFontItalic(opens)
    elif token.type.startswith("s_"):
        changed.setFontStrikeOut(opens)
    elif token.type.startswith("link"):
        address = str(token.attrs.get("href", "")) if opens else ""
        changed.setAnchor(bool(address))
        changed.setAnchorHref(address)
        changed.setFontUnderline(bool(address))
        changed.setForeground(theme.colors.accent if address else usual.foreground())
    return changed
