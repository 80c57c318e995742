"""What the decode loop needs of a model, and nothing more: ids in, logits out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch

    from engine.cache.kv_cache import KVCache


class LanguageModel(Protocol):
    """A causal model with a cache. Batch size is 1."""

    def forward(
        self,
        tokens: Sequence[int],
        positions: torch.Tensor,
        cache: KVCache,
        image_features: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Logits of the last token, shape (vocabulary,), float32, on the processor.

        `positions` has shape (rows, len(tokens)): one row, or three for families with
        multi-axis rotary positions. `image_features`, shape (image tokens among `tokens`, hidden
        size), stand in for the embeddings of the image tokens in order. The cache grows by
        `len(tokens)`.
        """

    def verify(
        self, tokens: Sequence[int], positions: torch.Tensor, cache: KVCache
    ) -> torch.Tensor:
        """Logits of every token, shape (len(tokens), vocabulary), float32, on the processor.

        As `forward` otherwise, for tokens without pictures.
        """
