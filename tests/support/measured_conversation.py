"""The memory of a whole conversation in a process of its own: loading, reading, a second turn."""

from __future__ import annotations

import re
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from engine.api.requests import KvName, WeightsName

_LATER_TOKENS = 500


@dataclass(frozen=True, slots=True)
class Measured:
    """A conversation that came to `tokens`; `peak_bytes` is all that the model added."""

    tokens: int
    peak_bytes: int


def converse_apart(folder: Path, weights: WeightsName, kv: KvName, tokens: int) -> Measured:
    """Hold a conversation of about so many tokens with the model in `folder` in a new process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as processes:
        return processes.submit(_converse, folder, weights, kv, tokens).result()


def _converse(folder: Path, weights: WeightsName, kv: KvName, tokens: int) -> Measured:
    import bitsandbytes  # noqa: F401 - what libraries take is not the model's

    import engine.worker  # noqa: F401
    from engine.api.events import Finished
    from engine.api.messages import assistant, user
    from engine.api.requests import Generate, Limits, LoadModel
    from engine.bench.peak import PeakMemory
    from engine.client import EngineClient
    from engine.dialogue import events_of, load

    before = _anonymous_bytes()
    client = EngineClient()
    try:
        model = load(client, LoadModel(folder, weights, kv=kv))
        assert not {"chunks", "reuse"} & {off.ability for off in model.switched_off}
        loaded, peak = _anonymous_bytes() - before, PeakMemory()
        messages = (user("x" * (tokens - _LATER_TOKENS)),)
        for later in ("y" * (_LATER_TOKENS - 100), ""):
            *_, end = events_of(client, Generate(messages, limits=Limits(max_tokens=8)))
            assert isinstance(end, Finished)
            messages += (assistant(end.text), user(later))
        peak_bytes = loaded + peak.stop() + _mapped_bytes(folder)
    finally:
        client.close()
    return Measured(end.usage.prompt_tokens + end.usage.completion_tokens, peak_bytes)


def _anonymous_bytes() -> int:
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    match = re.search(r"^RssAnon:\s+(\d+) kB$", status, re.M)
    assert match
    return int(match[1]) << 10


def _mapped_bytes(folder: Path) -> int:
    """What of the model's files is in memory as they are."""
    maps = psutil.Process().memory_maps()
    return sum(mapped.rss for mapped in maps if mapped.path.startswith(str(folder)))
