"""Where a text stands in a conversation: in which turns, questions and answers alike. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from app.folding import fold_letters

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from app.conversation import Turn


@dataclass(frozen=True, slots=True)
class Place:
    """One occurrence; `start` and `end` count characters of that part of the turn."""

    turn: Turn
    part: Literal["question", "answer"]
    start: int
    end: int


def find(turns: Sequence[Turn], text: str) -> tuple[Place, ...]:
    """Every occurrence of `text`, from the first question on, without regard to case and accents.

    Occurrences do not overlap. Nothing is found of an empty text.
    """
    wanted = fold_letters(text)
    return tuple(place for turn in turns for place in _within(turn, wanted)) if wanted else ()


def _within(turn: Turn, wanted: str) -> Iterator[Place]:
    for start in _starts(fold_letters(turn.question.text), wanted):
        yield Place(turn, "question", start, start + len(wanted))
    for start in _starts(fold_letters(turn.answer), wanted):
        yield Place(turn, "answer", start, start + len(wanted))


def _starts(text: str, wanted: str) -> Iterator[int]:
    start = text.find(wanted)
    while start >= 0:
        yield start
        start = text.find(wanted, start + len(wanted))
