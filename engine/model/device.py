"""Which device, number format and attention kernel a model runs with on this machine."""

from __future__ import annotations

import ctypes
import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from engine.api.requests import WeightsName

# How much of the memory now available a model in full precision may take on a processor.
_FULL_PRECISION_SHARE = 0.6
# Below it, exact numbers cost nothing that could be noticed.
_LARGE_VALUES = 50_000_000
# What torch has fast kernels for packed 4-bit weights for, by its own names.
_PACKING = ("AVX2", "AVX512")
# `M_MMAP_THRESHOLD` of glibc's malloc.h, and from how many bytes a block is the system's own.
_MMAP_THRESHOLD = -3
_LARGE_BLOCK = 2**20
# How many compiled kernels oneDNN may keep, and by which name it is told.
_KERNELS_KEPT = "64"
_KERNELS_KEPT_NAME = "ONEDNN_PRIMITIVE_CACHE_CAPACITY"


@dataclass(frozen=True, slots=True)
class Placement:
    """Where and how a model runs; `why` says it in words."""

    device: torch.device
    device_name: str
    dtype: torch.dtype
    attention: str
    weights: WeightsName
    why: str


def place(
    wished: WeightsName | None,
    weight_values: int,
    available_bytes: int,
    instructions: str | None = None,
    saved_as: str = "float32",
) -> Placement:
    """Choose for a model of `weight_values` numbers with `available_bytes` of memory free.

    `instructions` names the processor's widest ones, as torch does; without it they are looked up.
    `saved_as` names the format of the model's files: finer numbers than those say nothing more.
    """
    if torch.cuda.is_available() and wished != "int4pack":
        return _on_cuda(wished)
    # bf16 matrix products are many times slower than fp32 on processors without AVX512-BF16, and
    # several times faster on those that have it.
    large = saved_as == "bfloat16" and weight_values >= _LARGE_VALUES
    dtype = torch.bfloat16 if large and multiplies_bf16() else torch.float32
    fits = weight_values * dtype.itemsize <= available_bytes * _FULL_PRECISION_SHARE
    packs = (instructions or torch.backends.cpu.get_cpu_capability()) in _PACKING
    weights: WeightsName = wished or ("int4pack" if packs else "full" if fits else "bnb_nf4")
    return Placement(
        torch.device("cpu"),
        _processor_name(),
        dtype,
        "sdpa",
        weights,
        _why(weights, packs=packs),
    )


def _why(weights: WeightsName, *, packs: bool) -> str:
    match weights:
        case "int4pack" if torch.cuda.is_available():
            return "On the processor, as asked: 4-bit weights in the form that suits it."
        case "int4pack" if packs:
            return "No graphics card: 4-bit weights in the form that suits processors."
        case "int4pack":
            return "No graphics card: packed 4-bit weights, slow on a processor without AVX2."
        case "bnb_nf4":
            return "No graphics card: 4-bit weights, slower here but they fit."
        case "full" if packs:
            return "No graphics card: full precision, as asked."
        case "full":
            return "No graphics card: full precision, which a processor without AVX2 prefers."


def multiplies_bf16() -> bool:
    """Whether the processor has instructions for products of bfloat16."""
    return bool(torch.cpu._is_avx512_bf16_supported())  # noqa: SLF001 - nothing public tells


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


def bound_kernel_memory() -> None:
    """Let few compiled kernels be kept. To be called before the first convolution of the process.

    WORKAROUND: oneDNN compiles a convolution for every length of text that it meets and keeps
    1,024 of them, some 120 kB each (torch 2.13). Who wishes otherwise sets the variable.
    """
    os.environ.setdefault(_KERNELS_KEPT_NAME, _KERNELS_KEPT)


def settle_memory() -> None:
    """Let large blocks go back to the system when they are freed, where the C library keeps them.

    glibc soon keeps blocks of up to 32 MB for itself, between which long-lived ones come to lie: a
    long conversation then held several times what it needed. Who has set a bound of
    their own keeps it.
    """
    if "MALLOC_MMAP_THRESHOLD_" in os.environ:
        return
    settle = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if settle is not None:
        settle(_MMAP_THRESHOLD, _LARGE_BLOCK)
