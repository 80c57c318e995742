"""How far two readings of the same tokens lie apart, on a scale that fits every model."""

from __future__ import annotations

import torch


def share_of_spread(whole: torch.Tensor, other: torch.Tensor) -> float:
    """The largest difference of two tables of logits, as a share of the spread of `whole`.

    Tokens that can never be said do not count: their logits are the smallest number there is, and
    would make any spread endless. Scores that are no numbers give NaN.
    """
    sayable = whole != torch.finfo(whole.dtype).min
    return float((whole - other)[sayable].abs().max() / whole[sayable].std())
