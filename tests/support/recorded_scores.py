"""A language model that knows its scores by heart, fast enough for thousands of draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.cache.kv_cache import KVCache


class Recorded:
    """Scores each beginning as `score` does, once; which it is, a real cache remembers."""

    def __init__(self, score: Callable[[tuple[int, ...]], torch.Tensor]) -> None:
        self._score = score
        self._known: dict[tuple[int, ...], torch.Tensor] = {}

    def forward(
        self,
        tokens: Sequence[int],
        positions: torch.Tensor,
        cache: KVCache,
        image_features: torch.Tensor | None = None,
    ) -> torch.Tensor:
        assert image_features is None
        return self.verify(tokens, positions, cache)[-1]

    def verify(
        self, tokens: Sequence[int], positions: torch.Tensor, cache: KVCache
    ) -> torch.Tensor:
        assert positions.shape[1] == len(tokens)
        states = torch.tensor(list(tokens), dtype=torch.float32).view(1, 1, -1, 1)
        keys, _ = cache.update(states, states, 0)
        whole = tuple(int(token) for token in keys.flatten())
        first = len(whole) - len(tokens)
        return torch.stack([self.scores(whole[: at + 1]) for at in range(first, len(whole))])

    def scores(self, beginning: tuple[int, ...]) -> torch.Tensor:
        """The scores after `beginning`, shape (vocabulary,)."""
        if beginning not in self._known:
            self._known[beginning] = self._score(beginning)
        return self._known[beginning]
