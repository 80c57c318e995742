"""What was computed and is no longer kept: the reason why it has to be read again."""

from __future__ import annotations

from array import array
from collections import deque
from typing import TYPE_CHECKING

from engine.cache.prefix_keys import common_length

if TYPE_CHECKING:
    from collections.abc import Sequence

FAULT = "what had been read of them was lost to a fault"
MEMORY = "they were given up when memory ran out"
OTHERS = "they were given up for other conversations"
IN_USE = "another answer is using them"

# So many prefixes are remembered, of so many tokens at most.
_MOST_PREFIXES = 16
_MOST_TOKENS = 100_000


class GivenUp:
    """The keys of the last prefixes that were let go, each with its reason."""

    def __init__(self) -> None:
        self._kept: deque[tuple[array[int], str]] = deque(maxlen=_MOST_PREFIXES)

    def add(self, keys: Sequence[int], reason: str) -> None:
        """A prefix with `keys` is gone, because of `reason`."""
        if keys:
            self._kept.append((array("q", keys[:_MOST_TOKENS]), reason))

    def reasons(self, keys: Sequence[int]) -> list[tuple[int, str]]:
        """How many of the first `keys` were once computed, each time with why they are gone."""
        return [(common_length(gone, keys), reason) for gone, reason in self._kept]
