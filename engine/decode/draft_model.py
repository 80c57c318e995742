"""A small model that drafts for a large one with the same vocabulary."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import torch

from engine.decode.catching_up import AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.cache.prefix_store import Lease, PrefixStore
    from engine.decode.language_model import LanguageModel


class DraftModel:
    """A draft model with the prefixes that it has read.

    It drafts the ids below `vocabulary`, those that both models know, within its own
    `max_context` tokens.
    """

    name = "draft model"

    def __init__(
        self,
        model: LanguageModel,
        prefixes: PrefixStore,
        vocabulary: int | None = None,
        max_context: int | None = None,
    ) -> None:
        self._model, self._prefixes = model, prefixes
        self._vocabulary, self._max_context = vocabulary, max_context

    def clear(self) -> None:
        """Forget all that was read."""
        self._prefixes.clear()

    @contextmanager
    def drafter(self, prompt: Sequence[int]) -> Iterator[ModelDrafter]:
        """A drafter for one turn; what it has read is kept for the next."""
        with self._prefixes.lease(prompt) as lease:
            drafter = ModelDrafter(
                self.name, self._model, lease, self._vocabulary, self._max_context
            )
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

    def __init__(
        self,
        name: str,
        model: LanguageModel,
        lease: Lease,
        vocabulary: int | None = None,
        max_context: int | None = None,
    ) -> None:
        self.name = name
        self._model, self._cache, self._lease = model, lease.cache, lease
        self._vocabulary, self._max_context = vocabulary, max_context
        # The history up to and without the token with which recording began, while it is open.
        self._open_at: int | None = None
        self._held = list(lease.keys[: lease.cache.length])
        self._broken = False

    def behind(self, tokens: Sequence[int]) -> int:
        """See `Reader`."""
        if self._max_context is not None and len(tokens) >= self._max_context:
            return 0
        return max(0, len(tokens) - 1 - self._agreed(tokens))

    def read_on(self, tokens: Sequence[int]) -> int:
        """See `Reader`."""
        with self._unbroken():
            self.settle(tokens)
            missing = tokens[len(self._held) : -1][:AT_ONCE]
            if missing:
                self._read(missing)
            return len(missing)

    def propose(self, tokens: Sequence[int], most: int) -> Sequence[int]:
        """See `Drafter`; nothing where it is far behind or at the end of its context."""
        if self._max_context is not None:
            most = min(most, self._max_context - len(tokens))
        if most <= 0 or self.behind(tokens) > AT_ONCE:
            return ()
        with self._unbroken():
            self.settle(tokens)
            missing = tokens[len(self._held) : -1]
            if missing:
                self._read(missing)
            return self._draft(tokens[-1], most)

    def settle(self, tokens: Sequence[int] = ()) -> None:
        """Drop what of the last draft did not become part of `tokens`."""
        if self._broken:
            # Nothing of it can be used again, and an empty cache is not kept.
            self._cache.truncate(0)
            self._held.clear()
        elif self._open_at is not None:
            kept = self._agreed(tokens)
            self._cache.commit(kept - self._open_at)
            del self._held[kept:]
            self._open_at = None
        self._lease.keys[:] = self._held

    def _agreed(self, tokens: Sequence[int]) -> int:
        """How much of what is held is the beginning of `tokens`, the last of them not counted."""
        if self._open_at is None:
            return len(self._held)
        agreed = self._open_at + 1
        most = min(len(self._held), len(tokens) - 1)
        while agreed < most and self._held[agreed] == tokens[agreed]:
            agreed += 1
        return agreed

    @contextmanager
    def _unbroken(self) -> Iterator[None]:
        """What ends in an exception leaves a cache that nobody may use."""
        try:
            yield
        except BaseException:
            self._broken = True
            raise

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
            token = int(logits[: self._vocabulary].argmax())
            drafted.append(token)
        return drafted
