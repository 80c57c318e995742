"""The real engine thread on a real, tiny model."""

from __future__ import annotations

import dataclasses
import gc
import queue
import threading
import weakref
from typing import TYPE_CHECKING

import pytest
from carrying_out import carry_out

from engine import (
    BadRequest,
    ContextTooLong,
    CountTokens,
    EngineClient,
    Event,
    Failed,
    Finished,
    Generate,
    Limits,
    LoadModel,
    ModelNotUsable,
    ModelProgress,
    ModelReady,
    OutOfMemory,
    PrefillProgress,
    SamplingParams,
    Seen,
    TextDelta,
    TokensCounted,
    TurnFault,
    assistant,
    is_terminal,
    system,
    user,
)
from engine.worker import EngineWorker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Asker:
    """Submits and waits."""

    def __init__(self, client: EngineClient) -> None:
        self.client = client

    def __call__(self, request, *, cancel_at: type | None = None) -> list[Event]:
        waiting: queue.SimpleQueue[Event] = queue.SimpleQueue()
        ticket = self.client.submit(request, waiting.put)
        events: list[Event] = []
        while not events or not is_terminal(events[-1]):
            events.append(waiting.get(timeout=60))
            if cancel_at is not None and isinstance(events[-1], cancel_at):
                ticket.cancel()
        return events


@pytest.fixture(scope="module")
def ask(lfm2_folder: Path) -> Iterator[Asker]:
    client = EngineClient()
    asker = Asker(client)
    (*_, ready) = asker(LoadModel(lfm2_folder, "full"))
    assert isinstance(ready, ModelReady)
    yield asker
    assert client.close()


def test_without_a_model_there_is_a_sentence_and_no_fault() -> None:
    client = EngineClient()
    (failed,) = Asker(client)(Generate((user("Hello"),)))
    client.close()
    assert isinstance(failed, Failed)
    assert isinstance(failed.error, ModelNotUsable)


def test_the_loaded_model_is_described(ask: Asker, lfm2_folder: Path) -> None:
    (*_, ready) = ask(LoadModel(lfm2_folder, "full"))
    assert isinstance(ready, ModelReady)
    assert ready.model.family == "LFM2-VL"
    assert ready.model.max_context == 2048
    assert (ready.model.device, ready.model.weights) == ("cpu", "full")
    assert ready.memory.process_bytes > 0


def test_a_turn_reads_then_speaks_then_ends(ask: Asker) -> None:
    events = ask(Generate((user("One thing. " * 60),), limits=Limits(max_tokens=9)))
    progress = [e for e in events if isinstance(e, PrefillProgress)]
    deltas = [e for e in events if isinstance(e, TextDelta)]
    end = events[-1]
    assert isinstance(end, Finished)
    assert end.reason == "length"
    assert end.usage.completion_tokens == 9
    assert progress[0].done_tokens == progress[0].reused_tokens
    assert progress[-1].done_tokens == progress[-1].total_tokens == end.usage.prompt_tokens
    assert len(progress) > 2
    assert "".join(d.text for d in deltas) == end.text
    assert events.index(progress[-1]) < events.index(deltas[0])
    assert end.timings.ttft_s is not None
    assert end.timings.prefill_tok_s is not None


def test_a_second_turn_reports_what_it_reused(ask: Asker) -> None:
    first = (user("A question of some length, asked once."),)
    (*_, one) = ask(Generate(first, limits=Limits(max_tokens=6)))
    assert isinstance(one, Finished)
    (*_, two) = ask(Generate((*first, assistant(one.text), user("More?")), limits=Limits(6)))
    assert isinstance(two, Finished)
    assert two.usage.reused_tokens == one.usage.prompt_tokens + one.usage.completion_tokens - 1


def test_cancelling_while_reading_and_while_speaking(ask: Asker) -> None:
    long = Generate((user("Quite another beginning. " * 60),))
    (*_, reading) = ask(long, cancel_at=PrefillProgress)
    assert isinstance(reading, Finished)
    assert (reading.reason, reading.usage.completion_tokens) == ("cancelled", 0)
    (*_, speaking) = ask(long, cancel_at=TextDelta)
    assert isinstance(speaking, Finished)
    assert speaking.reason == "cancelled"
    assert 0 < speaking.usage.completion_tokens < 1000


def test_a_question_longer_than_the_context_is_refused_before_any_work(ask: Asker) -> None:
    events = ask(Generate((user("x" * 5000),)))
    (failed,) = events
    assert isinstance(failed, Failed)
    assert isinstance(failed.error, ContextTooLong)
    assert failed.error.over_tokens > 2900
    assert f"{failed.error.over_tokens:,} more" in failed.error.sentence
    (*_, after) = ask(Generate((user("Short"),), limits=Limits(max_tokens=2)))
    assert isinstance(after, Finished)


