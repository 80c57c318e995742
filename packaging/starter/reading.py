"""A helper while training: which characters lie in which patch of a picture.

A line's answer says what stands in a picture but not where, and from it alone the vision tower
learns slowly. The generators know where each character was drawn, so a linear layer on the
patches' states inside the text model is asked for it. It is thrown away afterwards: what stays
are states from which the later layers can copy. It does not sit on the vision tower itself:
that knows places only relative to the picture's size, while the text model's convolutions see
the neighbouring patch wherever it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from chat import CHARACTERS_A_PATCH
from torch import nn

if TYPE_CHECKING:
    from batches import Batch

# Most patches show no character, and that is learnt at once.
_EMPTY_WEIGHT = 0.05


class PatchReader(nn.Module):
    """Names up to three characters of a patch from its state after the first layers."""

    LAYERS = 3

    def __init__(self, hidden: int, vocabulary: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(hidden)
        self.names = nn.Linear(hidden, CHARACTERS_A_PATCH * vocabulary)
        weight = torch.ones(vocabulary)
        weight[0] = _EMPTY_WEIGHT
        self.register_buffer("weight", weight, persistent=False)

    def forward(self, states: torch.Tensor, batch: Batch) -> tuple[torch.Tensor, float]:
        """Return the loss, and the share of patches with characters that are read right."""
        targets = batch.readings
        logits = self.names(self.norm(states))
        logits = logits.view(len(targets), CHARACTERS_A_PATCH, -1)
        loss = nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten(), self.weight)
        shown = targets[:, 0] > 0
        right = (logits[shown].argmax(-1) == targets[shown]).all(-1)
        return loss, right.float().mean().item()
