"""The head of a model as 8-bit numbers, a scale for each token: processors only.

In full precision the scores of all tokens take as long to read as a third of a 4-bit model, for
every token that is said. In 8 bits with torch's own kernel they take a quarter of that, and the
error stays below what 4-bit layers bring (`tanka bench --suite weights`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from engine.model.weights.base import pieces

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.api.requests import WeightsName
    from engine.model.weights.base import Told

_LARGEST = 127
_AT_ONCE = 2**20
# Below it, the head is too small to be noticed.
_LEAST_VALUES = 4_000_000


class Int8Linear(torch.nn.Module):
    """A linear layer without bias. `rows`: int8, (out, in). `scales`: bfloat16, (out,)."""

    rows: torch.Tensor
    scales: torch.Tensor
    bias: torch.nn.Parameter | None

    def __init__(self, rows: torch.Tensor, scales: torch.Tensor) -> None:
        super().__init__()
        self.out_features, self.in_features = rows.shape
        self.register_buffer("rows", rows)
        self.register_buffer("scales", scales)
        self.register_parameter("bias", None)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Shape (…, in) to (…, out), in the inputs' type. The kernel works in bfloat16."""
        flat = inputs.reshape(-1, self.in_features).to(torch.bfloat16).contiguous()
        result: torch.Tensor = torch.ops.aten._weight_int8pack_mm(  # noqa: SLF001
            flat, self.rows, self.scales
        ).to(inputs.dtype)
        if self.bias is not None:
            result = result + self.bias
        return result.view(*inputs.shape[:-1], self.out_features)

    def extra_repr(self) -> str:
        """The sizes, as torch prints a linear layer's."""
        return f"in_features={self.in_features}, out_features={self.out_features}"


class Int8Rows:
    """Packs heads, for the backend of the other layers."""

    name: WeightsName = "int4pack"
    notes: tuple[str, ...] = ()
    requirement = f"multiples of 16, and {_LEAST_VALUES:,} numbers or more"
    parameters: Mapping[str, object] | None = None
    row_limits: tuple[int, ...] = ()

    def takes(self, in_features: int, out_features: int) -> bool:
        """See `WeightBackend`."""
        fits = in_features % 16 == 0 and out_features % 16 == 0
        return fits and in_features * out_features >= _LEAST_VALUES

    @torch.no_grad()
    def pack(self, weight: torch.Tensor, told: Told) -> Int8Linear:
        """See `WeightBackend`."""
        rows = torch.empty(weight.shape, dtype=torch.int8)
        scales = torch.empty(len(weight), dtype=torch.bfloat16)
        starts = pieces(len(weight), weight.shape[1], _AT_ONCE, 16)
        for start in starts:
            place = slice(start, start + starts.step)
            part = weight[place].float()
            scales[place] = part.abs().amax(dim=1) / _LARGEST
            divisors = torch.where(scales[place] == 0, 1, scales[place].float())
            codes = (part / divisors[:, None]).round_().clamp_(-_LARGEST, _LARGEST)
            rows[place] = codes.to(torch.int8)
            told(weight[place].nbytes)
        return Int8Linear(rows, scales)

    def take_over(self, layer: torch.nn.Module, told: Told) -> None:
        """See `WeightBackend`. No checkpoint comes like this."""

    def restore(
        self, in_features: int, out_features: int, parts: Mapping[str, torch.Tensor]
    ) -> Int8Linear:
        """See `WeightBackend`."""
        rows, scales = parts["rows"], parts["scales"]
        shapes = (rows.shape, scales.shape)
        if shapes != ((out_features, in_features), (out_features,)) or (
            rows.dtype,
            scales.dtype,
        ) != (torch.int8, torch.bfloat16):
            raise ValueError(f"a head of {tuple(rows.shape)} {rows.dtype}")
        return Int8Linear(rows, scales)
