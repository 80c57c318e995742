"""Suite `reuse`: what a follow-up costs beside reading the whole prompt again.

In each round a conversation goes on by one question, then the same messages after another history
of the same length are read with nothing kept; the next round goes on with those.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from engine.api.requests import LoadModel
from engine.bench.asking import ask, ttft_s
from engine.bench.conversation import (
    another_history,
    check_cold,
    check_kept,
    follow_up,
    history,
    must_be_kept,
    request,
)
from engine.bench.kinds import KINDS
from engine.bench.report import Row
from engine.client import EngineClient
from engine.dialogue import load

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.api.events import Finished

_NEW_TOKENS = 64
# What is gone on from is an answer of some tokens. The one that is measured ends with its first
# token, which then is its first delta, also where it is half a character only.
_KEPT_ANSWER = 4
_TIMED_ANSWER = 1


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One row: which kind of cache, after how many tokens, how often, and its bar."""

    kind: str
    kept_tokens: int
    rounds: int
    bar: float


ROWS: Mapping[str, FollowUp] = {
    **{f"followup_ttft_ratio_8k_{kind}": FollowUp(kind, 8_192, 5, 0.05) for kind in KINDS},
    "followup_ttft_ratio_32k_starter_arch": FollowUp("starter_arch", 32_768, 3, 0.02),
}


def run() -> list[Row]:
    """Time to first delta, model loaded: 64 new tokens after what was kept ÷ the same cold."""
    return [followup_row(name, measured) for name, measured in ROWS.items()]


def followup_row(name: str, measured: FollowUp) -> Row:
    """The median of all rounds."""
    with tempfile.TemporaryDirectory() as folder:
        pairs = list(timed_turns(measured, Path(folder)))
    ratio = median(ttft_s(warm) / ttft_s(cold) for warm, cold in pairs)
    return Row("reuse", name, ratio, "ratio", measured.bar, "lower")


def timed_turns(measured: FollowUp, folder: Path) -> Iterator[tuple[Finished, Finished]]:
    """A follow-up and the same messages cold, for each round; the model is built in `folder`.

    Raises `AssertionError` where more or less was reused than should be.
    """
    kind = KINDS[measured.kind]
    client = EngineClient()
    try:
        model = kind.build(folder / measured.kind, 2 * measured.kept_tokens)
        load(client, LoadModel(model, "full"))
        kept = history(0, measured.kept_tokens)
        before = ask(client, request(kept, _KEPT_ANSWER))
        for number in range(1, measured.rounds + 1):
            asked = follow_up(kept, before.text, _NEW_TOKENS)
            warm = ask(client, request(asked, _TIMED_ANSWER))
            check_kept(warm, must_be_kept(before, kind.read_again), _KEPT_ANSWER)
            kept = another_history(number, measured.kept_tokens, asked)
            before = ask(client, request(kept, _KEPT_ANSWER))
            check_cold(before)
            yield warm, before
    finally:
        client.close()
