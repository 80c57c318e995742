"""Functions on raw scores that come before the choice of a token. All pure, all shape (V,)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Collection


def penalise_repetition(
    logits: torch.Tensor, seen: Collection[int], penalty: float
) -> torch.Tensor:
    """Scores of `seen` tokens divided by `penalty` if positive, multiplied if negative.

    After Keskar et al. 2019, "CTRL", arXiv:1909.05858, section 4.1, with the sign handled as is
    usual since.
    """
    if penalty == 1.0 or not seen:
        return logits
    index = torch.tensor(sorted(seen), dtype=torch.long)
    scores = logits[index]
    penalised = torch.where(scores > 0, scores / penalty, scores * penalty)
    return logits.index_copy(0, index, penalised)


def keep_top_k(logits: torch.Tensor, k: int) -> torch.Tensor:
    """Everything below the `k` best scores becomes -inf; ties with the last kept one stay."""
    if k >= logits.numel():
        return logits
    threshold = torch.topk(logits, k).values[-1]
    return logits.masked_fill(logits < threshold, -torch.inf)


def keep_top_p(logits: torch.Tensor, p: float) -> torch.Tensor:
    """The smallest set of best tokens whose probabilities reach `p`; the rest becomes -inf.

    Nucleus sampling, Holtzman et al. 2020, arXiv:1904.09751.
    """
    if p >= 1.0:
        return logits
    ordered, order = torch.sort(logits, descending=True, stable=True)
    before = torch.cumsum(torch.softmax(ordered, -1), -1) - torch.softmax(ordered, -1)
    drop = before >= p
    drop[0] = False
    return logits.index_fill(0, order[drop], -torch.inf)


def keep_min_p(logits: torch.Tensor, p: float) -> torch.Tensor:
    """Tokens less likely than `p` times the likeliest become -inf.

    Min-p sampling, Nguyen et al. 2024, arXiv:2407.01082.
    """
    if p <= 0.0:
        return logits
    probabilities = torch.softmax(logits, -1)
    return logits.masked_fill(probabilities < p * probabilities.max(), -torch.inf)
