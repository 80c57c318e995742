"""Drafting by a head that reads the hidden states of the very model it drafts for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch

    from engine.cache.full import GrowingLayer
    from engine.cache.head_memory import HeadMemory, HiddenRows
    from engine.cache.kv_cache import KVCache
    from engine.decode.drafters import Drafter


class OwnDrafts(Protocol):
    """Something that drafts from what the model itself has computed."""

    def drafter(self, cache: KVCache) -> Drafter:
        """A drafter for one turn on `cache`."""


class DraftHead(Protocol):
    """A small part of a model that says what comes after the next token."""

    @property
    def name(self) -> str:
        """What it is called in a turn's figures."""

    def reads(self, token: int) -> bool:
        """Whether it reads this token. Places for pictures it does not."""

    def read(
        self,
        tokens: Sequence[int],
        hidden: torch.Tensor,
        positions: torch.Tensor,
        layer: GrowingLayer,
    ) -> tuple[torch.Tensor, int]:
        """Read `tokens`, each with what was computed at the token before it.

        `hidden` has shape (tokens, hidden size), `positions` (rows, tokens); `layer` grows by so
        many tokens. Returns what the head computed at the last one, (1, hidden size), and the token
        that it expects then.
        """


class HeadDrafter:
    """Drafts for one turn; what the head has read stays with the conversation's cache."""

    def __init__(self, head: DraftHead, cache: KVCache) -> None:
        self.name = head.name
        self._head, self._cache = head, cache

    def propose(self, tokens: Sequence[int], most: int) -> Sequence[int]:
        """See `Drafter`."""
        memory = self._cache.head
        rows = None if memory is None else memory.take()
        # Without what the model computed at the last but one there is nothing to begin with.
        if memory is None or rows is None or rows.places[-1] != len(tokens) - 2:
            return ()
        return self._draft(memory, rows, tokens, most)

    def _draft(
        self, memory: HeadMemory, rows: HiddenRows, tokens: Sequence[int], most: int
    ) -> Sequence[int]:
        rows = rows.chosen([self._head.reads(tokens[place + 1]) for place in rows.places])
        following = [tokens[place + 1] for place in rows.places]
        hidden, token = self._head.read(following, rows.hidden, rows.positions, memory.layer)
        memory.note_read(rows.places)
        positions = rows.positions[:, -1:]
        drafted = [token]
        while len(drafted) < most:
            # It goes on from what it computed itself, and forgets that afterwards.
            positions = positions + 1
            hidden, token = self._head.read(drafted[-1:], hidden, positions, memory.layer)
            drafted.append(token)
        memory.forget_drafted()
        return drafted
