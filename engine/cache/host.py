"""Checkpoints live in main memory, whatever memory the model runs in.

A graphics card's memory is for the conversation that is being read; the places one can return to
are copied out, and copied back when someone does.
"""

from __future__ import annotations

import torch

HOST = torch.device("cpu")


def put_aside(tensor: torch.Tensor, host: torch.device = HOST) -> torch.Tensor:
    """A copy of `tensor` on `host` that nothing else writes to."""
    return tensor.to(host, copy=True)
