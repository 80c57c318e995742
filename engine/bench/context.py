"""Suites `context` and `context_long`: what a long text costs in memory, time and right answers."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from rich.console import Console

from engine.bench.agreement import agreement, starter_items
from engine.bench.models import build_starter_arch
from engine.bench.needles import needle_rows
from engine.bench.reading import expected_s, read_apart
from engine.bench.report import Row
from engine.cache.full import GrowingLayer
from engine.cache.int8 import Int8Layer
from engine.decode.prefill import chunk_size
from engine.model.families.table import adapter_for
from engine.model.folder import check_folder
from engine.model.loader import load_model
from engine.model.plan import Target, plan
from engine.model.shape import model_shape
from engine.paths import starter_model_dir

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.bench.reading import Reading

_LENGTHS = (4_096, 8_192, 16_384, 32_768)
_LONG_LENGTHS = (65_536, 200_000)
_TWO_LAYERS = ("conv", "full_attention")
_PROBE_TOKENS = 8_192
_ITEMS_PER_TASK = 4
_ANSWER_TOKENS = 64
_NEEDLE_SHARES = (0.25, 0.5, 1.0, 2.0)
_NEEDLE_ITEMS = 24


def run() -> list[Row]:
    """The starter's architecture at 4k to 32k tokens, 8-bit keys and values, and needles."""
    with tempfile.TemporaryDirectory() as place:
        folder = build_starter_arch(Path(place) / "starter-arch", 2 * _LENGTHS[-1])
        rows = reading_rows(folder, _LENGTHS, "")
    rows += [_int8_ratio(torch.bfloat16, ""), _int8_ratio(torch.float32, "_fp32")]
    return [*rows, agreement_row(_ITEMS_PER_TASK), *needle_rows(_NEEDLE_SHARES, _NEEDLE_ITEMS)]


def run_long() -> list[Row]:
    """Two layers of that architecture at 64k and 200k; says first how long it will take."""
    with tempfile.TemporaryDirectory() as place:
        folder = build_starter_arch(
            Path(place) / "two-layers", 2 * _LONG_LENGTHS[-1], layers=_TWO_LAYERS
        )
        seconds = sum(expected_s(folder, tokens, _PROBE_TOKENS) for tokens in _LONG_LENGTHS)
        Console(stderr=True).print(f"This will take about {seconds / 60:.0f} minutes.")
        return reading_rows(folder, _LONG_LENGTHS, "_two_layers")


def reading_rows(folder: Path, lengths: Sequence[int], suffix: str) -> list[Row]:
    """Memory and time of reading so many tokens, each in a process of its own, and their growth."""
    suite = "context" if not suffix else "context_long"
    readings = [read_apart(folder, tokens) for tokens in lengths]
    last = readings[-1]
    rows = [
        Row(suite, f"read_s_{tokens_name(r.tokens)}{suffix}", r.seconds, "s", None, "lower")
        for r in readings
    ]
    peaks = [(r.tokens, r.peak_bytes) for r in readings]
    times = [(r.tokens, r.seconds) for r in readings]
    share = last.attention_s / last.seconds
    length = tokens_name(last.tokens)
    return [
        *rows,
        Row(suite, f"read_growth_exponent{suffix}", exponent(times), "p", None, "lower"),
        Row(suite, f"full_attention_share_{length}{suffix}", share, "share", None, "lower"),
        Row(suite, f"peak_mb_{length}{suffix}", last.peak_bytes / 2**20, "MB", None, "lower"),
        Row(suite, f"memory_growth_exponent{suffix}", exponent(peaks), "p", 1.05, "lower"),
        Row(suite, f"kv_bytes_ratio{suffix}", _kv_ratio(folder, last), "ratio", 1.15, "lower"),
    ]


def exponent(points: Sequence[tuple[float, float]]) -> float:
    """The p of a·n^p through points (n, value), by least squares of the logarithms."""
    logs = [(math.log(n), math.log(value)) for n, value in points]
    middle_x = sum(x for x, _ in logs) / len(logs)
    middle_y = sum(y for _, y in logs) / len(logs)
    spread = sum((x - middle_x) ** 2 for x, _ in logs)
    return sum((x - middle_x) * (y - middle_y) for x, y in logs) / spread


def tokens_name(tokens: int) -> str:
    """4096 as "4k", 200000 as "200k"."""
    unit = 1024 if tokens % 1024 == 0 else 1000
    return f"{tokens // unit}k"


def agreement_row(items_per_task: int) -> Row:
    """The share of the starter's next tokens that 8-bit keys and values do not change."""
    full, small = (
        load_model(starter_model_dir(), "starter", "full", lambda *_: None, kv=kv)
        for kv in ("full", "int8")
    )
    agreeing, everything = agreement(full, small, starter_items(items_per_task), _ANSWER_TOKENS)
    return Row("context", "int8_top1_agreement", agreeing / everything, "share", 0.99, "higher")


def _kv_ratio(folder: Path, reading: Reading) -> float:
    """Measured ÷ computed bytes of what was read with one chunk's working space."""
    checked = check_folder(folder)
    shape = model_shape(checked, adapter_for(checked))
    target = Target("cpu", 4, "full", chunk_size("cpu"))
    made = plan(shape, target, 2**50, reading.tokens)
    return reading.peak_bytes / (made.kv_bytes + made.state_bytes + made.working_bytes)


def _int8_ratio(dtype: torch.dtype, suffix: str) -> Row:
    """Storage of a layer with the starter's heads as 8-bit numbers ÷ as `dtype`."""
    states = torch.zeros(2, 1, 2, _LENGTHS[0], 32, dtype=dtype)
    small, full = Int8Layer(), GrowingLayer()
    small.update(*states)
    full.update(*states)
    return Row(
        "context", f"int8_kv_ratio{suffix}", small.nbytes / full.nbytes, "ratio", 0.55, "lower"
    )
