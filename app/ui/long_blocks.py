"""Blocks that would be read again and again while they grow: code, and paragraphs without an end.

Code that is not closed is only looked through for its end. A paragraph of more letters than anyone
would read in one breath is broken at the end of a sentence; what follows is a paragraph of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.ui.markdown_blocks import Block

# A paragraph of more than twice as many characters is broken after so many.
LONG_PARAGRAPH = 2000
_SENTENCE_END = re.compile(r"[.!?…:;][\"'”’)\]*_]*\s+(?=[^\W\d_])|[。！？](?=[^\W\d_])")
_BETWEEN_WORDS = re.compile(r"\s(?=[^\W\d_])|(?<=[^\W\d_])(?=[\u3040-\u9fff])")
# What is opened before a break must be closed before it.
_PAIRED = ("`", "**", "$", "~~")


@dataclass(frozen=True, slots=True)
class OpenCode:
    """A block of code without an end yet: the block, where its lines begin, and what ends it."""

    block: Block
    start: int
    closer: re.Pattern[str]
    looked_until: int

    def grown(self, text: str) -> OpenCode | None:
        """The block in `text`, which has grown; nothing where it may have come to its end."""
        if self.closer.search(text, self.looked_until):
            return None
        (token,) = self.block.tokens
        content = text[self.start :].replace("\0", "\ufffd")
        block = replace(self.block, tokens=(token.copy(content=content),))
        return replace(self, block=block, looked_until=text.rfind("\n") + 1)


def open_code(block: Block, text: str, begin: int) -> OpenCode | None:
    """The block of code that `text` ends with, where `block`, read from `begin` on, is one."""
    opener = begin + block.start
    token = block.tokens[0]
    lines = text.find("\n", opener) + 1
    plain = token.type == "fence" and text.startswith(token.markup, opener)
    if not plain or not lines:
        return None
    mark = re.escape(token.markup[0])
    closer = re.compile(rf"^ {{0,3}}{mark}{{{len(token.markup)},}}[ \t]*$", re.MULTILINE)
    return OpenCode(block, lines, closer, lines).grown(text)


def break_in(block: Block, text: str) -> int | None:
    """Where `text` breaks the paragraph `block`, which was read from it; nothing where it is short.

    What comes after the paragraph, or is appended to it, does not move the place.
    """
    if block.tokens[0].type != "paragraph_open" or block.size <= 2 * LONG_PARAGRAPH:
        return None
    least, most = block.start + LONG_PARAGRAPH, block.start + 2 * LONG_PARAGRAPH
    for pattern in (_SENTENCE_END, _BETWEEN_WORDS):
        for place in _places(pattern, text, least, most):
            head = text[block.start : place]
            if all(head.count(mark) % 2 == 0 for mark in _PAIRED):
                return place
    return next(_places(_BETWEEN_WORDS, text, least, most), most)


def _places(pattern: re.Pattern[str], text: str, least: int, most: int) -> Iterator[int]:
    return (found.end() for found in pattern.finditer(text, least, most))
