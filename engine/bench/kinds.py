"""What each kind of cache is measured on: a model of a family that keeps its memory that way.

All of them read 8,192 tokens in some seconds on two cores, so that what a turn costs beside the
model's own work shows, and does not hide the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.bench.checkpoints.gemma import build_gemma3
from engine.bench.checkpoints.lfm2 import build_lfm2_vl
from engine.bench.checkpoints.qwen import build_qwen3_5, build_qwen3_vl
from engine.bench.checkpoints.resizing import resize
from engine.bench.models import build_starter_arch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

# Language layers of every family but the starter's own.
_SIZES: Mapping[str, object] = {
    "hidden_size": 256,
    "intermediate_size": 768,
    "num_hidden_layers": 8,
    "num_attention_heads": 8,
    "num_key_value_heads": 4,
    "head_dim": 32,
    "initializer_range": 0.02,
}
_WINDOW = 512
# What the template of Qwen3.5 begins an answer with, and leaves out once it is given: a mark that
# is one token, and the rest letter by letter.
_ANSWER_BEGINS = 1 + len("assistant\n<think>\n")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of cache. `build` takes a folder and how many positions its model should have.

    `read_again` is how many tokens of a prompt a follow-up cannot keep, since the chat template
    shows them differently by then; the answer goes with them.
    """

    build: Callable[[Path, int], Path]
    read_again: int = 0


def _full(folder: Path, max_context: int) -> Path:
    return resize(build_qwen3_vl(folder, max_context=max_context), _SIZES)


def _sliding(folder: Path, max_context: int) -> Path:
    types = (*("sliding_attention",) * 5, "full_attention", *("sliding_attention",) * 2)
    window = {"sliding_window": _WINDOW, "layer_types": types}
    return resize(build_gemma3(folder, max_context=max_context), {**_SIZES, **window})


def _conv(folder: Path, max_context: int) -> Path:
    return resize(build_lfm2_vl(folder, max_context=max_context), _SIZES)


def _hybrid(folder: Path, max_context: int) -> Path:
    recurrence = {
        "layer_types": (*("linear_attention",) * 3, "full_attention") * 2,
        "linear_num_key_heads": 4,
        "linear_num_value_heads": 8,
        "linear_key_head_dim": 64,
        "linear_value_head_dim": 64,
    }
    return resize(build_qwen3_5(folder, max_context=max_context), {**_SIZES, **recurrence})


KINDS: Mapping[str, Kind] = {
    "full": Kind(_full),
    "sliding": Kind(_sliding),
    "conv": Kind(_conv),
    "hybrid": Kind(_hybrid, _ANSWER_BEGINS),
    "starter_arch": Kind(build_starter_arch),
}
