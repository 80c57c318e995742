"""A dead engine thread: what was open fails once, and the next request is answered."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Self

import pytest

from engine import (
    CountTokens,
    EngineClient,
    EngineError,
    EngineStopped,
    Event,
    Failed,
    Finished,
    Generate,
    LoadModel,
    MemoryUse,
    ModelInfo,
    ModelNotUsable,
    ModelReady,
    ModelUnloaded,
    OutOfMemory,
    Priority,
    TextDelta,
    Timings,
    TurnFault,
    UnloadModel,
    Usage,
    is_terminal,
    user,
)
from engine.schedule import Bounds

if TYPE_CHECKING:
    from engine import Request
    from engine.inbox import EndOvertaken, Ticket, Work

ASK = (user("What is the time?"),)
MODEL = ModelInfo(
    name="Mortal",
    folder=Path("mortal"),
    family="mortal",
    weights="full",
    device="cpu",
    device_name="A processor",
    dtype="float32",
    attention="sdpa",
    max_context=2048,
    parameters=1,
    weight_bytes=4,
    load_s=0.1,
)


class Mortal:
    """A worker that loads, counts, and dies of every question after its first word."""

    def __init__(self, lives: list[Self]) -> None:
        lives.append(self)
        self.handled: list[Request] = []

    def begin(self, ticket: Ticket, end_overtaken: EndOvertaken) -> Work:
        del end_overtaken
        self.handled.append(ticket.request)
        match ticket.request:
            case LoadModel(request_id=request_id):
                ticket.emit(ModelReady(request_id, MODEL, MemoryUse(0)))
            case UnloadModel(request_id=request_id):
                ticket.emit(ModelUnloaded(request_id, MemoryUse(0)))
            case CountTokens(request_id=request_id):
                usage, timings = Usage(0, 0, 0, 0), Timings(0, 0)
                ticket.emit(Finished(request_id, "stop", "", usage, timings, MemoryUse(0)))
            case Generate(request_id=request_id):
                ticket.emit(TextDelta(request_id, "Well", 1))
                yield
                raise SystemError("worn out")
        yield

    def close(self) -> None:
        """Nothing is held."""


def end_of(client: EngineClient, request: Request) -> Event:
    events: list[Event] = []
    assert client.submit(request, events.append).wait(10)
    return events[-1]


def test_the_next_request_finds_the_same_model_in_a_new_thread(caplog) -> None:
    lives: list[Mortal] = []
    client = EngineClient(lambda: Mortal(lives))
    load = LoadModel(Path("a-model"), "full", priority=Priority.API)
    end_of(client, load)
    died = end_of(client, Generate(ASK))
    assert isinstance(died, Failed)
    assert isinstance(died.error, EngineStopped)
    assert died.text == "Well"
    count = CountTokens(ASK)
    assert isinstance(end_of(client, count), Finished)
    again, counted = lives[1].handled
    assert isinstance(again, LoadModel)
    assert (again.folder, again.weights) == (load.folder, load.weights)
    assert again.request_id != load.request_id
    assert counted is count
    assert client.close()
    assert len(caplog.records) == 1


def test_a_model_that_was_given_up_does_not_come_back(caplog) -> None:
    lives: list[Mortal] = []
    client = EngineClient(lambda: Mortal(lives))
    for request in (LoadModel(), UnloadModel(), Generate(ASK), CountTokens(ASK)):
        end_of(client, request)
    assert [type(request) for request in lives[1].handled] == [CountTokens]
    client.close()
    assert caplog.records


def test_where_another_model_is_asked_for_only_that_is_loaded(caplog) -> None:
    lives: list[Mortal] = []
    client = EngineClient(lambda: Mortal(lives))
    end_of(client, LoadModel(Path("one")))
    end_of(client, Generate(ASK))
    other = LoadModel(Path("other"))
    assert isinstance(end_of(client, other), ModelReady)
    assert lives[1].handled == [other]
    client.close()
    assert caplog.records


def test_what_stood_still_ends_with_what_it_had_said(caplog) -> None:
    lives: list[Mortal] = []
    client = EngineClient(lambda: Mortal(lives), Bounds(slice_s=0.0))
    gate = threading.Event()
    both: list[list[Event]] = [[], []]

    def slow(event: Event) -> None:
        both[0].append(event)
        gate.wait(10)

    first = client.submit(Generate(ASK, priority=Priority.API), slow)
    second = client.submit(Generate(ASK, priority=Priority.API), both[1].append)
    gate.set()
    assert first.wait(10)
    assert second.wait(10)
    for events in both:
        (end,) = [event for event in events if is_terminal(event)]
        assert isinstance(end, Failed)
        assert end.text == "".join(e.text for e in events if isinstance(e, TextDelta)) == "Well"
    client.close()
    assert caplog.records


class Spoilt(Mortal):
    """Fails every question with the error that it asks for, and remembers its threads."""

    errors: ClassVar[dict[str, EngineError]] = {
        "memory": OutOfMemory("No memory."),
        "fault": TurnFault("A fault."),
        "model": ModelNotUsable("No model."),
    }

    def __init__(self, lives: list[Self]) -> None:
        super().__init__(lives)
        self.threads: list[threading.Thread] = []

    def begin(self, ticket: Ticket, end_overtaken: EndOvertaken) -> Work:
        self.threads.append(threading.current_thread())
        if not isinstance(ticket.request, Generate):
            yield from super().begin(ticket, end_overtaken)
            return
        error = self.errors[ticket.request.messages[-1].text]
        ticket.emit(Failed(ticket.request.request_id, error))
        yield


@pytest.mark.parametrize(("kind", "new"), [("memory", True), ("fault", True), ("model", False)])
def test_after_a_fault_the_same_worker_goes_on_in_a_new_thread(kind: str, new: bool) -> None:
    lives: list[Spoilt] = []
    client = EngineClient(lambda: Spoilt(lives))
    assert isinstance(end_of(client, Generate((user(kind),))), Failed)
    assert isinstance(end_of(client, CountTokens(ASK)), Finished)
    (worker,) = lives
    before, after = worker.threads
    assert (before is not after) == new
    assert client.close()
    assert not after.is_alive()
