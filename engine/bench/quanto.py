"""Weights as optimum-quanto keeps them, to measure beside ours; no model runs on it otherwise.

quanto multiplies by torch's own kernel where a layer is 16-bit and its rows are whole groups of
128. For any other layer, and to give a matrix back, it compiles C++ at first use: that takes a
compiler and minutes, so such layers are left alone here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from optimum.quanto import freeze, qint4, quantize

if TYPE_CHECKING:
    from collections.abc import Sequence

_GROUP = 128


def quanto_linear(weight: torch.Tensor) -> torch.nn.Module:
    """A layer without bias for `weight`, (out, in), as quanto's 4-bit one; inputs are bfloat16."""
    out_features, in_features = weight.shape
    layer = torch.nn.Linear(in_features, out_features, bias=False, device="meta")
    layer.weight = torch.nn.Parameter(weight.bfloat16(), requires_grad=False)
    result: torch.nn.Module = quanto_network(torch.nn.Sequential(layer), ())
    return result


def quanto_network(network: Any, keep: Sequence[str]) -> Any:  # noqa: ANN401 - as transformers'
    """`network` as bfloat16 with 4-bit linear layers, but for those below the names in `keep`."""
    network.to(torch.bfloat16)
    suited = [
        name
        for name, module in network.named_modules()
        if isinstance(module, torch.nn.Linear)
        and not name.startswith(tuple(keep))
        and module.in_features > _GROUP
        and module.in_features % _GROUP == 0
    ]
    quantize(network, weights=qint4, include=suited)
    freeze(network)
    return network.eval()
