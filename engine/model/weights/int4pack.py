"""Packed 4-bit weights for processors: torch's own kernel for few rows, unpacked ones for many.

The kernel reads a quarter of the memory that 16-bit weights take, which is what decoding waits
for. It works in bfloat16 and does not gain from many rows, so that reading a prompt is faster with
the matrix unpacked to float32, piece by piece, for an ordinary product. From how many rows on is
measured once per machine.
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
# 4 MB of float32: what is unpacked should stay in the processor's cache.
_UNPACKED_AT_ONCE = 2**20


class Int4Linear(torch.nn.Module):
    """A linear layer with packed weights. Runs on the processor, in any floating-point type.

    `packed`: uint8, (out, in / 2), in the kernel's order. `scales`: bfloat16, (in / 32, out, 2).
    Inputs of `unpack_from` rows or more are multiplied in float32.
    """

    packed: torch.Tensor
    scales: torch.Tensor
    bias: torch.nn.Parameter | None

    def __init__(self, packed: torch.Tensor, scales: torch.Tensor, unpack_from: int) -> None:
        super().__init__()
        self.out_features, half = packed.shape
        self.in_features = 2 * half
        self.unpack_from = unpack_from
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
        matrices = [codes.transpose(1, 2).flatten(0, 1) for _, codes in self._blocks()]
        return torch.cat(matrices)

    def extra_repr(self) -> str:
        """The sizes, as torch prints a linear layer's."""
        return f"in_features={self.in_features}, out_features={self.out_features}"

    def _kernel(self, rows: torch.Tensor) -> torch.Tensor:
        product: torch.Tensor = torch.ops.aten._weight_int4pack_mm_for_cpu(  # noqa: SLF001
            rows.to(torch.bfloat16).contiguous(), self.packed, GROUP, self.scales
        )
        return product

    def _unpacked(self, rows: torch.Tensor) -> torch.Tensor:
        result = rows.new_empty(len(rows), self.out_features, dtype=torch.float32)
        exact = rows.float()
        for start, blocks in self._blocks():
            count, _, width = blocks.shape
            place = result[:, start : start + count * width].view(len(rows), count, width)
            place.copy_(torch.matmul(exact, blocks).transpose(0, 1))
        return result

    def _blocks(self) -> Iterator[tuple[int, torch.Tensor]]:
        """The matrix in pieces: the first row, and float32, (blocks, in, rows of a block)."""
        whole = whole_block()
        in_blocks = self.out_features // whole.rows * whole.rows
        starts = pieces(in_blocks, self.in_features, _UNPACKED_AT_ONCE, whole.rows)
        for start in starts:
            end = min(start + starts.step, in_blocks)
            yield start, self._scaled(unpack(self.packed[start:end], whole), start)
        rest = self.out_features - in_blocks
        if rest:
            codes = unpack(self.packed[in_blocks:], last_block(rest))
            yield in_blocks, self._scaled(codes, in_blocks)

    def _scaled(self, codes: torch.Tensor, start: int) -> torch.Tensor:
        blocks, columns, rows = codes.shape
        groups = columns // GROUP
        kept = self.scales[:, start : start + blocks * rows].float()
        scale, zero = kept.view(groups, blocks, 1, rows, 2).transpose(0, 1).unbind(dim=-1)
        grouped = codes.view(blocks, groups, GROUP, rows)
        grouped.mul_(scale.contiguous()).add_(zero.contiguous())
        return codes


class Int4Pack:
    """The backend. `unpack_from` is the number of rows from which on layers unpack."""

    name: WeightsName = "int4pack"
    requirement = f"multiples of {GROUP} and {_ROWS}"

    def __init__(self, unpack_from: int) -> None:
        self._unpack_from = unpack_from

    @property
    def notes(self) -> tuple[str, ...]:
        """See `WeightBackend`."""
        if self._unpack_from >= NEVER:
            return ("Measured here: unpacking weights does not pay.",)
        return (f"Measured here: weights are unpacked for {self._unpack_from:,} rows or more.",)

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
        return Int4Linear(packed, scales, self._unpack_from)

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
        return Int4Linear(packed, scales, self._unpack_from)
