"""A drafting memory that never learns, for tests of what drafts must not change."""

from __future__ import annotations

from engine.decode.draft_length import DraftLength
from engine.decode.drafting import DraftingMemory


class AlwaysDrafting(DraftingMemory):
    """Remembers nothing, so that every step drafts `tokens`, however badly it goes."""

    def __init__(self, tokens: int = 5) -> None:
        super().__init__()
        self._tokens = tokens

    def length_for(self, drafter: str) -> DraftLength:
        del drafter
        return _Fixed(self, self._tokens)


class _Fixed(DraftLength):
    def __init__(self, memory: DraftingMemory, tokens: int) -> None:
        super().__init__(memory.costs)
        self._tokens = tokens

    def best(self) -> int:
        return self._tokens if self._costs.plain is not None else 0