def test_the_answer_ends_where_the_context_ends(ask: Asker) -> None:
    (*_, end) = ask(Generate((user("y" * 2000),)))
    assert isinstance(end, Finished)
    assert end.usage.prompt_tokens + end.usage.completion_tokens <= 2048
    assert end.reason in {"length", "stop"}


def test_counting_agrees_with_the_turn_itself(ask: Asker, picture) -> None:
    messages = (system("Be brief."), user(picture(5), "What is this?"))
    (counted,) = ask(CountTokens(messages))
    (*_, end) = ask(Generate(messages, limits=Limits(max_tokens=2)))
    assert isinstance(counted, TokensCounted)
    assert isinstance(end, Finished)
    assert counted.prompt_tokens == end.usage.prompt_tokens
    assert counted.image_tokens == end.usage.image_tokens == 12


def test_counting_foresees_what_is_reused_and_how_long_the_rest_takes(ask: Asker, picture) -> None:
    first = (user(picture(5), "What is this? " * 40),)
    (before,) = ask(CountTokens(first))
    (*_, end) = ask(Generate(first, limits=Limits(max_tokens=2)))
    assert isinstance(end, Finished)
    second = (*first, assistant(end.text), user("And then?"))

    (counted,) = ask(CountTokens(second))
    (edited,) = ask(CountTokens((user(picture(6), "What is this? " * 40),)))
    (*_, after) = ask(Generate(second, limits=Limits(max_tokens=2)))

    assert isinstance(before, TokensCounted)
    assert isinstance(counted, TokensCounted)
    assert isinstance(edited, TokensCounted)
    assert isinstance(after, Finished)
    assert before.reusable_tokens == end.usage.reused_tokens
    assert before.reusable_tokens < counted.reusable_tokens == after.usage.reused_tokens
    assert counted.read_s is not None
    assert edited.reusable_tokens < counted.reusable_tokens
    assert edited.read_s is not None
    assert 0 < counted.read_s < edited.read_s


def test_the_last_messages_share_is_counted(ask: Asker) -> None:
    (one,) = ask(CountTokens((user("First question"),)))
    (two,) = ask(CountTokens((user("First question"), assistant("Yes"), user("Second"))))
    assert isinstance(one, TokensCounted)
    assert isinstance(two, TokensCounted)
    assert one.last_message_tokens == one.prompt_tokens
    assert 0 < two.last_message_tokens < two.prompt_tokens - one.prompt_tokens + 40


def test_a_conversation_without_a_question_is_refused(ask: Asker) -> None:
    (failed,) = ask(Generate((assistant("Hello"),)))
    assert isinstance(failed, Failed)
    assert isinstance(failed.error, BadRequest)


def test_a_stop_string_ends_the_answer_unseen(ask: Asker) -> None:
    first = Generate((user("Tell me"),), limits=Limits(max_tokens=30))
    (*_, plain) = ask(first)
    assert isinstance(plain, Finished)
    stop = plain.text[3:5]
    (*_, cut) = ask(Generate(first.messages, limits=Limits(30, (stop,))))
    assert isinstance(cut, Finished)
    assert cut.reason == "stop"
    assert cut.text == plain.text[: plain.text.find(stop)]


def test_sampling_with_a_seed_repeats_itself(ask: Asker) -> None:
    def draw(seed: int) -> str:
        sampling = SamplingParams(temperature=1.5, seed=seed)
        (*_, end) = ask(Generate((user("Draw"),), sampling, Limits(max_tokens=12)))
        assert isinstance(end, Finished)
        return end.text

    assert draw(1) == draw(1)
    assert draw(1) != draw(2)


def test_a_broken_folder_leaves_the_loaded_model_in_place(ask: Asker, tmp_path: Path) -> None:
    (*_, failed) = ask(LoadModel(tmp_path))
    assert isinstance(failed, Failed)
    assert isinstance(failed.error, ModelNotUsable)
    (*_, end) = ask(Generate((user("Still there?"),), limits=Limits(max_tokens=2)))
    assert isinstance(end, Finished)


def test_a_cancelled_load_changes_nothing(ask: Asker, lfm2_folder: Path) -> None:
    (*_, ready) = ask(LoadModel(lfm2_folder, "full"))
    assert isinstance(ready, ModelReady)
    (*_, end) = ask(LoadModel(lfm2_folder, "bnb_nf4"), cancel_at=ModelProgress)
    assert isinstance(end, Finished)
    assert end.reason == "cancelled"
    (*_, answer) = ask(Generate((user("Still full precision?"),), limits=Limits(2)))
    assert isinstance(answer, Finished)


