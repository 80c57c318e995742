"""Suite `drafting`: what checking several tokens at once wins, and what it costs where it cannot.

Every turn is asked with and without drafts, one after the other, on the same engine; greedy
answers must be the same text. Figures are sums over all turns: a single short turn says more about
what else the machine did.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import torch

from engine.api.messages import user
from engine.api.requests import Generate, Limits, LoadModel, SamplingParams
from engine.bench.asking import ask
from engine.bench.models import build_starter_arch
from engine.bench.report import Row
from engine.client import EngineClient
from engine.dialogue import load
from engine.evals.tasks import draw_items
from engine.evaluation.forms import asked_messages
from engine.model.loader import load_model
from engine.paths import starter_model_dir

if TYPE_CHECKING:
    from engine.api.events import Finished
    from engine.api.messages import Message

_DOCUMENT_TASKS = ("document/facts", "document/prose", "document/pages", "document/long")
_ITEMS = 12
_SEED = 5
_ROUNDS = 41
_RANDOM_TOKENS = 200
_STEPS = 200


@dataclass(slots=True)
class _Pair:
    """One question answered with and without drafts."""

    drafted: Finished
    plain: Finished

    @property
    def forwards_saved(self) -> tuple[int, int]:
        """Forwards of the plain answer and of the drafted one, after the prompt."""
        assert self.drafted.drafts is not None
        return self.plain.usage.completion_tokens - 1, self.drafted.drafts.forwards

    @property
    def seconds(self) -> tuple[float, float]:
        """Seconds of decoding, plain and drafted, for the same number of tokens."""
        return _decoding_s(self.plain), _decoding_s(self.drafted)


def run() -> list[Row]:
    """Forwards and time saved on the starter's document answers, and lost on random tokens."""
    client = EngineClient()
    with tempfile.TemporaryDirectory() as folder:
        try:
            load(client, LoadModel(None, "full"))
            pairs = [_ask_both(client, messages) for messages in _document_questions()]
            load(client, LoadModel(_random_pair(Path(folder) / "starter-arch"), "full"))
            worst = [_worst_case(client, number) for number in range(_ROUNDS)]
        finally:
            client.close()
    return [
        _row("target_forwards_saved_documents", _ratio([p.forwards_saved for p in pairs]), 2.0),
        _row("drafting_net_documents", _ratio([p.seconds for p in pairs]), 1.5),
        # Single answers take a tenth more or less; what all of them pay shows in the middle.
        _row("drafting_worst_case", median(_ratio([p.seconds]) for p in worst), 0.97),
        Row("drafting", "draft_model_step_share", _step_share(), "ratio", None, "lower"),
    ]


def _step_share() -> float:
    """A step of the starter's draft model ÷ one of the starter, both in full precision."""
    model = load_model(starter_model_dir(), "starter", "full", lambda *_: None)
    assert model.draft is not None
    pair = (model.draft, model)
    caches = [each.new_cache() for each in pair]
    times: tuple[list[float], list[float]] = ([], [])
    for at in range(_STEPS):
        for each, cache, taken in zip(pair, caches, times, strict=True):
            begun = time.perf_counter()
            each.forward((at % 200,), torch.tensor([[at]]), cache)
            taken.append(time.perf_counter() - begun)
    return median(times[0]) / median(times[1])


def _document_questions() -> list[tuple[Message, ...]]:
    """The first question of each item."""
    return [
        asked_messages(item.exchanges[0])
        for task in _DOCUMENT_TASKS
        for item in draw_items(task, _ITEMS, _SEED)
    ]


def _ask_both(
    client: EngineClient,
    messages: tuple[Message, ...],
    sampling: SamplingParams = SamplingParams(),
    most: int = 96,
    *,
    drafted_first: bool = True,
) -> _Pair:
    limits = Limits(max_tokens=most)
    found = {
        drafting: ask(client, Generate(messages, sampling, limits, drafting=drafting))
        for drafting in (drafted_first, not drafted_first)
    }
    if sampling.temperature == 0 and found[True].text != found[False].text:
        raise AssertionError(
            f"drafting changed an answer: {found[True].text!r}, {found[False].text!r}"
        )
    return _Pair(found[True], found[False])


def _random_pair(folder: Path) -> Path:
    """The starter with random weights, and its draft model beside it."""
    build_starter_arch(folder, 2048)
    shutil.copytree(starter_model_dir() / "draft", folder / "draft", dirs_exist_ok=True)
    return folder


def _worst_case(client: EngineClient, number: int) -> _Pair:
    """An answer that is drawn at random and foreseen by nobody; odd ones are asked plain first."""
    sampling = SamplingParams(temperature=50.0, seed=number)
    drafted_first = number % 2 == 0
    return _ask_both(
        client, (user(f"Number {number}"),), sampling, _RANDOM_TOKENS, drafted_first=drafted_first
    )


def _decoding_s(finished: Finished) -> float:
    rate = finished.timings.decode_tok_s
    return 0.0 if rate is None else (finished.usage.completion_tokens - 1) / rate


def _ratio(pairs: list[tuple[int, int]] | list[tuple[float, float]]) -> float:
    """The sum of all firsts ÷ that of all seconds."""
    return sum(first for first, _ in pairs) / sum(second for _, second in pairs)


def _row(name: str, value: float, bar: float) -> Row:
    return Row("drafting", name, value, "ratio", bar, "higher")
