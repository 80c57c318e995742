"""Positions on three axes, as the Qwen families count them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.prompt.spans import ImageSpan


def mrope_positions(length: int, spans: Sequence[ImageSpan]) -> torch.Tensor:
    """Rows for time, height and width, shape (3, length), int64.

    M-RoPE, Wang et al. 2024, arXiv:2409.12191, section 2.1. Text counts on alike in all rows. A
    picture stands at one time, its features at their row and column; what follows counts on from
    the largest position so far.
    """
    positions = torch.empty((3, length), dtype=torch.long)
    at = here = 0
    for span in spans:
        positions[:, at : span.start] = torch.arange(here, here + span.start - at)
        here += span.start - at
        rows, columns = span.grid
        place = slice(span.start, span.end)
        positions[0, place] = here
        positions[1, place] = here + torch.arange(rows).repeat_interleave(columns)
        positions[2, place] = here + torch.arange(columns).repeat(rows)
        here += max(rows, columns)
        at = span.end
    positions[:, at:] = torch.arange(here, here + length - at)
    return positions
