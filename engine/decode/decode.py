"""The decode loop: choose a token, hand it out, feed it back. It knows ids and logits only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Generator

    from engine.cache.kv_cache import KVCache
    from engine.decode.language_model import LanguageModel
    from engine.decode.sampler import Sampler


def decode(
    model: LanguageModel,
    logits: torch.Tensor,
    positions: torch.Tensor,
    cache: KVCache,
    sampler: Sampler,
) -> Generator[int, None, None]:
    """Yield token ids without end; the caller stops by closing the generator.

    `logits` are those of the prompt's last token and `positions`, shape (rows, prompt tokens), its
    positions: each new token stands one after the largest so far, on every row. A token is fed to
    the model only when the next one is asked for, so the last one yielded is not in the cache.
    """
    position = int(positions.max()) + 1 if positions.numel() else 0
    rows = positions.shape[0]
    while True:
        token = sampler.choose(logits)
        yield token
        here = torch.full((rows, 1), position, dtype=torch.long)
        logits = model.forward((token,), here, cache)
        position += 1
