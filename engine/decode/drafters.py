"""Where drafts come from. A drafter proposes what may come next; it is never trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence


class Drafter(Protocol):
    """Proposes the tokens that may follow."""

    @property
    def name(self) -> str:
        """What it is called in a turn's figures."""

    def propose(self, tokens: Sequence[int], most: int) -> Sequence[int]:
        """Up to `most` tokens to follow `tokens`, the whole history; none where it has no idea.

        Histories of one turn only ever grow; they may end in other tokens than were proposed.
        """


class PromptLookup:
    """Continues as the text went on after the last place that ends like it does now.

    After "prompt lookup decoding" (Saxena 2023): free, and right wherever an answer copies from
    its document. The place that agrees over the most tokens wins, and of those the latest.
    """

    name = "prompt lookup"

    def __init__(self, shortest: int = 2, longest: int = 12) -> None:
        self._shortest, self._longest = shortest, longest
        self._history = np.empty(0, dtype=np.int64)
        self._read = 0

    def propose(self, tokens: Sequence[int], most: int) -> Sequence[int]:
        """See `Drafter`."""
        self._take_in(tokens)
        place = self._best_place()
        return () if place is None else _continued(tokens, place, most)

    def _take_in(self, tokens: Sequence[int]) -> None:
        if len(tokens) > len(self._history):
            grown = np.empty(len(tokens) + len(tokens) // 4 + 64, dtype=np.int64)
            grown[: self._read] = self._history[: self._read]
            self._history = grown
        self._history[self._read : len(tokens)] = tokens[self._read :]
        self._read = len(tokens)

    def _best_place(self) -> int | None:
        """Where the text goes on after the best match of the end of the history."""
        history, end = self._history, self._read
        if end < 2:
            return None
        places = np.flatnonzero(history[: end - 1] == history[end - 1]) + 1
        for length in range(2, self._longest + 1):
            longer = places[places >= length]
            longer = longer[history[longer - length] == history[end - length]]
            if not len(longer):
                return int(places[-1]) if len(places) and length > self._shortest else None
            places = longer
        return int(places[-1])


def _continued(tokens: Sequence[int], start: int, most: int) -> list[int]:
    """What stands from `start` on; a text that repeats itself goes on repeating."""
    found = list(tokens[start : start + most])
    period = len(tokens) - start
    while len(found) < most:
        found.append(found[len(found) - period])
    return found
