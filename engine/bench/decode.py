"""Suite `decode`: our loop beside `transformers.generate` and llama.cpp, on the same weights.

Against `generate` the precision is the same and nothing is drafted: once on a network so narrow
that all time is Python and kernel starts, once on one of 284 million numbers in 16 bits. Against
llama.cpp both sides keep layers in 4 bits and the head in 8, with the same number of threads.
Sides are timed in turn; medians.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import torch
from transformers import AutoModelForCausalLM, AutoModelForImageTextToText

from engine.api.requests import SamplingParams
from engine.bench.llama_cpp import LlamaCpp
from engine.bench.models import build_starter_arch
from engine.bench.report import Row
from engine.bench.tower import (
    TOWER_24X64,
    TOWER_284M,
    write_for_llama_cpp,
    write_for_transformers,
)
from engine.decode.decode import decode
from engine.decode.prefill import chunk_size
from engine.decode.sampler import Sampler
from engine.model.device import settle_threads
from engine.model.loader import load_model

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.api.requests import WeightsName
    from engine.model.loaded_model import LoadedModel

_ROUNDS = 7
_PROMPT = tuple(range(20, 52))
_TOKENS = 64
_READ = 512
_SPOKEN = 48


def run() -> list[Row]:
    """All rows; those beside llama.cpp where llama-cpp-python and gguf are installed."""
    settle_threads()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        starter = build_starter_arch(folder / "starter-arch", 2048)
        narrow = write_for_transformers(TOWER_24X64, folder / "narrow")
        tower = write_for_transformers(TOWER_284M, folder / "tower")
        rows = [
            _vs_generate("decode_vs_generate_starter_arch", starter, None),
            _vs_generate("decode_vs_generate_overhead", narrow, 1.5),
            _vs_generate("decode_vs_generate_284m", tower, 1.0),
        ]
        try:
            return rows + _vs_llama_cpp(tower, write_for_llama_cpp(TOWER_284M, folder / "q4.gguf"))
        except ImportError as missing:
            sys.stderr.write(f"Nothing beside llama.cpp: {missing}. It takes `.[bench]`.\n")
            return rows


def _vs_generate(name: str, folder: Path, bar: float | None) -> Row:
    """Our tokens per second ÷ those of `generate`."""
    ours = _load(folder, "full")
    kind = AutoModelForCausalLM if ours.image_token is None else AutoModelForImageTextToText
    theirs = kind.from_pretrained(
        folder, dtype=getattr(torch, ours.info.dtype), device_map={"": ours.info.device}
    ).eval()
    ratios = _ratios(lambda: _generate_s(theirs), lambda: _decode_s(ours))
    return Row("decode", name, median(ratios), "ratio", bar, "higher")


def _vs_llama_cpp(folder: Path, file: Path) -> list[Row]:
    """Our tokens per second ÷ llama.cpp's, for reading a prompt and for speaking."""
    ours = _load(folder, "int4pack")
    theirs = LlamaCpp(file, torch.get_num_threads())
    sys.stderr.write(f"llama.cpp: {theirs.flags}\n")
    prompt = [20 + 7 * at % 2_000 for at in range(_READ)]
    try:
        reading = _ratios(lambda: theirs.read_s(prompt), lambda: _read_s(ours, prompt))
        speaking = _ratios(lambda: theirs.speak_s(_SPOKEN), lambda: _decode_s(ours, _SPOKEN))
    finally:
        theirs.close()
    return [
        Row("decode", "decode_vs_llama_cpp", median(speaking), "ratio", 0.8, "higher"),
        Row("decode", "prefill_vs_llama_cpp", median(reading), "ratio", 0.5, "higher"),
    ]


def _ratios(theirs: Callable[[], float], ours: Callable[[], float]) -> list[float]:
    """Their seconds ÷ ours, in turn; the first round warms up and does not count."""
    pairs = [(theirs(), ours()) for _ in range(_ROUNDS + 1)]
    return [their_s / our_s for their_s, our_s in pairs[1:]]


def _load(folder: Path, weights: WeightsName) -> LoadedModel:
    return load_model(folder, folder.name, weights, lambda *_: None)


def _decode_s(model: LoadedModel, count: int = _TOKENS) -> float:
    """Seconds for `count` tokens after a short prompt, which does not count."""
    cache = model.new_cache()
    positions = model.positions(len(_PROMPT), ())
    logits = model.forward(_PROMPT, positions, cache)
    tokens = decode(model, logits, positions, cache, Sampler(SamplingParams(), ()))
    next(tokens)
    started = time.perf_counter()
    for _ in range(count):
        next(tokens)
    return time.perf_counter() - started


def _read_s(model: LoadedModel, prompt: Sequence[int]) -> float:
    """Seconds to read `prompt` in the engine's chunks."""
    cache = model.new_cache()
    positions = model.positions(len(prompt), ())
    size = chunk_size(model.info.device)
    started = time.perf_counter()
    for start in range(0, len(prompt), size):
        part = slice(start, start + size)
        model.forward(prompt[part], positions[:, part], cache)
    return time.perf_counter() - started


@torch.no_grad()
def _generate_s(model: torch.nn.Module) -> float:
    """Seconds for as many tokens by `generate`, the prompt not counting."""
    ids = torch.tensor([_PROMPT]).to(next(model.parameters()).device)
    times = []
    for count in (1, 1 + _TOKENS):
        started = time.perf_counter()
        model.generate(  # type: ignore[operator]
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            max_new_tokens=count,
            min_new_tokens=count,
            do_sample=False,
        )
        times.append(time.perf_counter() - started)
    return times[1] - times[0]
