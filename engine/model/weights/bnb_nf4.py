"""NF4 by bitsandbytes (Dettmers et al. 2023, arXiv:2305.14314), its block scales rounded as well.

bitsandbytes rounds a whole matrix at once, with several times its size in temporary memory. Blocks
of 64 weights do not know of each other, so pieces of rows give the same codes; only the scales of
all blocks together are then rounded, as `bitsandbytes.functional.quantize_4bit` does.
"""

from __future__ import annotations

import copy
from importlib.metadata import version
from typing import TYPE_CHECKING

import torch
from bitsandbytes.functional import QuantState, get_4bit_type, quantize_blockwise
from bitsandbytes.nn import Linear4bit, Params4bit

from engine.model.weights.base import copied, pieces

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.api.requests import WeightsName
    from engine.model.weights.base import Told

_BLOCK = 64
_SCALES_BLOCK = 256
# bitsandbytes' temporaries take some 30 bytes for each value. In main memory the holes that large
# ones leave between what is kept would stay with the process.
_PIECE_VALUES = 2**16
_PIECE_VALUES_ON_CARD = 2**22
# bitsandbytes' kernel for processors with AVX512-BF16 stops the program at other sizes.
_ROWS_ON_PROCESSOR = 32
# What bitsandbytes' kernel for CUDA multiplies without unpacking the matrix.
_FUSED_ROWS = 4


class BnbNf4:
    """The backend: layers on `device` that compute in `dtype`."""

    name: WeightsName = "bnb_nf4"
    notes: tuple[str, ...] = ()

    def __init__(self, device: torch.device, dtype: torch.dtype) -> None:
        self._device = device
        self._dtype = dtype

    @property
    def requirement(self) -> str:
        """See `WeightBackend`."""
        return f"multiples of {_BLOCK} and {_ROWS_ON_PROCESSOR}"

    @property
    def parameters(self) -> Mapping[str, object] | None:
        """See `WeightBackend`."""
        return {"block": _BLOCK, "dtype": str(self._dtype), "bitsandbytes": version("bitsandbytes")}

    @property
    def row_limits(self) -> tuple[int, ...]:
        """See `WeightBackend`. Beyond the fused kernel's rows the whole matrix is unpacked."""
        return (_FUSED_ROWS,) if self._device.type == "cuda" else ()

    def takes(self, in_features: int, out_features: int) -> bool:
        """See `WeightBackend`."""
        if self._device.type != "cpu":
            return True
        return in_features % _BLOCK == 0 and out_features % _ROWS_ON_PROCESSOR == 0

    @torch.no_grad()  # or torch would keep every temporary, to differentiate
    def pack(self, weight: torch.Tensor, told: Told) -> Linear4bit:
        """See `WeightBackend`."""
        rows, columns = weight.shape
        values = weight.numel()
        codes = torch.empty(-(-values // 2), 1, dtype=torch.uint8, device=self._device)
        scales = torch.empty(-(-values // _BLOCK), dtype=torch.float32, device=self._device)
        # Pieces end where blocks and bytes do.
        most = _PIECE_VALUES if self._device.type == "cpu" else _PIECE_VALUES_ON_CARD
        starts = pieces(rows, columns, most, 1 if columns % _BLOCK == 0 else _BLOCK)
        for start in starts:
            part = weight[start : start + starts.step]
            code, scale = torch.ops.bitsandbytes.quantize_4bit(
                part.to(self._device, self._dtype).contiguous(), _BLOCK, "nf4", torch.uint8
            )
            at = start * columns
            codes[at // 2 : at // 2 + len(code)] = code
            scales[at // _BLOCK : at // _BLOCK + len(scale)] = scale
            told(part.nbytes)
        return self._layer(columns, rows, codes, self._state(scales, weight.shape))

    def take_over(self, layer: torch.nn.Module, told: Told) -> Linear4bit | None:
        """See `WeightBackend`. It goes on computing in the type that its checkpoint says."""
        if not isinstance(layer, Linear4bit):
            return None
        weight = layer.weight
        state = copy.deepcopy(weight.quant_state)
        state.to(self._device)
        codes = Params4bit(
            copied(weight.data, self._device, weight.dtype, told),
            quant_state=state,
            blocksize=weight.blocksize,
            quant_type=weight.quant_type,
            quant_storage=weight.quant_storage,
            bnb_quantized=True,
        )
        return _layer_of(codes, layer.in_features, layer.out_features, layer.compute_dtype)

    def restore(
        self, in_features: int, out_features: int, parts: Mapping[str, torch.Tensor]
    ) -> Linear4bit:
        """See `WeightBackend`."""
        stats = {name: part for name, part in parts.items() if name != "weight"}
        state = QuantState.from_dict(stats, device=self._device)
        if tuple(state.shape) != (out_features, in_features):
            raise ValueError(f"packed weights of {tuple(state.shape)}")
        return self._layer(in_features, out_features, parts["weight"].to(self._device), state)

    def _state(self, scales: torch.Tensor, shape: torch.Size) -> QuantState:
        offset = scales.mean()
        rounded, of_scales = quantize_blockwise(scales - offset, blocksize=_SCALES_BLOCK)
        return QuantState(
            absmax=rounded,
            shape=shape,
            dtype=self._dtype,
            blocksize=_BLOCK,
            code=get_4bit_type("nf4", device=scales.device),
            quant_type="nf4",
            offset=offset,
            state2=of_scales,
        )

    def _layer(
        self, in_features: int, out_features: int, codes: torch.Tensor, state: QuantState
    ) -> Linear4bit:
        weight = Params4bit(
            codes, quant_state=state, blocksize=_BLOCK, quant_type="nf4", bnb_quantized=True
        )
        return _layer_of(weight, in_features, out_features, self._dtype)


def _layer_of(
    weight: Params4bit, in_features: int, out_features: int, compute_dtype: torch.dtype | None
) -> Linear4bit:
    """A layer without bias that holds `weight`."""
    layer = Linear4bit(
        in_features,
        out_features,
        bias=False,
        compute_dtype=compute_dtype,
        quant_type=weight.quant_type,
        device="meta",
    )
    weight.module = layer
    layer.weight = weight
    layer.quant_state = weight.quant_state
    return layer
