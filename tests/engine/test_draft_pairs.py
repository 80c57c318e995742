"""A draft model in real turns of the engine's worker: it helps, it never changes or breaks one."""

from __future__ import annotations

import gc
import shutil
import weakref
from typing import TYPE_CHECKING

import pytest
from carrying_out import carry_out
from tiny_checkpoints import build_lfm2_vl, build_text_model

from engine import (
    Failed,
    Finished,
    Generate,
    Limits,
    LoadModel,
    ModelReady,
    SamplingParams,
    UnloadModel,
    assistant,
    user,
)
from engine.worker import EngineWorker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from engine import Message

GREEDY = SamplingParams()
DRAWN = SamplingParams(temperature=0.9, seed=4)
QUESTIONS = ("The tide table for the northern harbour.", "Quite another beginning.")


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[EngineWorker]:
    """With a tiny pair loaded."""
    folder = build_lfm2_vl(tmp_path / "model")
    build_text_model(folder / "draft", "lfm2", seed=3, layer_types=["conv", "full_attention"] * 2)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(folder / name, folder / "draft" / name)
    worker = EngineWorker()
    (*_, ready) = carry_out(worker, LoadModel(folder, "full"))
    assert isinstance(ready, ModelReady)
    assert ready.model.draft_bytes > 0
    yield worker
    worker.close()


def ask(
    worker: EngineWorker,
    messages: tuple[Message, ...],
    sampling: SamplingParams = GREEDY,
    *,
    drafting: bool = True,
) -> Finished:
    request = Generate(messages, sampling, Limits(max_tokens=40), drafting=drafting)
    (*_, end) = carry_out(worker, request)
    assert isinstance(end, Finished)
    return end


@pytest.mark.parametrize("sampling", [GREEDY, DRAWN], ids=["greedy", "drawn"])
def test_interleaved_conversations_say_what_they_say_undrafted(
    worker: EngineWorker, sampling: SamplingParams
) -> None:
    said: dict[bool, list[str]] = {}
    for drafting in (True, False):
        texts: list[str] = []
        histories: list[tuple[Message, ...]] = [(user(question),) for question in QUESTIONS]
        for _ in range(3):
            for at, history in enumerate(histories):
                end = ask(worker, history, sampling, drafting=drafting)
                assert (end.drafts is not None) == drafting
                texts.append(end.text)
                histories[at] = (*history, assistant(end.text), user("And then?"))
        said[drafting] = texts
    assert said[True] == said[False]


def test_the_draft_model_takes_part(worker: EngineWorker) -> None:
    by = dict[str, int]()
    for question in QUESTIONS:
        drafts = ask(worker, (user(question),)).drafts
        assert drafts is not None
        by |= dict(drafts.by)
    assert "draft model" in by


def test_a_draft_that_fails_leaves_the_answer_alone(worker: EngineWorker) -> None:
    plain = ask(worker, (user(QUESTIONS[0]),), drafting=False)
    model = worker._model
    assert model is not None
    assert model.draft is not None

    def no_memory(*_: object) -> None:
        raise MemoryError

    model.draft.forward = no_memory  # type: ignore[assignment,method-assign]
    broken = ask(worker, (user(QUESTIONS[0]),))
    assert broken.text == plain.text
    assert broken.drafts is not None
    assert "The draft model failed (MemoryError)" in broken.drafts.note
    later = ask(worker, (user(QUESTIONS[0]),))
    assert later.text == plain.text
    assert later.drafts is not None
    assert "failed" not in later.drafts.note


def test_a_model_that_fails_leaves_its_draft_whole(worker: EngineWorker) -> None:
    plain = ask(worker, (user(QUESTIONS[0]),))
    model = worker._model
    assert model is not None
    forward, left = model.forward, [5]

    def failing(*args, **options):  # noqa: ANN002, ANN003, ANN202
        left[0] -= 1
        if left[0] < 0:
            raise MemoryError
        return forward(*args, **options)

    model.forward = failing  # type: ignore[method-assign]
    model.verify, verify = failing, model.verify  # type: ignore[method-assign]
    (*_, failed) = carry_out(worker, Generate((user("Something else"),), limits=Limits(40)))
    assert isinstance(failed, Failed)
    model.forward, model.verify = forward, verify  # type: ignore[method-assign]
    assert ask(worker, (user(QUESTIONS[0]),)).text == plain.text


def test_unloading_lets_the_draft_go(worker: EngineWorker) -> None:
    ask(worker, (user(QUESTIONS[0]),))
    model = worker._model
    assert model is not None
    assert model.draft is not None
    draft = weakref.ref(model.draft)
    del model
    carry_out(worker, UnloadModel())
    gc.collect()
    assert draft() is None
