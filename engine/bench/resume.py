"""Suite `resume`: a conversation in a new process, beside reading all of it again.

Each process goes on with the conversation that the one before has left on disk, and then reads
another one of the same length with nothing kept, for the next process to go on with. What was
written is dropped from the system's memory in between, where that can be asked for. Neither imports
nor loading the model count, and each process answers something short first, since a model's first
forward is slow.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median

from engine.api.messages import user
from engine.api.requests import Generate, Limits, LoadModel
from engine.bench.asking import ask, ttft_s
from engine.bench.conversation import (
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
from engine.paths import HOME_VARIABLE

_ROUNDS = 3
_KEPT_TOKENS = 8_192
_NEW_TOKENS = 16
_KEPT_ANSWER = 4
_TIMED_ANSWER = 1
_MOST_BYTES = 16 * 10**9


@dataclass(frozen=True, slots=True)
class Order:
    """What a process is to do: go on with conversation `number` - 1, if any, and read `number`.

    `said` and `kept` are the answer that the former ended with, and how many of its tokens must be
    on disk.
    """

    model: str
    kept_tokens: int
    read_again: int
    number: int
    said: str = ""
    kept: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """What a process found out; `warm_s` is 0 where there was nothing to go on with."""

    warm_s: float
    cold_s: float
    said: str
    kept: int


def run() -> list[Row]:
    """Time to first delta in a new process, state read and checked ÷ the same read cold."""
    return [resume_row(kind, _KEPT_TOKENS, _ROUNDS) for kind in KINDS]


def resume_row(kind: str, kept_tokens: int, rounds: int) -> Row:
    """The median over `rounds` for a model of `kind` after about `kept_tokens`."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        model = KINDS[kind].build(home / kind, 2 * kept_tokens)
        first = Order(str(model), kept_tokens, KINDS[kind].read_again, number=0)
        told = _in_a_new_process(first, home)
        ratios = []
        for number in range(1, rounds + 1):
            _forget_files(home)
            after = replace(first, number=number, said=told.said, kept=told.kept)
            told = _in_a_new_process(after, home)
            ratios.append(told.warm_s / told.cold_s)
    return Row("resume", f"warm_resume_ratio_{kind}", median(ratios), "ratio", 0.05, "lower")


def _in_a_new_process(order: Order, home: Path) -> Told:
    done = subprocess.run(  # noqa: S603 - this very module
        [sys.executable, "-m", "engine.bench.resume", json.dumps(asdict(order))],
        env=os.environ | {HOME_VARIABLE: str(home)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Told(**json.loads(done.stdout))


def carry_out(order: Order) -> Told:
    """What a new process does; all that it has read is on disk when this returns."""
    client = EngineClient()
    try:
        load(client, LoadModel(Path(order.model), "full", resume_bytes=_MOST_BYTES))
        ask(client, Generate((user("Hello."),), limits=Limits(max_tokens=2)))
        warm_s = _go_on(client, order) if order.number else 0.0
        cold = ask(client, request(history(order.number, order.kept_tokens), _KEPT_ANSWER))
        check_cold(cold)
    finally:
        client.close()
    return Told(warm_s, ttft_s(cold), cold.text, must_be_kept(cold, order.read_again))


def _go_on(client: EngineClient, order: Order) -> float:
    before = history(order.number - 1, order.kept_tokens)
    asked = follow_up(before, order.said, _NEW_TOKENS)
    warm = ask(client, request(asked, _TIMED_ANSWER))
    check_kept(warm, order.kept, _KEPT_ANSWER)
    return ttft_s(warm)


def _forget_files(folder: Path) -> None:
    """Let the next process read from the disk, and not from the system's memory."""
    if sys.platform == "linux":
        for path in folder.rglob("*.safetensors"):
            with path.open("rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(carry_out(Order(**json.loads(sys.argv[1]))))))
