"""Suite `resume`: a conversation in a new process, beside reading all of it again.

Each figure takes two processes: one reads the text and keeps it, the next goes on from the disk.
What the first has written is dropped from the system's memory in between, where that can be asked
for. Neither imports nor loading the model count, and each process answers something short first.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from engine.api.messages import Message, assistant, user
from engine.api.requests import Generate, Limits, LoadModel
from engine.bench.asking import ask, digits, ttft_s
from engine.bench.models import KINDS
from engine.bench.report import Row
from engine.client import EngineClient
from engine.dialogue import load
from engine.paths import HOME_VARIABLE

_ROUNDS = 3
_KEPT_TOKENS = 8_192
_NEW_TOKENS = 16
_MOST_BYTES = 16 * 10**9


def run() -> list[Row]:
    """Time to first token in a new process, state read and checked ÷ the same read cold."""
    rows = []
    for kind, build in KINDS.items():
        with tempfile.TemporaryDirectory() as folder:
            model = build(Path(folder) / kind, 2 * _KEPT_TOKENS)
            ratios = [_ratio(model, Path(folder), str(number)) for number in range(_ROUNDS)]
        name = f"warm_resume_ratio_{kind}"
        rows.append(Row("resume", name, median(ratios), "ratio", 0.05, "lower"))
    return rows


def _ratio(model: Path, home: Path, start: str) -> float:
    cold = _in_a_new_process(model, home, start, "")
    _forget_files(home)
    warm = _in_a_new_process(model, home, start, str(cold["said"]))
    if int(warm["reused"]) < _KEPT_TOKENS:
        raise AssertionError(f"only {warm['reused']} tokens came from the disk")
    return float(warm["ttft_s"]) / float(cold["ttft_s"])


def _in_a_new_process(model: Path, home: Path, start: str, said: str) -> dict[str, str]:
    done = subprocess.run(  # noqa: S603 - this very module
        [sys.executable, "-m", "engine.bench.resume", str(model), start, said],
        env=os.environ | {HOME_VARIABLE: str(home)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    answer: dict[str, str] = json.loads(done.stdout)
    return answer


def _turn(model: Path, start: str, said: str) -> dict[str, str]:
    """What the new process does: read the text, or go on after what was `said` about it."""
    client = EngineClient()
    limits = Limits(max_tokens=2)
    try:
        load(client, LoadModel(model, "full", resume_bytes=_MOST_BYTES))
        ask(client, Generate((user("Hello."),), limits=limits))
        messages: tuple[Message, ...] = (user(digits(f"{start}a", _KEPT_TOKENS)),)
        if said:
            messages += (assistant(said), user(digits("b", _NEW_TOKENS)))
        finished = ask(client, Generate(messages, limits=limits))
    finally:
        client.close()
    return {
        "ttft_s": str(ttft_s(finished)),
        "reused": str(finished.usage.reused_tokens),
        "said": finished.text,
    }


def _forget_files(folder: Path) -> None:
    """Let the next process read from the disk, and not from the system's memory."""
    if sys.platform == "linux":
        for path in folder.rglob("*.safetensors"):
            with path.open("rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_turn(Path(sys.argv[1]), sys.argv[2], sys.argv[3])))
