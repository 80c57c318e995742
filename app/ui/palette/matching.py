"""How well a few typed letters fit a title, and which letters of it they are. Pure.

Kinds of fits, the best first: the title begins so; a word in it begins so; it stands within a
word; the words' first letters; the letters stand in the title in this order.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from app.folding import fold_letters


class Fit(IntEnum):
    """Kinds of fits; less is better."""

    BEGINNING = 0
    WORD = 1
    WITHIN = 2
    INITIALS = 3
    SCATTERED = 4


@dataclass(frozen=True, slots=True)
class Match:
    """`places` are the letters of the title that were asked for, in order."""

    fit: Fit
    places: tuple[int, ...]

    @property
    def gap(self) -> int:
        """How many letters stand between the first and the last that were not asked for."""
        return self.places[-1] - self.places[0] + 1 - len(self.places) if self.places else 0


@dataclass(frozen=True, slots=True)
class Title:
    """A title made ready to be compared: folded, with the places where its words begin."""

    folded: str
    starts: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Title:
        """Make `text` ready."""
        folded = fold_letters(text)
        before = " " + folded[:-1]
        starts = (i for i, (a, b) in enumerate(zip(before, folded, strict=False)) if _begins(a, b))
        return cls(folded, tuple(starts))


def query_of(text: str) -> str:
    """What a person typed as `match` wants it: folded, without spaces around it."""
    return fold_letters(" ".join(text.split()))


def match(query: str, title: Title) -> Match | None:
    """Where `query` is in `title`, or `None`. An empty query fits everything."""
    folded = title.folded
    if not query:
        return Match(Fit.BEGINNING, ())
    if folded.startswith(query):
        return Match(Fit.BEGINNING, tuple(range(len(query))))
    for start in title.starts:
        if folded.startswith(query, start):
            return Match(Fit.WORD, tuple(range(start, start + len(query))))
    if (start := folded.find(query)) >= 0:
        return Match(Fit.WITHIN, tuple(range(start, start + len(query))))
    letters = query.replace(" ", "")
    if (places := _initials(letters, title)) is not None:
        return Match(Fit.INITIALS, places)
    places = _scattered(letters, folded)
    return None if places is None else Match(Fit.SCATTERED, places)


def _begins(before: str, letter: str) -> bool:
    return letter.isalnum() and not before.isalnum()


def _initials(letters: str, title: Title) -> tuple[int, ...] | None:
    initials = "".join(title.folded[start] for start in title.starts)
    places = _scattered(letters, initials)
    return None if places is None else tuple(title.starts[place] for place in places)


def _scattered(letters: str, text: str) -> tuple[int, ...] | None:
    """The first end of `letters` in this order, and from there back as close as they stand."""
    end = -1
    for letter in letters:
        end = text.find(letter, end + 1)
        if end < 0:
            return None
    places = []
    end += 1
    for letter in reversed(letters):
        end = text.rfind(letter, 0, end)
        places.append(end)
    return tuple(reversed(places))
