"""Turns that alternate on one model say what they would have said alone."""

from __future__ import annotations

import queue
import random
import time
from typing import TYPE_CHECKING

import pytest
from carrying_out import carry_out

from engine import (
    EngineClient,
    Failed,
    Finished,
    Generate,
    Limits,
    LoadModel,
    MemoryUse,
    ModelChanged,
    ModelNotUsable,
    ModelReady,
    ModelUnloaded,
    PrefillProgress,
    Priority,
    TextDelta,
    UnloadModel,
    assistant,
    is_terminal,
    user,
)
from engine.prompt.render import render
from engine.turn import Turn
from engine.worker import EngineWorker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from engine import Event, Message

LONG = "The tide table for the northern harbour lists four heights a day. " * 5
FAMILIES = ["LFM2-VL", "Qwen3-VL"]


@pytest.fixture(params=FAMILIES)
def conversations(request: pytest.FixtureRequest, conversations_on) -> object:
    return conversations_on(request.param)


def turn_on(conversations, messages: tuple[Message, ...], max_tokens: int = 12) -> Turn:
    return Turn(
        request=Generate(messages, limits=Limits(max_tokens=max_tokens)),
        model=conversations.model,
        prefixes=conversations.prefixes,
        transcripts=conversations.transcripts,
        cancelled=lambda: False,
        memory=lambda: MemoryUse(0),
        submitted=time.perf_counter(),
    )


def asked_alone(conversations, first: tuple[Message, ...], then: tuple[Message, ...]) -> Finished:
    """The second of two turns that no others come between."""
    fresh = type(conversations)(conversations.model)
    fresh.ask(first)
    return fresh.ask(then)


def alternate(turns: list[Turn], seed: int) -> list[Finished]:
    """Advance the turns one step at a time in an order that `seed` decides."""
    order = random.Random(seed)
    ends: dict[int, Event | None] = {}
    running = {index: turn.run() for index, turn in enumerate(turns)}
    while running:
        index = order.choice(sorted(running))
        try:
            ends[index] = next(running[index])
        except StopIteration:
            del running[index]
    finished = [ends[index] for index in range(len(turns))]
    assert all(isinstance(event, Finished) for event in finished)
    return finished  # type: ignore[return-value]


@pytest.mark.parametrize("seed", range(3))
def test_alternating_turns_say_what_they_would_alone(conversations, picture, seed: int) -> None:
    first = (user(picture(1), LONG),)
    one = conversations.ask(first)
    asked = [
        (*first, assistant(one.text), user("And then?")),
        (*first, assistant(one.text), user(picture(2), "And this?")),
        first,
        (user("Something else. ", picture(3)),),
    ]
    alone = [asked_alone(conversations, first, messages).text for messages in asked]
    together = alternate([turn_on(conversations, messages) for messages in asked], seed)
    assert [finished.text for finished in together] == alone
    for messages, finished in zip(asked, together, strict=True):
        follow_up = (*messages, assistant(finished.text), user("Go on."))
        reused, with_reuse, fresh = conversations.reused_and_recomputed(follow_up)
        assert (with_reuse - fresh).abs().max() < 1e-4
        assert reused > 0


def test_no_two_turns_hold_one_cache(conversations) -> None:
    messages = (user(LONG),)
    conversations.ask(messages)
    keys = render(messages, conversations.model, conversations.transcripts).keys
    with conversations.prefixes.lease(keys) as one, conversations.prefixes.lease(keys) as two:
        assert one.reused > 0
        assert two.reused == 0
        assert one.cache is not two.cache


@pytest.mark.parametrize("steps", [1, 2, 3, 6])
def test_a_turn_closed_while_it_stands_still_leaves_what_it_read(conversations, steps: int) -> None:
    messages = (user(LONG * 3),)
    running = turn_on(conversations, messages).run()
    for _ in range(steps):
        next(running)
    running.close()
    reused, with_reuse, fresh = conversations.reused_and_recomputed(messages)
    assert (with_reuse - fresh).abs().max() < 1e-4
    assert (reused > 0) == (steps > 1)  # the first step only looks for what is there


def test_time_that_a_turn_stands_still_is_in_no_rate(conversations) -> None:
    events = []
    for event in turn_on(conversations, (user(LONG),), max_tokens=4).run():
        events.append(event)
        until = time.perf_counter() + 0.05
        while time.perf_counter() < until:
            pass
    timings = events[-1].timings
    assert timings.paused_s > 0.05 * (len(events) - 2)
    assert timings.total_s > timings.paused_s
    assert timings.ttft_s > 0.05
    working_s = timings.total_s - timings.paused_s
    assert 3 / timings.decode_tok_s < working_s + 0.02


