"""How far two readings of the same tokens lie apart, on a scale that fits every model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from engine.api.events import ModelInfo


def is_rounded(info: ModelInfo) -> bool:
    """Whether the same tokens, read another way, may give scores that differ by more than 1e-3.

    Numbers kept in few bits lie now and then on the border between two of them, and the last digit
    of a float32 decides: as far apart as the few bits themselves then lie the two readings.
    """
    return info.dtype != "float32" or info.weights == "int4pack" or info.kv == "int8"


def share_of_spread(whole: torch.Tensor, other: torch.Tensor) -> float:
    """The largest difference of two tables of logits, as a share of the spread of `whole`.

    Tokens that can never be said do not count: their logits are the smallest number there is, and
    would make any spread endless. Scores that are no numbers give NaN.
    """
    sayable = whole != torch.finfo(whole.dtype).min
    return float((whole - other)[sayable].abs().max() / whole[sayable].std())