def test_a_draft_is_counted_while_an_answer_runs(ask: Asker) -> None:
    order: list[str] = []
    answered, counted = threading.Event(), threading.Event()

    def hear_answer(event: Event) -> None:
        if isinstance(event, TextDelta) and not order:
            order.append("speaking")
            ask.client.submit(CountTokens((user("A draft"),)), hear_count)
        if is_terminal(event):
            order.append("answered")
            answered.set()

    def hear_count(event: Event) -> None:
        assert isinstance(event, TokensCounted)
        order.append("counted")
        counted.set()

    ask.client.submit(Generate((user("Talk on"),), limits=Limits(400)), hear_answer)
    assert counted.wait(60)
    assert answered.wait(60)
    assert order == ["speaking", "counted", "answered"]


def test_a_failure_that_is_kept_keeps_no_model_alive(lfm2_folder: Path, picture) -> None:
    worker = EngineWorker()
    carry_out(worker, LoadModel(lfm2_folder, "full"))
    model = weakref.ref(worker._model)  # type: ignore[arg-type]
    broken = dataclasses.replace(picture(1), data=b"no picture")
    events = carry_out(worker, Generate((user(broken, "What?"),)))
    assert isinstance(events[-1], Failed)
    worker.close()
    gc.collect()
    assert model() is None


def test_after_the_memory_ran_out_what_can_be_computed_again_is_given_up(
    lfm2_folder: Path, caplog
) -> None:
    worker = EngineWorker()
    carry_out(worker, LoadModel(lfm2_folder, "full"))
    events = carry_out(worker, Generate((user("One"),), limits=Limits(3)))
    assert worker._prefixes is not None
    assert worker._model is not None
    assert worker._prefixes.nbytes > 0
    plain = worker._model.forward

    def no_memory(*_args: object, **_kwargs: object) -> object:
        raise MemoryError

    worker._model.forward = no_memory  # type: ignore[method-assign,assignment]
    events = carry_out(worker, Generate((user("Two"),)))
    assert isinstance(events[-1], Failed)
    assert isinstance(events[-1].error, OutOfMemory)
    assert worker._prefixes.nbytes == 0
    worker._model.forward = plain  # type: ignore[method-assign]
    events = carry_out(worker, Generate((user("Two"),), limits=Limits(3)))
    assert isinstance(events[-1], Finished)
    assert caplog.records


@pytest.mark.parametrize("blank", ["", "  \n "])
def test_a_blank_question_is_refused(ask: Asker, blank: str) -> None:
    (failed,) = ask(Generate((user(blank),)))
    assert isinstance(failed, Failed)
    assert isinstance(failed.error, BadRequest)


def test_an_attachment_alone_is_a_question_and_can_be_counted(ask: Asker, picture) -> None:
    (counted,) = ask(CountTokens((user(picture(7)),)))
    assert isinstance(counted, TokensCounted)
    assert counted.image_tokens == 12
    (seen,) = counted.pictures
    assert (seen.sha256, seen.standard) == (picture(7).sha256, Seen(64, 48, 12))
    (*_, end) = ask(Generate((user(picture(7)),), limits=Limits(2)))
    assert isinstance(end, Finished)


def test_half_a_surrogate_pair_is_read_as_an_unknown_character(ask: Asker) -> None:
    (*_, end) = ask(Generate((user("caf\udce9?"),), limits=Limits(2)))
    assert isinstance(end, Finished)


def test_a_fault_in_the_middle_keeps_what_was_said(lfm2_folder: Path, caplog) -> None:
    worker = EngineWorker()
    carry_out(worker, LoadModel(lfm2_folder, "full"))
    model = worker._model
    assert model is not None
    plain = model.forward
    steps: list[int] = []

    def fails_late(*args: object, **kwargs: object) -> object:
        steps.append(1)
        if len(steps) == 9:
            raise RuntimeError("a part broke")
        return plain(*args, **kwargs)

    model.forward = fails_late  # type: ignore[method-assign]
    events = carry_out(worker, Generate((user("Go"),)))
    failed = events[-1]
    assert isinstance(failed, Failed)
    assert isinstance(failed.error, TurnFault)
    said = "".join(e.text for e in events if isinstance(e, TextDelta))
    assert failed.text == said != ""
    assert "a part broke" in caplog.text
    model.forward = plain  # type: ignore[method-assign]
    events = carry_out(worker, Generate((user("Go"),), limits=Limits(3)))
    assert isinstance(events[-1], Finished)
