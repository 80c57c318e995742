"""Suite `reuse`: what a follow-up costs beside reading the whole prompt again."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median

from engine.api.messages import Message, assistant, user
from engine.api.requests import Generate, Limits, LoadModel
from engine.bench.asking import ask, digits, ttft_s
from engine.bench.models import build_starter_arch
from engine.bench.report import Row
from engine.client import EngineClient
from engine.dialogue import load

_ROUNDS = 3
_KEPT_TOKENS = 8_192
_NEW_TOKENS = 64
_ANSWER_TOKENS = 2


def run() -> list[Row]:
    """Time to first token: 64 new tokens after 8k kept ÷ the same prompt cold."""
    client = EngineClient()
    with tempfile.TemporaryDirectory() as folder:
        try:
            model = build_starter_arch(Path(folder) / "starter-arch", 2 * _KEPT_TOKENS)
            load(client, LoadModel(model, "full"))
            ratios = [_ratio(client, round_number) for round_number in range(_ROUNDS)]
        finally:
            client.close()
    name = "followup_ttft_ratio_8k_starter_arch"
    return [Row("reuse", name, median(ratios), "ratio", 0.05, "lower")]


def _ratio(client: EngineClient, round_number: int) -> float:
    limits = Limits(max_tokens=_ANSWER_TOKENS)
    first = (user(digits(f"{round_number}a", _KEPT_TOKENS)),)
    said = ask(client, Generate(first, limits=limits)).text
    follow_up: tuple[Message, ...] = (*first, assistant(said), user(digits("b", _NEW_TOKENS)))
    warm = ask(client, Generate(follow_up, limits=limits))
    # The same length with another beginning finds nothing kept.
    other = (user(digits(f"{round_number}c", _KEPT_TOKENS)), *follow_up[1:])
    cold = ask(client, Generate(other, limits=limits))
    return ttft_s(warm) / ttft_s(cold)
