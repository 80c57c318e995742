"""Packed 4-bit weights for processors: torch's own kernel for few rows, unpacked ones for many.

The kernel reads a quarter of the memory that 16-bit weights take, which is what decoding waits
for. It works in bfloat16 and does not gain from many rows, so that reading a prompt is faster with
the matrix unpacked, piece by piece, for an ordinary product: in float32, or in bfloat16 where the
processor has instructions for that. Which, and from how many rows on, is measured once per machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from engine.model.weights.base import pieces
from engine.model.weights.int4_groups import GROUP, rounded
from engine.model.weights.int4_layout import last_block, pack, unpack, whole_block

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.api.requests import WeightsName
    from engine.model.weights.base import Told

# The kernel's own limit. Rows are packed in whole blocks, so pieces are multiples of 64.
_ROWS = 16
# More rows than there are.
NEVER = 2**31
_PIECE_ROWS = 64
_PACKED_AT_ONCE = 2**18
# 2 or 4 MB: what is unpacked should stay in the processor's cache.
_UNPACKED_AT_ONCE = 2**20


class Int4Linear(torch.nn.Module):
    """A linear layer with packed weights. Runs on the processor, in any floating-point type.

    `packed`: uint8, (out, in / 2), in the kernel's order. `scales`: bfloat16, (in / 32, out, 2).
    Inputs of `unpack_from` rows or more are multiplied in `unpacked_dtype`.
    """

    packed: torch.Tensor
    scales: torch.Tensor
    bias: torch.nn.Parameter | None

    def __init__(
        self,
        packed: torch.Tensor,
        scales: torch.Tensor,
        unpack_from: int,
        unpacked_dtype: torch.dtype = torch.float32,
    ) -> None:
        super().__init__()
        self.out_features, half = packed.shape
        self.in_features = 2 * half
        self.unpack_from = unpack_from
        self.unpacked_dtype = unpacked_dtype
        self.register_buffer("packed", packed)
        self.register_buffer("scales", scales)
        self.register_parameter("bias", None)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Shape (…, in) to (…, out), in the inputs' type."""
        rows = inputs.reshape(-1, self.in_features)
        product = self._unpacked if len(rows) >= self.unpack_from else self._kernel
        result = product(rows)
        if self.bias is not None:
            result = result + self.bias
        return result.to(inputs.dtype).view(*inputs.shape[:-1], self.out_features)

    def dequantised(self) -> torch.Tensor:
        """The matrix that the packed weights stand for: float32, (out, in)."""
        return torch.cat(
            [columns for _, columns in self._parts(torch.float32)], dim=1
        ).T.contiguous()

    def extra_repr(self) -> str:
        """The sizes, as torch prints a linear layer's."""
        return f"in_features={self.in_features}, out_features={self.out_features}"

    def _kernel(self, rows: torch.Tensor) -> torch.Tensor:
        product: torch.Tensor = torch.ops.aten._weight_int4pack_mm_for_cpu(  # noqa: SLF001
            rows.to(torch.bfloat16).contiguous(), self.packed, GROUP, self.scales
        )
        return product

    def _unpacked(self, rows: torch.Tensor) -> torch.Tensor:
        dtype = self.unpacked_dtype
        result = rows.new_empty(len(rows), self.out_features, dtype=dtype)
        given = rows.to(dtype)
        for start, columns in self._parts(dtype):
            torch.mm(given, columns, out=result[:, start : start + columns.shape[1]])
        return result

    def _parts(self, dtype: torch.dtype) -> Iterator[tuple[int, torch.Tensor]]:
        """The matrix in parts of several rows: the first, and `dtype`, (in, rows of the part)."""
        whole = whole_block()
        in_blocks = self.out_features // whole.rows * whole.rows
        starts = pieces(in_blocks, self.in_features, _UNPACKED_AT_ONCE, whole.rows)
        for start in starts:
            end = min(start + starts.step, in_blocks)
            yield start, self._scaled(unpack(self.packed[start:end], whole, dtype), start)
        rest = self.out_features - in_blocks
        if rest:
            codes = unpack(self.packed[in_blocks:], last_block(rest), dtype)
            yield in_blocks, self._scaled(codes, in_blocks)

    def _scaled(self, codes: torch.Tensor, start: int) -> torch.Tensor:
        columns, rows = codes.shape
        kept = self.scales[:, start : start + rows, None].to(codes.dtype)
        scale, zero = (part.contiguous() for part in kept.transpose(1, 2).unbind(dim=-1))
        grouped = codes.view(columns // GROUP, GROUP, rows)
        # In one step, so that bfloat16 rounds once.
        torch.addcmul(zero, grouped, scale, out=grouped)
        return codes


class Int4Pack:
    """The backend. Layers unpack from `unpack_from` rows on, to `unpacked_dtype`."""

    name: WeightsName = "int4pack"
    requirement = f"multiples of {GROUP} and {_ROWS}"

    def __init__(self, unpack_from: int, unpacked_dtype: torch.dtype = torch.float32) -> None:
        self._unpack_from = unpack_from
        self._unpacked_dtype = unpacked_dtype

    @property
    def notes(self) -> tuple[str, ...]:
        """See `WeightBackend`."""
        if self._unpack_from >= NEVER:
            return ("Measured here: unpacking weights does not pay.",)
        name = str(self._unpacked_dtype).removeprefix("torch.")
        return (f"Measured here: weights become {name} for {self._unpack_from:,} rows or more.",)

    @property
    def parameters(self) -> Mapping[str, object] | None:
        """See `WeightBackend`. The kernel's order depends on the processor and on torch."""
        return {
            "group": GROUP,
            "processor": torch.backends.cpu.get_cpu_capability(),
            "torch": torch.__version__,
        }

    @property
    def row_limits(self) -> tuple[int, ...]:
        """See `WeightBackend`: from `unpack_from` rows on, layers are unpacked."""
        return () if self._unpack_from >= NEVER else (self._unpack_from - 1,)

    def takes(self, in_features: int, out_features: int) -> bool:
        """See `WeightBackend`."""
        return in_features % GROUP == 0 and out_features % _ROWS == 0

    @torch.no_grad()  # or torch would keep every temporary, to differentiate
    def pack(self, weight: torch.Tensor, told: Told) -> Int4Linear:
        """See `WeightBackend`."""
        rows, columns = weight.shape
        packed = torch.empty(rows, columns // 2, dtype=torch.uint8)
        scales = torch.empty(columns // GROUP, rows, 2, dtype=torch.bfloat16)
        starts = pieces(rows, columns, _PACKED_AT_ONCE, _PIECE_ROWS)
        for start in starts:
            part = weight[start : start + starts.step]
            codes, scales[:, start : start + starts.step] = rounded(part)
            packed[start : start + starts.step] = pack(codes)
            told(part.nbytes)
        return Int4Linear(packed, scales, self._unpack_from, self._unpacked_dtype)

    def take_over(self, layer: torch.nn.Module, told: Told) -> None:
        """See `WeightBackend`. No checkpoint comes like this."""

    def restore(
        self, in_features: int, out_features: int, parts: Mapping[str, torch.Tensor]
    ) -> Int4Linear:
        """See `WeightBackend`."""
        packed, scales = parts["packed"], parts["scales"]
        fits = packed.shape == (out_features, in_features // 2) and scales.shape == (
            in_features // GROUP,
            out_features,
            2,
        )
        if not fits or (packed.dtype, scales.dtype) != (torch.uint8, torch.bfloat16):
            raise ValueError(f"packed weights of {tuple(packed.shape)} {packed.dtype}")
        return Int4Linear(packed, scales, self._unpack_from, self._unpacked_dtype)
