"""Helpers while training: which characters lie in a patch, and on which page a word stands.

A line's answer says what stands in a picture but not where, and from it alone the vision tower
learns slowly. The generators know where each character was drawn, so a linear layer on the
patches' states inside the text model is asked for it. It is thrown away afterwards: what stays
are states from which the later layers can copy. It does not sit on the vision tower itself:
that knows places only relative to the picture's size, while the text model's convolutions see
the neighbouring patch wherever it is.

A citation says the page of a value, and what marks the page stands far before it. Another linear
layer asks each token of a document for its page, so that the later layers find it there.
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


class PageReader(nn.Module):
    """Names the page that a document's token stands on, from its state after the first layers."""

    LAYERS = PatchReader.LAYERS
    MOST_PAGES = 15

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(hidden)
        self.names = nn.Linear(hidden, 1 + self.MOST_PAGES)

    def forward(self, states: torch.Tensor, batch: Batch) -> tuple[torch.Tensor, float]:
        """Return the loss, and the share of tokens behind a second page's mark that are right."""
        pages = batch.pages.clamp(max=self.MOST_PAGES)
        shown = pages > 0
        if not shown.any():
            return states.new_zeros(()), 0.0
        targets = pages[shown]
        logits = self.names(self.norm(states[shown]))
        loss = nn.functional.cross_entropy(logits, targets)
        later = targets > 1
        right = logits[later].argmax(-1) == targets[later]
        return loss, right.float().mean().item() if len(right) else 0.0
