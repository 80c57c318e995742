"""A thousand turns in any order: what is reused, what is said and what is held never drifts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from soak.models import KINDS, build_speaker
from soak.operations import SHARES, random_day, read_log, write_log
from soak.soaking import Soaking

from engine.paths import HOME_VARIABLE

ROOT = Path(__file__).parents[2]
# The model that most is asked of, and another that is loaded now and then.
PAIRS = [
    ("LFM2-VL", "Qwen3-VL"),
    ("Qwen3-VL", "Gemma 3"),
    ("Gemma 3", "LFM2-VL"),
    ("Qwen3.5", "Qwen3-VL"),
]


@pytest.mark.parametrize("families", [("LFM2-VL", "Qwen3-VL"), ("Gemma 3", "Qwen3.5")])
def test_sixty_turns_in_any_order(families: tuple[str, ...], tmp_path: Path) -> None:
    operations = random_day(1, 60)
    assert {operation.name for operation in operations} == set(SHARES)
    soaking = Soaking({build_speaker(name, tmp_path / name): KINDS[name] for name in families})
    for number, operation in enumerate(operations, 1):
        try:
            soaking.carry_out(operation)
        except AssertionError as fault:
            fault.add_note(f"turn {number} of {write_log(operations[:number])}")
            raise
    soaking.desk.close()
    assert soaking.desk.confirmed > 200
    assert soaking.near_ties <= soaking.desk.confirmed / 1000


def test_a_log_can_be_replayed() -> None:
    operations = random_day(3, 100)
    assert read_log(write_log(operations)) == operations == random_day(3, 100)
    assert random_day(4, 100) != operations


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("seed", "families"), [*enumerate(PAIRS, 11)])
def test_a_thousand_turns_leave_no_trace(
    seed: int, families: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("soak")
    environment = os.environ | {
        "PYTHONPATH": str(ROOT / "tests" / "support"),
        HOME_VARIABLE: str(folder / "home"),
        # Otherwise how large a block must be to be the system's own affair changes with use.
        "MALLOC_MMAP_THRESHOLD_": "131072",
    }
    done = subprocess.run(
        [sys.executable, "-m", "soak", str(seed), "1000", str(folder), *families],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=3500, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-5000:]
    told = json.loads(done.stdout)
    assert told["confirmed"] > 4_000
    assert told["near_ties"] <= told["confirmed"] / 1000
    first, *_, last = told["held"]
    for what in ("bytes", "anonymous") if sys.platform == "linux" else ("bytes",):
        assert last[what] <= 1.05 * first[what], told["held"]
    assert last["objects"] - first["objects"] < 2_000, told["held"]
