"""Faults while conversations are kept on disk: nothing broken is kept, nothing is in the way."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from carrying_out import carry_out
from tiny_checkpoints import build_gemma3, build_lfm2_vl

from engine import Failed, Finished, Generate, Limits, LoadModel, assistant, user
from engine.cache.sealed_file import SealedReader
from engine.paths import HOME_VARIABLE, resume_dir
from engine.worker import EngineWorker

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine import Message

ROOT = Path(__file__).parents[2]
LONG = "The tide table for the northern harbour lists four heights a day. " * 6
MOST_BYTES = 2**30
posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX processes")


def ask(worker: EngineWorker, messages: tuple[Message, ...], tokens: int = 6) -> Finished:
    *_, done = carry_out(worker, Generate(messages, limits=Limits(tokens)))
    assert isinstance(done, Finished), done
    return done


def started(folder: Path, most_bytes: int | None = MOST_BYTES) -> EngineWorker:
    worker = EngineWorker()
    carry_out(worker, LoadModel(folder, "full", resume_bytes=most_bytes))
    return worker


def answers_without_a_disk(folder: Path, conversations: list[tuple[Message, ...]]) -> list[str]:
    worker = started(folder, None)
    said = [ask(worker, messages).text for messages in conversations]
    worker.close()
    return said


def read_all() -> int:
    files = [path for path in resume_dir().rglob("*.safetensors") if path.is_file()]
    for path in files:
        SealedReader().read(path)
    return len(files)


@pytest.fixture(params=[build_lfm2_vl, build_gemma3], ids=["convolutions", "windows"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    built: Path = request.param(tmp_path / "model")
    return built


def break_down(*_: object) -> None:
    raise ValueError("a part broke")


def in_the_last_layer(worker: EngineWorker, hook: Callable[..., object]) -> Callable[[], None]:
    assert worker._model is not None
    layer = worker._model.network.get_decoder().layers[-1]
    remove: Callable[[], None] = layer.register_forward_pre_hook(hook).remove
    return remove


def test_what_a_fault_has_left_half_written_is_never_kept(folder: Path, caplog) -> None:
    worker = started(folder)
    first = (user(LONG),)
    done = ask(worker, first)
    second = (*first, assistant(done.text), user("And then? " + LONG))
    remove = in_the_last_layer(worker, break_down)
    *_, failed = carry_out(worker, Generate(second))
    remove()
    assert isinstance(failed, Failed)
    third = (*second, assistant("Well."), user("So?"))
    worker.close()
    read_all()
    again = started(folder)
    said = [ask(again, messages).text for messages in (second, third)]
    again.close()
    assert said == answers_without_a_disk(folder, [second, third])
    assert "a part broke" in caplog.text


def test_what_was_kept_before_a_fault_is_of_use_after_it(folder: Path, caplog) -> None:
    worker = started(folder)
    first = (user(LONG),)
    done = ask(worker, first)
    worker._resume.finish()
    second = (*first, assistant(done.text), user("And then?"))
    remove = in_the_last_layer(worker, break_down)
    *_, failed = carry_out(worker, Generate(second))
    remove()
    assert isinstance(failed, Failed)
    # The cache went with the fault; the disk has it still, in this process as in the next.
    kept = done.usage.prompt_tokens + done.usage.completion_tokens - 1
    assert ask(worker, second).usage.reused_tokens >= kept
    worker.close()
    assert caplog.records


@posix
def test_a_full_disk_costs_no_answer(folder: Path, caplog) -> None:
    import resource

    first = (user(LONG),)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    worker = started(folder)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
        done = ask(worker, first)
        worker._resume.finish()
        second = (*first, assistant(done.text), user("And then?"))
        full = ask(worker, second)
        worker._resume.finish()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert "cannot be kept" in caplog.text
    assert full.usage.reused_tokens == done.usage.prompt_tokens + done.usage.completion_tokens - 1
    third = (*second, assistant(full.text), user("So?"))
    after = ask(worker, third)
    worker.close()
    assert read_all() > 0
    again = started(folder)
    last = (*third, assistant(after.text), user("Go on."))
    kept = after.usage.prompt_tokens + after.usage.completion_tokens - 1
    assert ask(again, last).usage.reused_tokens == kept
    again.close()


CHILD = """
import sys
from pathlib import Path

sys.path.insert(0, sys.argv[3])
from carrying_out import carry_out
from engine import Finished, Generate, Limits, LoadModel, assistant, user
from engine.worker import EngineWorker

worker = EngineWorker()
carry_out(worker, LoadModel(Path(sys.argv[1]), "full", resume_bytes=2**30))
messages = ()
for number in range(1000):
    messages = (*messages[-6:], user(f"{number} {sys.argv[2]}"))
    *_, done = carry_out(worker, Generate(messages, limits=Limits(6)))
    assert isinstance(done, Finished), done
    messages = (*messages, assistant(done.text))
    print(number, flush=True)
    worker._resume.finish()
"""


@posix
@pytest.mark.parametrize("seed", range(2))
def test_a_process_killed_while_it_keeps_things(
    folder: Path, tmp_path: Path, seed: int, monkeypatch
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder), LONG, str(ROOT / "tests" / "support")],
        stdout=subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    chance = random.Random(seed)
    turns = chance.randint(3, 9)
    try:
        assert child.stdout is not None
        for _ in range(turns):
            assert child.stdout.readline()
        # Somewhere in what is being written now.
        for _ in range(chance.randrange(300_000)):
            pass
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait(60)
        child.stdout.close()  # type: ignore[union-attr]
    assert read_all() > 0
    first, then = (user(f"0 {LONG}"),), (user(f"0 {LONG}And then?"),)
    worker = started(folder)
    done = [ask(worker, messages) for messages in (first, then)]
    worker.close()
    assert "damaged" not in done[0].usage.reuse_note
    assert done[0].usage.reused_tokens > 0
    assert [one.text for one in done] == answers_without_a_disk(folder, [first, then])