class Heard:
    """One request of a client, and what was heard of it, in one list with all others."""

    def __init__(self) -> None:
        self.all: list[Event] = []
        self._waiting: queue.SimpleQueue[Event] = queue.SimpleQueue()

    def __call__(self, event: Event) -> None:
        self.all.append(event)
        self._waiting.put(event)

    def until(self, request_id: str, kind: type | None = None) -> Event:
        """Wait for the end of a request, or for its next event of `kind`."""
        while True:
            event = self._waiting.get(timeout=120)
            wanted = is_terminal(event) if kind is None else isinstance(event, kind)
            if event.request_id == request_id and wanted:
                return event


@pytest.fixture
def client(lfm2_folder: Path) -> Iterator[EngineClient]:
    client = EngineClient()
    assert client.submit(LoadModel(lfm2_folder, "full"), lambda _: None).wait(120)
    yield client
    assert client.close()


def batch(tokens: int = 60, question: str = "Talk on and on.") -> Generate:
    limits = Limits(max_tokens=tokens)
    return Generate((user(question),), limits=limits, priority=Priority.BATCH)


@pytest.mark.parametrize("moment", [PrefillProgress, TextDelta])
def test_the_window_comes_between_and_the_batch_goes_on_as_if_nothing_were(
    client, moment: type
) -> None:
    heard = Heard()
    plain, paused = batch(question=LONG * 3), batch(question=LONG * 3)
    client.submit(plain, heard)
    whole = heard.until(plain.request_id)
    window = Generate((user("Quickly!"),), limits=Limits(max_tokens=8))

    def hear(event: Event) -> None:
        heard(event)
        if isinstance(event, moment) and window not in sent:
            sent.append(window)
            client.submit(window, heard)

    sent: list[Generate] = []
    client.submit(paused, hear)
    end = heard.until(paused.request_id)
    assert isinstance(end, Finished)
    assert isinstance(whole, Finished)
    assert end.text == whole.text
    assert end.timings.paused_s > 0
    order = [event.request_id for event in heard.all if event.request_id != plain.request_id]
    among = order[order.index(window.request_id) :]
    answered = max(i for i, request_id in enumerate(among) if request_id == window.request_id)
    assert set(among[: answered + 1]) == {window.request_id}
    assert among[answered + 1 :]


def test_cancelling_an_answer_that_stands_still(client) -> None:
    heard = Heard()
    waiting = batch()
    ticket = client.submit(waiting, heard)
    heard.until(waiting.request_id, TextDelta)
    window = Generate((user("Go on."),), limits=Limits(max_tokens=400))

    def hear(event: Event) -> None:
        heard(event)
        if isinstance(event, TextDelta):
            ticket.cancel()

    client.submit(window, hear)
    end = heard.until(waiting.request_id)
    assert isinstance(end, Finished)
    assert end.reason == "cancelled"
    assert end.text
    assert not [e for e in heard.all if is_terminal(e) and e.request_id == window.request_id]
    heard.until(window.request_id)


def test_a_new_model_ends_what_stood_still_and_answers_the_next(client, lfm2_folder: Path) -> None:
    heard = Heard()
    old = batch(400)
    client.submit(old, heard)
    heard.until(old.request_id, TextDelta)
    client.submit(LoadModel(lfm2_folder, "full"), heard)
    failed = heard.until(old.request_id)
    assert isinstance(failed, Failed)
    assert isinstance(failed.error, ModelChanged)
    deltas = [e for e in heard.all if isinstance(e, TextDelta) and e.request_id == old.request_id]
    assert failed.text == "".join(delta.text for delta in deltas) != ""
    following = batch(4)
    client.submit(following, heard)
    assert isinstance(heard.until(following.request_id), Finished)


def test_a_model_that_cannot_be_loaded_ends_nothing(client, tmp_path: Path) -> None:
    heard = Heard()
    going_on, load = batch(), LoadModel(tmp_path)
    client.submit(going_on, heard)
    heard.until(going_on.request_id, TextDelta)
    client.submit(load, heard)
    assert isinstance(heard.until(load.request_id), Failed)
    assert isinstance(heard.until(going_on.request_id), Finished)


def test_a_model_given_up_in_the_middle_of_an_answer(client) -> None:
    heard = Heard()
    window, unload = Generate((user("Talk on."),), limits=Limits(400)), UnloadModel()
    client.submit(window, heard)
    heard.until(window.request_id, TextDelta)
    client.submit(unload, heard)
    failed = heard.until(window.request_id)
    assert isinstance(failed, Failed)
    assert isinstance(failed.error, ModelChanged)
    assert failed.text
    assert isinstance(heard.until(unload.request_id), ModelUnloaded)
    client.submit(following := batch(4), heard)
    refused = heard.until(following.request_id)
    assert isinstance(refused, Failed)
    assert isinstance(refused.error, ModelNotUsable)


def test_given_up_twice_is_no_fault(lfm2_folder: Path) -> None:
    worker = EngineWorker()
    assert isinstance(carry_out(worker, LoadModel(lfm2_folder, "full"))[-1], ModelReady)
    for _ in range(2):
        assert isinstance(carry_out(worker, UnloadModel())[-1], ModelUnloaded)
    worker.close()
