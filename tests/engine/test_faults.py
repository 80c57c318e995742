"""Real faults: one clear failure, what was said is kept, the next request works, nothing stays."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import pytest
import torch
from carrying_out import carry_out
from safetensors.torch import load_file, save_file
from tiny_checkpoints import build_lfm2_vl, build_qwen3_vl
from transformers import AutoTokenizer

from engine import (
    Failed,
    Finished,
    Generate,
    Limits,
    LoadModel,
    OutOfMemory,
    TextDelta,
    TurnFault,
    user,
)
from engine.decode.sampler import NotANumber
from engine.faults import explain, largest_allocation
from engine.inbox import Ticket
from engine.model.allocation import is_out_of_memory
from engine.worker import EngineWorker

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine import Event
    from engine.model.loaded_model import LoadedModel

ROOT = Path(__file__).parents[2]
# What becomes of each way to break the engine.
ENDS = {
    "no_memory_while_reading": "OutOfMemory",
    "no_memory_while_speaking": "OutOfMemory",
    "no_memory_while_loading": "OutOfMemory",
    "no_memory_while_looking": "OutOfMemory",
    "no_room_for_a_kernel": "OutOfMemory",
    "broken_arithmetic": "TurnFault",
    "exception_in_a_forward": "TurnFault",
    "dead_thread": "EngineStopped",
    "model_given_up": "ModelChanged",
}
SILENT = {
    "no_memory_while_reading",
    "no_memory_while_loading",
    "no_memory_while_looking",
    "no_room_for_a_kernel",
    "broken_arithmetic",
}


def poison(folder: Path, spoil: Callable[[dict[str, torch.Tensor]], None]) -> Path:
    """Change the weights of a checkpoint on disk."""
    weights = load_file(folder / "model.safetensors")
    spoil(weights)
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    return folder


@pytest.fixture(scope="session")
def breaks_at_z(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint for which the letter Z is no number. It never says it by itself."""
    folder = build_lfm2_vl(tmp_path_factory.mktemp("models") / "breaks-at-z", max_context=20_000)
    z = AutoTokenizer.from_pretrained(folder).convert_tokens_to_ids("Z")

    def spoil(weights: dict[str, torch.Tensor]) -> None:
        read = weights["model.language_model.embed_tokens.weight"]
        weights["lm_head.weight"] = read.clone()
        weights["lm_head.weight"][z].fill_(0.0)
        read[z].fill_(torch.nan)

    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["tie_word_embeddings"] = config["text_config"]["tie_word_embeddings"] = False
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return poison(folder, spoil)


