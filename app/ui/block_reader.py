"""Reads Markdown that grows at its end: which blocks are final, and what may still change.

Only what may still change is parsed again: the last block, and the one before it while the line
that begins the last one is being written directly below. Of code that grows, only what is new is
looked at, and paragraphs beyond all measure are broken (`long_blocks`). Where text that comes later
gives an earlier block another meaning, as the address of a link does, everything is read once more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from markdown_it.common.utils import normalizeReference

from app.ui.long_blocks import OpenCode, break_in, open_code
from app.ui.markdown_blocks import Block, Definitions, Parsed, definitions_in, parse_on

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Reading:
    """What a call found: blocks now final, blocks still open, and whether to begin anew."""

    final: tuple[Block, ...]
    still_open: tuple[Block, ...]
    anew: bool = False


@dataclass(frozen=True, slots=True)
class _ListGoesOn:
    """A list that ended just before the open text: what follows may be its next item."""

    delimiter: str
    number: int


class BlockReader:
    """Hands out each block as final exactly once."""

    def __init__(self) -> None:
        self._text = ""
        self._final_until = 0
        # Definitions of links in what is final: later blocks may refer to them.
        self._definitions: Definitions = {}
        self._list: _ListGoesOn | None = None
        self._code: OpenCode | None = None
        # Where a paragraph was broken that was too long.
        self._broken_at = -1

    def read(self, text: str, *, complete: bool = False) -> Reading:
        """What has become of `text`, which must begin with what was given before."""
        self._text = text
        before = self._final_until
        reading = self._read_on(text, complete)
        found = self._take_definitions(reading.final)
        if found and _refers(text[:before], found):
            self._begin_again()
            reading = self._read_on(text, complete, anew=True)
            self._take_definitions(reading.final)
        return reading

    def continues(self, text: str) -> bool:
        """Whether `text` only appends to what was read."""
        return text.startswith(self._text)

    def _begin_again(self) -> None:
        self._final_until = 0
        self._definitions = {}
        self._list = None
        self._code = None
        self._broken_at = -1

    def _read_on(self, text: str, complete: bool, *, anew: bool = False) -> Reading:
        self._code = None if self._code is None or complete else self._code.grown(text)
        if self._code is not None:
            return Reading((), (self._code.block,), anew)
        broken, parsed = self._break_paragraphs(text)
        begin = self._final_until
        tail = text[begin:]
        blocks = self._numbered(parsed.blocks)
        cut = len(blocks) if complete else _first_open(blocks, tail, parsed.unsettled_line)
        if complete:
            self._final_until = len(text)
        elif cut < len(blocks):
            self._final_until = begin + blocks[cut].start
            self._list = _list_before(blocks, cut, tail) or (self._list if cut == 0 else None)
        if not complete and len(blocks) == cut + 1:
            self._code = open_code(blocks[cut], text, begin)
        return Reading((*broken, *blocks[:cut]), blocks[cut:], anew)

    def _break_paragraphs(self, text: str) -> tuple[list[Block], Parsed]:
        """Parse what is open; returns what stands before the last break in it, and the rest."""
        before: list[Block] = []
        while True:
            tail = text[self._final_until :]
            parsed = parse_on(tail, self._definitions)
            blocks = parsed.blocks
            if self._final_until == self._broken_at and blocks:
                blocks = (replace(blocks[0], goes_on=True), *blocks[1:])
            breaks = ((n, break_in(block, tail)) for n, block in enumerate(blocks))
            number, place = next(((n, at) for n, at in breaks if at is not None), (0, None))
            if place is None:
                return before, replace(parsed, blocks=blocks)
            head = parse_on(tail[blocks[number].start : place], self._definitions).blocks[0]
            head = replace(head, goes_on=blocks[number].goes_on)
            before += [*self._numbered(blocks[:number]), head]
            self._list = None
            self._final_until += place
            self._broken_at = self._final_until

    def _take_definitions(self, blocks: Iterable[Block]) -> set[str]:
        """Keep the definitions of final blocks; returns the labels that are new."""
        new: set[str] = set()
        for block in blocks:
            for label, target in definitions_in(block):
                if label not in self._definitions:
                    self._definitions[label] = target
                    new.add(label)
        return new

    def _numbered(self, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
        """`blocks` with the numbers of the list that they go on with, if they do."""
        goes_on = self._list
        if goes_on is None or not blocks or not _is_item_of(blocks[0], goes_on.delimiter):
            return blocks
        shift = goes_on.number - (blocks[0].number or 0)
        numbered = list(blocks)
        for place, block in enumerate(blocks):
            if block.number is None or not _is_item_of(block, goes_on.delimiter):
                break
            numbered[place] = replace(block, number=block.number + shift)
        return tuple(numbered)


def _first_open(blocks: tuple[Block, ...], text: str, unsettled_line: int | None) -> int:
    """The place of the first block that text to come may change."""
    if not blocks:
        return 0
    cut = len(blocks) - 1
    lines = text.split("\n")
    last = blocks[cut]
    begins_in_last_line = last.first_line >= len(lines) - 1
    # A definition can still get a title, and what is written below it can become one.
    while cut and (blocks[cut - 1].kind == "definition" or begins_in_last_line):
        if _blank_between(lines, blocks[cut]):
            break
        cut -= 1
        begins_in_last_line = False
    if unsettled_line is not None:
        reaching = [n for n, block in enumerate(blocks) if block.end_line > unsettled_line]
        cut = min([cut, *reaching])
    return cut


def _blank_between(lines: list[str], below: Block) -> bool:
    return below.first_line > 0 and not lines[below.first_line - 1].strip()


def _list_before(blocks: tuple[Block, ...], cut: int, text: str) -> _ListGoesOn | None:
    """The list that the first open block belongs to or may come to belong to."""
    opened = blocks[cut]
    if opened.kind == "item" and opened.number is not None:
        return _ListGoesOn(opened.delimiter, opened.number)
    above = blocks[cut - 1] if cut else None
    if above is None or above.kind != "item" or above.number is None:
        return None
    between = text.split("\n")[above.end_line : opened.first_line]
    if any(line.strip() for line in between):
        return None
    return _ListGoesOn(above.delimiter, above.number + 1)


def _is_item_of(block: Block, delimiter: str) -> bool:
    return block.kind == "item" and block.number is not None and block.delimiter == delimiter


def _refers(text: str, labels: set[str]) -> bool:
    """Whether brackets in `text` hold one of `labels`."""
    alike = normalizeReference(text)
    return any(f"[{label}]" in alike for label in labels)
