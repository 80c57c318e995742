"""Markdown taken apart into blocks that can be drawn one by one while more is being written.

Only the last block can still change when text is appended, so all blocks before it are final.
Items of a list count as blocks of their own: a long list would else be drawn again and again.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Literal

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

BlockKind = Literal["prose", "item", "code", "table"]

# Raw HTML stays text: what a model writes is never markup of ours.
_PARSER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_LISTS = ("bullet_list_open", "ordered_list_open")


@dataclass(frozen=True, slots=True)
class Block:
    """One block. `start` is where it begins in the text; `number` is that of an ordered item."""

    kind: BlockKind
    start: int
    tokens: tuple[Token, ...]
    number: int | None = None

    @property
    def code(self) -> str:
        """The content of a code block."""
        return self.tokens[0].content.removesuffix("\n")

    @property
    def language(self) -> str:
        """The language that a code block names, or nothing."""
        words = self.tokens[0].info.split()
        return words[0] if words else ""


class BlockReader:
    """Reads a text that grows at its end; each block is handed out as final exactly once."""

    def __init__(self) -> None:
        self._text = ""
        self._final_until = 0
        # Link definitions seen so far: later blocks may refer to them.
        self._definitions: dict[str, object] = {}

    def read(self, text: str, *, complete: bool = False) -> tuple[list[Block], list[Block]]:
        """The blocks that have become final since the last call, and the one still open.

        `text` is the whole text so far and must begin with what was given before.
        """
        self._text = text
        tail = text[self._final_until :]
        blocks = parse(tail, self._definitions)
        if complete or not blocks:
            self._final_until = len(text) if complete else self._final_until
            return blocks, []
        self._final_until += blocks[-1].start
        return blocks[:-1], blocks[-1:]

    def continues(self, text: str) -> bool:
        """Whether `text` only appends to what was read."""
        return text.startswith(self._text)


def parse(text: str, definitions: dict[str, object] | None = None) -> list[Block]:
    """All blocks of `text`. `definitions` keeps link definitions between calls."""
    env = definitions if definitions is not None else {}
    tokens = _PARSER.parse(text, env)
    starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
    return [block for group in _groups(tokens, 0) for block in _blocks(group, starts)]


def _groups(tokens: Sequence[Token], level: int) -> Iterator[tuple[Token, ...]]:
    """Runs of tokens from an opening to its closing one, at `level`."""
    group: list[Token] = []
    for token in tokens:
        group.append(token)
        if token.level == level and token.nesting <= 0:
            yield tuple(group)
            group = []


def _blocks(group: tuple[Token, ...], starts: list[int]) -> Iterator[Block]:
    first = group[0]
    if first.type in _LISTS:
        number = int(first.attrs.get("start", 1)) if first.type == "ordered_list_open" else None
        for index, item in enumerate(_groups(group[1:-1], 1)):
            own = None if number is None else number + index
            yield Block("item", _start(item[0], starts), item, own)
        return
    kinds: dict[str, BlockKind] = {
        "fence": "code",
        "code_block": "code",
        "table_open": "table",
    }
    yield Block(kinds.get(first.type, "prose"), _start(first, starts), group)


def _start(token: Token, starts: list[int]) -> int:
    return starts[token.map[0]] if token.map else 0