def break_again_and_again(folder: Path, rounds: int, *keeping: str) -> dict[str, Any]:
    environment = os.environ | {
        "PYTHONPATH": str(ROOT / "tests" / "support"),
        # Otherwise how large a block must be to be the system's own affair changes with use.
        "MALLOC_MMAP_THRESHOLD_": "131072",
    }
    done = subprocess.run(
        [sys.executable, "-m", "faulty_engine", str(folder), str(rounds), *keeping],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=1500, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def check_faults(faults: list[dict[str, Any]]) -> None:
    for fault in faults:
        way = str(fault["way"])
        assert fault["error"] == ENDS[way], fault
        assert bool(fault["said"]) == (way not in SILENT), fault
        assert fault["next_is_right"], fault


needs_limits = pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are Linux's")


@needs_limits
def test_every_fault_ends_once_and_the_next_request_works(breaks_at_z: Path) -> None:
    told = break_again_and_again(breaks_at_z, 1)
    assert {fault["way"] for fault in told["faults"]} == set(ENDS)
    check_faults(told["faults"])


@needs_limits
def test_no_fault_leaves_anything_broken_on_disk(breaks_at_z: Path) -> None:
    told = break_again_and_again(breaks_at_z, 1, "and keep it")
    check_faults(told["faults"])
    assert told["files"] > 0
    # Another process finds what the first has kept, and says the same.
    again = break_again_and_again(breaks_at_z, 0, "and keep it")
    assert again["said"] == told["said"]


@needs_limits
@pytest.mark.slow
@pytest.mark.timeout(1600)
def test_fifty_faults_leave_no_memory_behind(breaks_at_z: Path) -> None:
    told = break_again_and_again(breaks_at_z, 10)
    check_faults(told["faults"])
    # What the first rounds leave are compiled kernels, up to a number, and libraries' caches. How
    # much of it the allocator gives back differs by a few megabytes from round to round.
    settled, last = told["held"][2:5], told["held"][-3:]
    assert len(told["faults"]) - 3 * len(ENDS) >= 50
    assert last[-1]["objects"] - settled[0]["objects"] < 1_000
    before, after = (median(held["bytes"] for held in three) for three in (settled, last))
    assert after - before < 6 * 2**20


def answer_with_a_new_letter(worker: EngineWorker) -> tuple[str, str, str]:
    """A question, a letter that only its answer has, and the answer up to that letter."""
    for question in ("Go", "Now", "Tell me", "Why", "Who", "Once more", "Next", "Count"):
        events = carry_out(worker, Generate((user(question),), limits=Limits(40)))
        said = ""
        for delta in (event for event in events if isinstance(event, TextDelta)):
            said += delta.text
            if delta.text.isascii() and delta.text not in f"user\n{question}assistant\n":
                return question, delta.text, said
    raise AssertionError("this model never says anything new")


def test_numbers_that_break_in_the_middle_of_an_answer(tmp_path: Path, load, caplog) -> None:
    folder = build_qwen3_vl(tmp_path / "qwen")
    worker = EngineWorker()
    carry_out(worker, LoadModel(folder, "full"))
    question, letter, said_before = answer_with_a_new_letter(worker)
    worker.close()
    (token,) = load(folder).tokenize(letter)

    def spoil(weights: dict[str, torch.Tensor]) -> None:
        weights["model.language_model.embed_tokens.weight"][token].fill_(torch.nan)

    worker = EngineWorker()
    carry_out(worker, LoadModel(poison(folder, spoil), "full"))
    for _ in range(2):
        *_, failed = carry_out(worker, Generate((user(question),), limits=Limits(40)))
        assert isinstance(failed, Failed)
        assert isinstance(failed.error, TurnFault)
        assert "NotANumber" in failed.error.details
        assert failed.text == said_before
    *_, after = carry_out(worker, Generate((user(question),), limits=Limits(1)))
    assert isinstance(after, Finished)
    worker.close()
    assert caplog.records


def test_a_fault_does_not_touch_a_turn_that_stands_still(lfm2_folder: Path, caplog) -> None:
    worker = EngineWorker()
    carry_out(worker, LoadModel(lfm2_folder, "full"))
    still = Generate((user("Talk on and on."),), limits=Limits(20))
    *_, alone = carry_out(worker, still)
    events: list[Event] = []
    work = worker.begin(Ticket(still, events.append), lambda _: None)
    for _ in range(8):
        next(work)
    assert worker._model is not None
    layer = worker._model.network.model.language_model.layers[-1]
    handle = layer.register_forward_pre_hook(break_down)
    *_, failed = carry_out(worker, Generate((user("Talk on and on. And then?"),)))
    handle.remove()
    assert isinstance(failed, Failed)
    for _ in work:
        pass
    assert isinstance(alone, Finished)
    assert isinstance(events[-1], Finished)
    assert events[-1].text == alone.text
    worker.close()
    assert "a part broke" in caplog.text


def break_down(*_: object) -> None:
    raise ValueError("a part broke")


@pytest.mark.parametrize(
    ("fault", "most_bytes", "out_of_memory"),
    [
        (RuntimeError("whatever the text says"), 2**60, True),
        (RuntimeError("can't allocate memory"), 0, False),
        (NotImplementedError("a kind of RuntimeError"), 2**60, False),
        (ValueError("something else"), 2**60, False),
        (MemoryError(), 0, True),
        (torch.OutOfMemoryError("on the card"), 0, True),
    ],
)
def test_out_of_memory_is_what_cannot_be_had(
    fault: Exception, most_bytes: int, out_of_memory: bool
) -> None:
    assert is_out_of_memory(fault, most_bytes) == out_of_memory
    assert isinstance(explain(fault, most_bytes), OutOfMemory) == out_of_memory


def test_broken_arithmetic_is_not_called_anything_else() -> None:
    error = explain(NotANumber("no numbers"), 2**60)
    assert isinstance(error, TurnFault)
    assert "arithmetic" in error.sentence


def test_the_largest_allocation_grows_with_the_prompt(tiny_model: LoadedModel) -> None:
    short, long = (largest_allocation(tiny_model, tokens, 256) for tokens in (10, 10_000))
    weight = max(p.numel() for p in tiny_model.network.parameters())
    assert short >= 4 * weight
    assert long >= 4 * 10_000 * 256 * 4  # the scores of four heads
