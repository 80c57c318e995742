"""Footnotes of an answer: their numbers by first mention, and what stands in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from markdown_it.token import Token

    from app.ui.markdown_blocks import Block

Note = tuple[int, "Block"]


class Footnotes:
    """Gives each mention its number. In a growing answer every mention is trusted to get its note.

    Numbers are kept in the tokens themselves; 0 stands for a mention without a note, which is text.
    """

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._notes: dict[str, Block] = {}
        self._shown_numbers: dict[str, int] = {}
        self._open_notes: dict[str, Block] = {}

    def take(self, final: Iterable[Block], still_open: Iterable[Block], *, complete: bool) -> None:
        """Number the mentions in blocks that follow what was taken before."""
        final, still_open = list(final), list(still_open)
        for block in _notes(final):
            self._notes.setdefault(block.label, block)
        self._open_notes = {block.label: block for block in _notes(still_open)}
        known = self._notes if complete else None
        _number(_mentions(final), self._numbers, known)
        self._shown_numbers = dict(self._numbers)
        _number(_mentions(still_open), self._shown_numbers, None)

    @property
    def mistaken(self) -> bool:
        """Whether a number was given to a mention for which no note has come."""
        return any(label not in self._notes for label in self._numbers)

    def notes(self) -> list[Note]:
        """What is to be shown at the end, by number. A note that nothing mentions comes last."""
        numbers = dict(self._shown_numbers)
        contents = {**self._open_notes, **self._notes}
        waiting = sorted((label for label in numbers if label in contents), key=numbers.__getitem__)
        waiting += [label for label in contents if label not in numbers]
        for label in waiting:
            numbers.setdefault(label, len(numbers) + 1)
        for label in waiting:
            _number(_in_tokens(contents[label].tokens), numbers, contents)
        return sorted(((numbers[label], contents[label]) for label in waiting), key=_first)


def _first(note: Note) -> int:
    return note[0]


def _notes(blocks: Iterable[Block]) -> Iterator[Block]:
    return (block for block in blocks if block.kind == "note")


def _mentions(blocks: Iterable[Block]) -> Iterator[Token]:
    for block in blocks:
        if block.kind != "note":
            yield from _in_tokens(block.tokens)


def _in_tokens(tokens: Iterable[Token]) -> Iterator[Token]:
    for token in tokens:
        yield from (child for child in token.children or () if child.type == "footnote_ref")


def _number(
    mentions: Iterable[Token], numbers: dict[str, int], known: Container[str] | None
) -> None:
    for mention in mentions:
        label = str(mention.meta["label"])
        if known is not None and label not in known:
            mention.meta["number"] = 0
        else:
            mention.meta["number"] = numbers.setdefault(label, len(numbers) + 1)
