"""From smaller trained weights to a larger model that at first answers the same.

A wider convolution starts with zeros at the older places; a further text layer starts with zeros
where it writes to the stream, so that it adds nothing until it has learnt something (Chen et al.
2016, Net2Net, arXiv:1511.05641, in spirit).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Mapping

_CONVOLUTION = ".conv.conv.weight"
_TEXT_LAYER = re.compile(r"language_model\.layers\.\d+\.")
_WRITES = ("out_proj.weight", "w2.weight")


@torch.no_grad()
def grown(weights: Mapping[str, torch.Tensor], model: torch.nn.Module) -> dict[str, torch.Tensor]:
    """Return `weights` with all that `model` has beyond them. Raises `ValueError` if they differ
    in another way than length of convolution or number of text layers."""
    result = {}
    for name, fresh in model.state_dict().items():
        if name in weights:
            result[name] = _widened(name, weights[name], fresh)
        elif _TEXT_LAYER.search(name):
            result[name] = torch.zeros_like(fresh) if name.endswith(_WRITES) else fresh
        else:
            raise ValueError(f"the trained weights lack {name}")
    return result


def _widened(name: str, old: torch.Tensor, fresh: torch.Tensor) -> torch.Tensor:
    if old.shape == fresh.shape:
        return old
    missing = fresh.shape[-1] - old.shape[-1]
    if not name.endswith(_CONVOLUTION) or missing < 0 or old.shape[:-1] != fresh.shape[:-1]:
        raise ValueError(f"{name} cannot grow from {tuple(old.shape)} to {tuple(fresh.shape)}")
    return torch.cat([old.new_zeros(*old.shape[:-1], missing), old], dim=-1)
