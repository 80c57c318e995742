"""Markdown taken apart into blocks that can be drawn one by one.

Items of a list count as blocks of their own: a long list would else be drawn again and again.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Literal

from app.ui.markdown_rules import UNSETTLED, Parser

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from markdown_it.token import Token

BlockKind = Literal["prose", "item", "code", "table", "note", "definition"]
# Addresses by label, as the parser keeps them.
Definitions = dict[str, object]

_PARSER = Parser()
_LISTS = ("bullet_list_open", "ordered_list_open")
_LEADING = ("link_open", "footnote_ref", "image")
_KINDS: dict[str, BlockKind] = {
    "fence": "code",
    "code_block": "code",
    "table_open": "table",
    "footnote_open": "note",
    "definition": "definition",
}


@dataclass(frozen=True, slots=True)
class Block:
    """One block, from line `first_line` to before `end_line` of what was parsed, from 0.

    `start` is where it begins in the text. `number` is that of an ordered item, `delimiter` what
    follows the numbers of its list. Definitions are what links refer to; nothing is drawn for them.
    """

    kind: BlockKind
    start: int
    tokens: tuple[Token, ...]
    first_line: int = 0
    end_line: int = 0
    number: int | None = None
    delimiter: str = ""
    # Whether it goes on with a paragraph that was too long to stay one.
    goes_on: bool = False

    @property
    def size(self) -> int:
        """How many characters it holds."""
        return sum(len(token.content) for token in self.tokens)

    @property
    def look(self) -> str:
        """What the gap below it depends on: its kind, or that it is a heading."""
        return "heading" if self.tokens[0].type == "heading_open" else self.kind

    @property
    def code(self) -> str:
        """The content of a code block."""
        return self.tokens[0].content.removesuffix("\n")

    @property
    def language(self) -> str:
        """The language that a code block names, or nothing."""
        words = self.tokens[0].info.split()
        return words[0] if words else ""

    @property
    def label(self) -> str:
        """What a footnote is called."""
        return str(self.tokens[0].meta["label"])


@dataclass(frozen=True, slots=True)
class Parsed:
    """The blocks of a text, and the line of a formula that is neither closed nor given up."""

    blocks: tuple[Block, ...]
    unsettled_line: int | None


def parse(text: str) -> list[Block]:
    """All blocks of `text`."""
    return list(parse_on(text, {}).blocks)


def parse_on(text: str, definitions: Mapping[str, object]) -> Parsed:
    """The blocks of `text`, which goes on after something that held `definitions`."""
    env: dict[str, object] = {"references": dict(definitions)}
    tokens = _PARSER.parse(text, env)
    starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
    blocks = [block for group in _groups(tokens, 0) for block in _blocks(group, starts)]
    unsettled = env.get(UNSETTLED)
    return Parsed(tuple(blocks), unsettled if isinstance(unsettled, int) else None)


def definitions_in(block: Block) -> Iterator[tuple[str, object]]:
    """What `block` defines for links: labels, and addresses as the parser keeps them."""
    for token in block.tokens:
        if token.type == "definition":
            yield str(token.meta["id"]), {"title": token.meta["title"], "href": token.meta["url"]}


def has_links(block: Block) -> bool:
    """Whether something in `block` leads somewhere."""
    return any(child.type in _LEADING for token in block.tokens for child in token.children or ())


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
            yield _block("item", item, starts, own)
        return
    yield _block(_KINDS.get(first.type, "prose"), group, starts)


def _block(
    kind: BlockKind, tokens: tuple[Token, ...], starts: list[int], number: int | None = None
) -> Block:
    first_line, end_line = tokens[0].map or (0, 0)
    return Block(kind, starts[first_line], tokens, first_line, end_line, number, tokens[0].markup)
