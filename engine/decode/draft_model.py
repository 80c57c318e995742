"""A small model that drafts for a large one with the same vocabulary."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.cache.prefix_store import Lease, PrefixStore
    from engine.decode.language_model import LanguageModel

# What is read at once where the draft model lies behind the conversation. Between such pieces the
# turn goes on, and what reading costs is counted as lost until drafts bring it back.
_CATCH_UP = 64


class DraftModel:
    """A draft model with the prefixes that it has read."""

    name = "draft model"

    def __init__(self, model: LanguageModel, prefixes: PrefixStore) -> None:
        self._model, self._prefixes = model, prefixes

    @contextmanager
    def drafter(self, prompt: Sequence[int]) -> Iterator[ModelDrafter]:
        """A drafter for one turn; what it has read is kept for the next."""
        with self._prefixes.lease(prompt) as lease:
            drafter = ModelDrafter(self.name, self._model, lease)
            try:
                yield drafter
            except GeneratorExit:
                drafter.settle()
                raise
            except Exception:
                lease.keys.clear()  # they may not name what the cache holds: nothing is kept
                raise
            drafter.settle()


class ModelDrafter:
    """Drafts greedily, token by token. Pictures are mere placeholders to it.

    The cache holds what the history and the last draft have in common, and the rest of that draft
    until the next one is asked for.
    """

    def __init__(self, name: str, model: LanguageModel, lease: Lease) -> None:
        self.name = name
        self._model, self._cache, self._lease = model, lease.cache, lease
        # The history up to and without the token with which recording began, while it is open.
        self._open_at: int | None = None
        self._held = list(lease.keys[: lease.cache.length])

    def propose(self, tokens: Sequence[int], most: int) -> Sequence[int]:
        """See `Drafter`; nothing while it still reads what came before."""
        self.settle(tokens)
        missing = tokens[len(self._held) : -1]
        if len(missing) > _CATCH_UP:
            self._read(missing[:_CATCH_UP])
            return ()
        if missing:
            self._read(missing)
        return self._draft(tokens[-1], most)

    def settle(self, tokens: Sequence[int] = ()) -> None:
        """Drop what of the last draft did not become part of `tokens`."""
        if self._open_at is not None:
            kept = self._open_at + 1
            while kept < min(len(self._held), len(tokens) - 1) and self._held[kept] == tokens[kept]:
                kept += 1
            self._cache.commit(kept - self._open_at)
            del self._held[kept:]
            self._open_at = None
        self._lease.keys[:] = self._held

    def _read(self, tokens: Sequence[int]) -> torch.Tensor:
        start = len(self._held)
        positions = torch.arange(start, start + len(tokens), dtype=torch.long)[None]
        logits = self._model.forward(tokens, positions, self._cache)
        self._held += tokens
        return logits

    def _draft(self, token: int, most: int) -> Sequence[int]:
        self._cache.begin()
        self._open_at = len(self._held)
        drafted: list[int] = []
        while len(drafted) < most:
            logits = self._read([token])
            token = int(logits.argmax())
            drafted.append(token)
        return drafted
