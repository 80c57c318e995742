"""The colours of code: which token of the theme each piece of a text has.

The first use of a language loads what is known of it, which takes up to a tenth of a second: all of
this is meant for other threads than the window's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from pygments.token import Token
from pygments.util import ClassNotFound

if TYPE_CHECKING:
    from pygments.lexer import Lexer
    from pygments.token import _TokenType

# By kind of word, the nearest ancestor that is listed. Every colour can be read on cards and page.
STYLE = {
    Token: "ink",
    Token.Comment: "ink3",
    Token.Comment.Preproc: "accent",
    Token.Keyword: "accent",
    Token.Operator.Word: "accent",
    Token.Literal.String: "ok",
    Token.Literal.String.Interpol: "ink",
    Token.Literal.Number: "warn",
    Token.Name.Tag: "accent",
    Token.Name.Decorator: "warn",
    Token.Name.Exception: "danger",
    Token.Generic.Deleted: "danger",
    Token.Generic.Inserted: "ok",
    Token.Generic.Heading: "accent",
    Token.Generic.Subheading: "accent",
    Token.Generic.Prompt: "ink3",
    Token.Generic.Error: "danger",
}
# The colours of one line: where each begins, how long it is, and its name. Plain text is left out.
Spans = tuple[tuple[int, int, str], ...]

_LONGEST_LINE = 5000


@lru_cache(maxsize=64)
def language_name(language: str) -> str:
    """The usual short name of `language`; as it was written where nobody knows it."""
    lexer = _lexer(language)
    return lexer.aliases[0] if lexer is not None and lexer.aliases else language


@dataclass(frozen=True, slots=True)
class Highlighted:
    """The usual name of a code's language, and the colours of each of its lines."""

    language: str
    lines: list[Spans]


def highlight(code: str, language: str) -> Highlighted:
    """The colours of `code`; none where the language is not known."""
    return Highlighted(language_name(language), _colours(code, language))


def _colours(code: str, language: str) -> list[Spans]:
    lexer = _lexer(language)
    lines: list[list[tuple[int, int, str]]] = [[] for _ in range(code.count("\n") + 1)]
    if lexer is None or any(len(line) > _LONGEST_LINE for line in code.split("\n")):
        return [tuple(line) for line in lines]
    row = column = 0
    for kind, text in lexer.get_tokens(code):
        color = color_of(kind)
        for number, piece in enumerate(text.split("\n")):
            if number:
                row, column = row + 1, 0
            if row >= len(lines):
                break
            width = _units(piece)
            if color != "ink" and piece.strip():
                _add(lines[row], column, width, color)
            column += width
    return [tuple(line) for line in lines]


def _add(line: list[tuple[int, int, str]], column: int, width: int, color: str) -> None:
    """Go on with the last span where it ends here and looks the same."""
    if line and line[-1][2] == color and sum(line[-1][:2]) == column:
        line[-1] = (line[-1][0], line[-1][1] + width, color)
    else:
        line.append((column, width, color))


def color_of(kind: _TokenType) -> str:
    """The name of the colour of a word of this kind."""
    return next(STYLE[one] for one in reversed(kind.split()) if one in STYLE)


@lru_cache(maxsize=64)
def _lexer(language: str) -> Lexer | None:
    if not language:
        return None
    from pygments.lexers import get_lexer_by_name  # slow, and not needed to show a window

    try:
        return get_lexer_by_name(language.lower(), stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


def _units(text: str) -> int:
    """How long Qt thinks `text` is: what lies beyond the basic plane counts twice."""
    return len(text) + sum(letter > "\uffff" for letter in text)
