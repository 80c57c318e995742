"""Tiny real checkpoints with random weights, built from their families' own config classes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from engine.bench.checkpoints.gemma import build_gemma3, build_gemma4
from engine.bench.checkpoints.lfm2 import build_lfm2_vl
from engine.bench.checkpoints.qwen import build_qwen2_5_vl, build_qwen3_vl
from tiny_checkpoints.mtp import build_qwen3_5
from tiny_checkpoints.smolvlm import build_smolvlm
from tiny_checkpoints.text import build_text_model

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

# Every kind of model that pictures can be shown to, by the name it has in tests.
FAMILIES: Mapping[str, Callable[[Path], Path]] = {
    "LFM2-VL": build_lfm2_vl,
    "Qwen2.5-VL": build_qwen2_5_vl,
    "Qwen3-VL": build_qwen3_vl,
    "Qwen3.5": build_qwen3_5,
    "SmolVLM": build_smolvlm,
    "Gemma 3": build_gemma3,
    "Gemma 4": build_gemma4,
    "Gemma 4 both ways": partial(build_gemma4, both_ways="vision"),
}

__all__ = [
    "FAMILIES",
    "build_gemma3",
    "build_gemma4",
    "build_lfm2_vl",
    "build_qwen2_5_vl",
    "build_qwen3_5",
    "build_qwen3_vl",
    "build_smolvlm",
    "build_text_model",
]
