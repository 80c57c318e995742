"""Where drafts come from. A drafter proposes what may come next; it is never trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Sequence

# The shortest match worth a draft, and the one from which on it is rarely wrong.
SHORT_MATCH = 2
LONG_MATCH = 4
# So many tokens before the end are compared at most, at so many places, the latest first.
_COMPARED = 12
_PLACES = 64


class Drafter(Protocol):
    """Proposes the tokens that may follow."""

    @property
    def name(self) -> str:
        """What it is called in a turn's figures."""

    def propose(self, tokens: Sequence[int], most: int) -> Sequence[int]:
        """Up to `most` tokens to follow `tokens`, the whole history; none where it has no idea.

        Histories of one turn only ever grow; they may end in other tokens than were proposed.
        """


@runtime_checkable
class Reader(Protocol):
    """A drafter that must have read what came before, which takes time of its own."""

    def behind(self, tokens: Sequence[int]) -> int:
        """How many of `tokens` it would have to read before it can draft."""

    def read_on(self, tokens: Sequence[int]) -> int:
        """Read some more of them; returns how many."""


@dataclass(frozen=True, slots=True)
class Match:
    """Where a text goes on after a place that ends like its end, over `length` tokens."""

    place: int
    length: int


class TextIndex:
    """The places of each pair of tokens in one text that only grows.

    A token costs one look into a table, however long the text is.
    """

    def __init__(self) -> None:
        self._latest: dict[int, int] = {}
        # For each place, the one before it that follows the same pair; 0 where there is none.
        self._earlier: list[int] = [0, 0]
        self._seen = 0
        self._match: Match | None = None

    def match(self, tokens: Sequence[int]) -> Match | None:
        """The place whose past agrees with the end of `tokens` the longest; the latest of those."""
        if self._match is None and SHORT_MATCH <= self._seen == len(tokens) - 1:
            return self._match_one_more(tokens)
        if len(tokens) != self._seen and len(tokens) >= SHORT_MATCH:
            followed = self._followed(tokens)
            self._take_in(tokens)
            self._match = self._best(tokens, followed)
        return self._match

    def _match_one_more(self, tokens: Sequence[int]) -> Match | None:
        """As `match`, of what nearly every step of a text without repetitions is, in few steps."""
        latest, place = self._latest, self._seen
        first, second, third = tokens[-3:]
        pair = first << 32 | second
        self._earlier.append(latest.get(pair, 0))
        latest[pair] = place
        self._seen = place + 1
        if second << 32 | third in latest:
            self._match = self._best(tokens, 0)
        return self._match

    def _take_in(self, tokens: Sequence[int]) -> None:
        for place in range(len(self._earlier), len(tokens)):
            pair = _pair(tokens, place)
            self._earlier.append(self._latest.get(pair, 0))
            self._latest[pair] = place
        self._seen = len(tokens)

    def _followed(self, tokens: Sequence[int]) -> int:
        """The last match, as far on as the text has gone on since."""
        return self._match.place + len(tokens) - self._seen if self._match is not None else 0

    def _best(self, tokens: Sequence[int], followed: int) -> Match | None:
        best: Match | None = None
        place = self._latest.get(_pair(tokens, len(tokens)), 0)
        for _ in range(_PLACES):
            if not place:
                break
            length = _agreement(tokens, place)
            if best is None or length > best.length:
                best = Match(place, length)
            if length == _COMPARED:
                return best
            place = self._earlier[place]
        if SHORT_MATCH <= followed < len(tokens):
            length = _agreement(tokens, followed)
            if length >= SHORT_MATCH and (best is None or length > best.length):
                best = Match(followed, length)
        return best


class PromptLookup:
    """Continues as the text went on after the last place that ends like it does now.

    After "prompt lookup decoding" (Saxena 2023): free, and right wherever an answer copies from
    its document. Matches of fewer than `shortest` tokens or more than `longest` are left to
    others, who may share the `index` of the text.
    """

    def __init__(
        self,
        name: str = "prompt lookup",
        shortest: int = SHORT_MATCH,
        longest: int = _COMPARED,
        index: TextIndex | None = None,
    ) -> None:
        self.name = name
        self._shortest, self._longest = shortest, longest
        self._index = index or TextIndex()

    def propose(self, tokens: Sequence[int], most: int) -> Sequence[int]:
        """See `Drafter`."""
        match = self._index.match(tokens)
        if match is None or not self._shortest <= match.length <= self._longest:
            return ()
        return _continued(tokens, match.place, most)


def _pair(tokens: Sequence[int], place: int) -> int:
    """The two tokens before `place` as one number, which takes less memory than a pair."""
    return tokens[place - 2] << 32 | tokens[place - 1]


def _agreement(tokens: Sequence[int], place: int) -> int:
    """How many tokens before `place` are those before the end, counted back from there."""
    end, most = len(tokens), min(place, _COMPARED)
    length = 0
    while length < most and tokens[place - 1 - length] == tokens[end - 1 - length]:
        length += 1
    return length


def _continued(tokens: Sequence[int], start: int, most: int) -> list[int]:
    """What stands from `start` on; a text that repeats itself goes on repeating."""
    found = list(tokens[start : start + most])
    period = len(tokens) - start
    while len(found) < most:
        found.append(found[len(found) - period])
    return found
