"""Learning with the weights that 4-bit storage will leave: rounded for each pass, kept whole.

In a model this small rounding changes answers. In the last part of training every forward and
backward pass therefore sees rounded matrices, while the step is taken on the unrounded ones (the
straight-through estimator, Bengio et al. 2013, arXiv:1308.3432). The grid is NF4 (Dettmers et al.
2023, arXiv:2305.14314): blocks of 64 weights, each scaled by its largest.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLOCK = 64
_LEVELS = torch.tensor([
    -1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635,
    -0.18477343022823334, -0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725,
    0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941,
    0.7229568362236023, 1.0,
])  # fmt: skip


def rounded(weight: torch.Tensor) -> torch.Tensor:
    """Return the weights as NF4 gives them back; their number must be whole blocks."""
    levels = _LEVELS.to(weight.device)
    blocks = weight.reshape(-1, _BLOCK)
    scale = blocks.abs().amax(dim=1, keepdim=True).clamp(min=1e-12)
    nearest = torch.bucketize(blocks / scale, (levels[1:] + levels[:-1]) / 2)
    return (levels[nearest] * scale).view_as(weight)


def quantised_weights(model: torch.nn.Module) -> list[torch.nn.Parameter]:
    """Return the matrices that 4-bit formats round: those of the text layers."""
    layers = model.model.language_model.layers
    return [m.weight for m in layers.modules() if isinstance(m, torch.nn.Linear)]


@contextmanager
def rounding(weights: list[torch.nn.Parameter]) -> Iterator[None]:
    """Round the weights while the block runs."""
    whole = [p.detach().clone() for p in weights]
    with torch.no_grad():
        for p in weights:
            p.copy_(rounded(p))
    try:
        yield
    finally:
        with torch.no_grad():
            for p, kept in zip(weights, whole, strict=True):
                p.copy_(kept)
