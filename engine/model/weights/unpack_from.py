"""From how many rows on this processor unpacks 4-bit weights: measured once, then remembered.

The kernel's time grows with every row; unpacking costs a fixed time and then less for each row. Two
points of each line give where they cross.
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


def unpack_from(folder: Path | None, machine: Machine) -> int:
    """The number of rows: known from `folder`, or measured in some tenths of a second."""
    known = None if folder is None else remembered(folder, machine)
    if known is not None:
        return known
    rows = _measured()
    if folder is not None:
        _remember(folder, machine, rows)
    return rows


def remembered(folder: Path, machine: Machine) -> int | None:
    """The number of rows that was measured on `machine`; `None` where none was."""
    try:
        report = json.loads((folder / FILE).read_text(encoding="utf-8"))
        rows = report["unpack_from_rows"]
        if report["machine"] == asdict(machine) and isinstance(rows, int) and rows > 1:
            return rows
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


def _remember(folder: Path, machine: Machine, rows: int) -> None:
    report = {"machine": asdict(machine), "unpack_from_rows": rows}
    try:
        write_atomic(folder / FILE, json.dumps(report, indent=2).encode())
    except FileNotWritten:
        log.warning("the measurement could not be kept", exc_info=True)


@torch.no_grad()
def _measured() -> int:
    weight = torch.randn(_SIDE, _SIDE, generator=torch.Generator().manual_seed(0))
    kernel = Int4Pack(NEVER).pack(weight, lambda _: None)
    unpacked = Int4Linear(kernel.packed, kernel.scales, 0)
    few, many = torch.ones(_FEW, _SIDE), torch.ones(_MANY, _SIDE)
    rows = crossing(
        (_least_s(kernel, few), _least_s(kernel, many)),
        (_least_s(unpacked, few), _least_s(unpacked, many)),
    )
    log.info("4-bit weights are unpacked from %d rows on", rows)
    return rows


def _least_s(layer: Int4Linear, inputs: torch.Tensor) -> float:
    """The best of a few runs: others on the machine only ever make it slower."""
    times = []
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        layer(inputs)
        times.append(time.perf_counter() - started)
    return min(times)
