"""Which device, number format and attention kernel a model runs with on this machine."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from engine.api.requests import WeightsName

# How much of the memory now available a model in full precision may take on a processor.
_FULL_PRECISION_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Placement:
    """Where and how a model runs; `why` says it in words."""

    device: torch.device
    device_name: str
    dtype: torch.dtype
    attention: str
    weights: WeightsName
    why: str


def place(wished: WeightsName | None, weight_values: int, available_bytes: int) -> Placement:
    """Choose for a model of `weight_values` numbers with `available_bytes` of memory free."""
    if torch.cuda.is_available():
        return _on_cuda(wished)
    weights: WeightsName = wished or (
        "full" if weight_values * 4 <= available_bytes * _FULL_PRECISION_SHARE else "bnb_nf4"
    )
    why = {
        "full": "No graphics card: full precision, which a processor computes fastest.",
        "bnb_nf4": "No graphics card: 4-bit weights, slower here but they fit.",
    }[weights]
    # bf16 matrix products are many times slower than fp32 on processors without AVX512-BF16.
    return Placement(torch.device("cpu"), _processor_name(), torch.float32, "sdpa", weights, why)


def _on_cuda(wished: WeightsName | None) -> Placement:
    dtype = torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    name = torch.cuda.get_device_name()
    why = f"{name}: {'4-bit weights' if wished != 'full' else 'full precision, as asked'}."
    return Placement(torch.device("cuda"), name, dtype, "sdpa", wished or "bnb_nf4", why)


def _processor_name() -> str:
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def settle_threads() -> None:
    """Leave one core to the window: two of two halve the speed on a busy machine."""
    torch.set_num_threads(max(1, (os.cpu_count() or 2) - 1))
