"""Full precision: layers stay ordinary ones, in the number format that the device computes in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from engine.model.weights.base import copied

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.api.requests import WeightsName
    from engine.model.weights.base import Told


class Full:
    """The backend: layers on `device` as `dtype`."""

    name: WeightsName = "full"
    notes: tuple[str, ...] = ()
    requirement = "of any size"
    parameters: Mapping[str, object] | None = None
    row_limits: tuple[int, ...] = ()

    def __init__(self, device: torch.device, dtype: torch.dtype) -> None:
        self._device = device
        self._dtype = dtype

    def takes(self, in_features: int, out_features: int) -> bool:  # noqa: ARG002
        """See `WeightBackend`."""
        return True

    def pack(self, weight: torch.Tensor, told: Told) -> torch.nn.Linear:
        """See `WeightBackend`."""
        out_features, in_features = weight.shape
        whole = copied(weight, self._device, self._dtype, told)
        return self.restore(in_features, out_features, {"weight": whole})

    def take_over(self, layer: torch.nn.Module, told: Told) -> None:
        """See `WeightBackend`. No checkpoint comes like this."""

    def restore(
        self, in_features: int, out_features: int, parts: Mapping[str, torch.Tensor]
    ) -> torch.nn.Linear:
        """See `WeightBackend`."""
        layer = torch.nn.Linear(in_features, out_features, bias=False, device="meta")
        layer.weight = torch.nn.Parameter(parts["weight"], requires_grad=False)
        return layer
