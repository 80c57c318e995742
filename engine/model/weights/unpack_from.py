"""From how many rows on this processor unpacks 4-bit weights, and to what: measured, remembered.

The kernel's time grows with every row; unpacking costs a fixed time and then less for each row. Two
points of each line give where they cross. What is measured is the processor's time for this
process, which other programs at the same moment hardly change.
"""

from __future__ import annotations

import json
import logging
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import torch

from engine.atomic import FileNotWritten, write_atomic
from engine.model.weights.int4pack import NEVER, Int4Linear, Int4Pack

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)

FILE = "int4pack.json"
_FEW, _MANY = 32, 256
_SIDE = 2048
_ROUNDS = 3
_DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}


@dataclass(frozen=True, slots=True)
class Machine:
    """What the measurement holds for."""

    processor: str
    instructions: str
    threads: int
    torch: str

    @classmethod
    def here(cls, processor: str) -> Machine:
        """This machine, as torch uses it now; `processor` is its name."""
        return cls(
            processor,
            torch.backends.cpu.get_cpu_capability(),
            torch.get_num_threads(),
            torch.__version__,
        )


@dataclass(frozen=True, slots=True)
class Unpacking:
    """Layers unpack from `rows` rows on, to the number format `dtype`."""

    rows: int
    dtype: torch.dtype


def unpack_from(folder: Path | None, machine: Machine) -> Unpacking:
    """What is known from `folder`, or measured in some tenths of a second."""
    known = None if folder is None else remembered(folder, machine)
    if known is not None:
        return known
    found = _measured()
    if folder is not None:
        _remember(folder, machine, found)
    return found


def remembered(folder: Path, machine: Machine) -> Unpacking | None:
    """What was measured on `machine`; `None` where nothing was."""
    try:
        report = json.loads((folder / FILE).read_text(encoding="utf-8"))
        rows, dtype = report["unpack_from_rows"], _DTYPES[report["unpacked_dtype"]]
        if report["machine"] == asdict(machine) and isinstance(rows, int) and rows > 1:
            return Unpacking(rows, dtype)
        log.info("%s was measured under other circumstances", FILE)
    except FileNotFoundError:
        pass
    except (OSError, ValueError, KeyError, TypeError) as fault:
        log.warning("%s is ignored: %r", FILE, fault)
    return None


def crossing(kernel_s: tuple[float, float], unpacked_s: tuple[float, float]) -> int:
    """Where the lines meet that pass through the times for few and for many rows; at least 2."""
    kernel_row = (kernel_s[1] - kernel_s[0]) / (_MANY - _FEW)
    unpacked_row = (unpacked_s[1] - unpacked_s[0]) / (_MANY - _FEW)
    if kernel_row <= unpacked_row:
        return NEVER
    rows = _FEW + (unpacked_s[0] - kernel_s[0]) / (kernel_row - unpacked_row)
    return min(NEVER, max(2, round(rows)))


def _remember(folder: Path, machine: Machine, found: Unpacking) -> None:
    name = next(name for name, dtype in _DTYPES.items() if dtype is found.dtype)
    report = {
        "machine": asdict(machine),
        "unpack_from_rows": found.rows,
        "unpacked_dtype": name,
    }
    try:
        write_atomic(folder / FILE, json.dumps(report, indent=2).encode())
    except FileNotWritten:
        log.warning("the measurement could not be kept", exc_info=True)


@torch.no_grad()
def _measured() -> Unpacking:
    weight = torch.randn(_SIDE, _SIDE, generator=torch.Generator().manual_seed(0))
    kernel = Int4Pack(NEVER).pack(weight, lambda _: None)
    few, many = torch.ones(_FEW, _SIDE), torch.ones(_MANY, _SIDE)
    layers = {
        dtype: Int4Linear(kernel.packed, kernel.scales, 0, dtype) for dtype in _DTYPES.values()
    }
    times = {dtype: (_least_s(x, few), _least_s(x, many)) for dtype, x in layers.items()}
    dtype = min(times, key=lambda dtype: times[dtype][1])
    rows = crossing((_least_s(kernel, few), _least_s(kernel, many)), times[dtype])
    log.info("4-bit weights are unpacked from %d rows on, to %s", rows, dtype)
    return Unpacking(rows, dtype)


def _least_s(layer: Int4Linear, inputs: torch.Tensor) -> float:
    """The best of a few runs: others on the machine only ever make it slower."""
    times = []
    for _ in range(_ROUNDS):
        started = time.process_time()
        layer(inputs)
        times.append(time.process_time() - started)
    return min(times)
