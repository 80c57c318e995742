"""Suite `decode`: our loop beside `transformers.generate`, same weights, same precision."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import torch
from transformers import AutoModelForImageTextToText

from engine.api.requests import SamplingParams
from engine.bench.models import build_starter_arch
from engine.bench.report import Row
from engine.decode.decode import decode
from engine.decode.sampler import Sampler
from engine.model.device import settle_threads
from engine.model.loader import load_model

if TYPE_CHECKING:
    from engine.model.loaded_model import LoadedModel

_ROUNDS = 5
_PROMPT = tuple(range(20, 52))
_TOKENS = 96


def run() -> list[Row]:
    """Decoded tokens per second ÷ those of `generate`, interleaved, on the starter's shape."""
    settle_threads()
    with tempfile.TemporaryDirectory() as folder:
        path = build_starter_arch(Path(folder) / "starter-arch", 2048)
        ours = load_model(path, "starter-arch", "full", lambda *_: None)
        theirs = AutoModelForImageTextToText.from_pretrained(
            path, dtype=getattr(torch, ours.info.dtype), device_map={"": ours.info.device}
        ).eval()
        _time_ours(ours), _time_theirs(theirs)  # warm up
        ratios = [_time_theirs(theirs) / _time_ours(ours) for _ in range(_ROUNDS)]
    return [
        Row("decode", "decode_vs_generate_starter_arch", median(ratios), "ratio", 1.0, "higher")
    ]


def _time_ours(model: LoadedModel) -> float:
    cache = model.new_cache()
    positions = model.positions(len(_PROMPT), ())
    started = time.perf_counter()
    logits = model.forward(_PROMPT, positions, cache)
    tokens = decode(model, logits, positions, cache, Sampler(SamplingParams(), ()))
    for _ in range(_TOKENS):
        next(tokens)
    return time.perf_counter() - started


@torch.no_grad()
def _time_theirs(model: torch.nn.Module) -> float:
    ids = torch.tensor([_PROMPT]).to(next(model.parameters()).device)
    started = time.perf_counter()
    model.generate(  # type: ignore[operator]
        input_ids=ids,
        attention_mask=torch.ones_like(ids),
        max_new_tokens=_TOKENS,
        min_new_tokens=_TOKENS,
        do_sample=False,
    )
    return time.perf_counter() - started
