"""Read a long text in a process of its own: how long it takes, and how much memory."""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from engine.bench.peak import PeakMemory
from engine.decode.pace import Pace
from engine.decode.prefill import chunk_bounds, chunk_size
from engine.model.device import settle_threads
from engine.model.loader import load_model

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import torch

    from engine.api.requests import KvName
    from engine.cache.kv_cache import KVCache
    from engine.model.loaded_model import LoadedModel

_WARM_UP_TOKENS = 300


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading `tokens` took, with the model loaded and warm.

    `peak_bytes` is beyond what was there before, `cache_bytes` the cache's own storage;
    `attention_s` is the share of `seconds` that full attention had.
    """

    tokens: int
    seconds: float
    attention_s: float
    peak_bytes: int
    cache_bytes: int


def read_apart(folder: Path, tokens: int, kv: KvName = "full") -> Reading:
    """Read so many tokens with the model in `folder` in a new process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as processes:
        return processes.submit(read_here, folder, tokens, kv).result()


def expected_s(folder: Path, tokens: int, probe_tokens: int) -> float:
    """How long reading `tokens` will take, told from reading `probe_tokens`."""
    settle_threads()
    model = load_model(folder, folder.name, "full", lambda *_: None)
    pace, begun = Pace(0), time.perf_counter()
    for done in _read(model, model.new_cache(), probe_tokens):
        pace.note(done, time.perf_counter() - begun)
        begun = time.perf_counter()
    left = pace.left_s(tokens)
    assert left is not None
    return left


def read_here(folder: Path, tokens: int, kv: KvName) -> Reading:
    """As `read_apart`, in this process."""
    settle_threads()
    model = load_model(folder, folder.name, "full", lambda *_: None, kv=kv)
    list(_read(model, model.new_cache(), _WARM_UP_TOKENS))
    attention = _AttentionClock(model)
    cache, peak = model.new_cache(), PeakMemory()
    begun = time.perf_counter()
    list(_read(model, cache, tokens))
    seconds = time.perf_counter() - begun
    return Reading(tokens, seconds, attention.seconds, peak.stop(), cache.nbytes)


def _read(model: LoadedModel, cache: KVCache, tokens: int) -> Iterator[int]:
    """Read in chunks as a turn does; yields how many are through."""
    positions = model.positions(tokens, ())
    cache.reserve(tokens)
    for start, end in chunk_bounds(0, tokens, (), chunk_size(model.info.device)):
        text = [20 + at * 7 % 90 for at in range(start, end)]
        model.forward(text, positions[:, start:end], cache)
        yield end


class _AttentionClock:
    """Adds up the time inside the language layers' attention; on a processor nothing overlaps."""

    def __init__(self, model: LoadedModel) -> None:
        self.seconds = 0.0
        self._begun = 0.0
        for layer in model.network.get_decoder().layers:
            module = getattr(layer, "_modules", {}).get("self_attn")
            if module is not None:
                vars(layer).pop("self_attn", None)  # called as a module, so that it can be watched
                module.register_forward_pre_hook(self._start)
                module.register_forward_hook(self._end)

    def _start(self, _module: torch.nn.Module, _inputs: Any) -> None:  # noqa: ANN401 - torch's own
        self._begun = time.perf_counter()

    def _end(self, _module: torch.nn.Module, _inputs: Any, _outputs: Any) -> None:  # noqa: ANN401
        self.seconds += time.perf_counter() - self._begun
