"""One terminal event per request, whatever becomes of it."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING

import pytest

from engine import (
    EngineBusy,
    EngineClient,
    EngineStopped,
    Event,
    Failed,
    Finished,
    Generate,
    Priority,
    TextDelta,
    Timings,
    TurnFault,
    Usage,
    user,
)
from engine.api.events import MemoryUse, is_terminal
from engine.schedule import Bounds

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.inbox import EndOvertaken, Ticket, Work

ASK = (user("What is the time?"),)


class Script:
    """A worker that carries out each request in one step, a function of the ticket."""

    def __init__(self, act: Callable[[Ticket], None]) -> None:
        self._act = act
        self.closed = threading.Event()

    def begin(self, ticket: Ticket, end_overtaken: EndOvertaken) -> Work:
        del end_overtaken
        self._act(ticket)
        yield

    def close(self) -> None:
        self.closed.set()


def finished(ticket: Ticket, reason: str = "stop") -> Finished:
    request_id = ticket.request.request_id
    return Finished(request_id, reason, "", Usage(1, 0, 1, 0), Timings(0, 0), MemoryUse(0))  # type: ignore[arg-type]


def client_of(act: Callable[[Ticket], None]) -> EngineClient:
    return EngineClient(make_worker=lambda: Script(act))


def collect(client: EngineClient, count: int = 1) -> list[list[Event]]:
    sinks: list[list[Event]] = [[] for _ in range(count)]
    tickets = [client.submit(Generate(ASK), sink.append) for sink in sinks]
    assert all(ticket.wait(10) for ticket in tickets)
    return sinks


def test_events_arrive_in_order_and_end_once() -> None:
    def act(ticket: Ticket) -> None:
        for word in ("one ", "two"):
            ticket.emit(TextDelta(ticket.request.request_id, word, 1))
        ticket.emit(finished(ticket))
        ticket.emit(TextDelta(ticket.request.request_id, "late", 1))
        ticket.emit(finished(ticket))

    client = client_of(act)
    (events,) = collect(client)
    assert client.close()
    assert [type(event) for event in events] == [TextDelta, TextDelta, Finished]


def test_requests_are_served_in_order() -> None:
    served: list[str] = []

    def act(ticket: Ticket) -> None:
        served.append(ticket.request.request_id)
        ticket.emit(finished(ticket))

    client = client_of(act)
    requests = [Generate(ASK) for _ in range(5)]
    tickets = [client.submit(request, lambda _: None) for request in requests]
    assert all(ticket.wait(10) for ticket in tickets)
    client.close()
    assert served == [request.request_id for request in requests]


def test_a_worker_that_says_nothing_is_a_failure() -> None:
    client = client_of(lambda _: None)
    (events,) = collect(client)
    client.close()
    assert isinstance(events[0], Failed)
    assert isinstance(events[0].error, TurnFault)


@pytest.mark.parametrize("fault", [RuntimeError("broken"), SystemExit(1), MemoryError()])
def test_when_the_thread_dies_every_open_request_ends(fault: BaseException, caplog) -> None:
    first_came = threading.Event()

    def act(_ticket: Ticket) -> None:
        first_came.wait(10)
        raise fault

    client = client_of(act)
    sinks: list[list[Event]] = [[], [], []]
    tickets = [client.submit(Generate(ASK), sink.append) for sink in sinks]
    first_came.set()
    assert all(ticket.wait(10) for ticket in tickets)
    for events in sinks:
        (end,) = [event for event in events if is_terminal(event)]
        assert isinstance(end, Failed)
        assert isinstance(end.error, EngineStopped)
    assert "the engine thread died" in caplog.text
    assert client.close()


def test_a_full_queue_is_said_at_once_on_the_calling_thread() -> None:
    go_on, running = threading.Event(), threading.Event()

    def act(ticket: Ticket) -> None:
        running.set()
        go_on.wait(10)
        ticket.emit(finished(ticket))

    client = EngineClient(lambda: Script(act), Bounds(waiting=dict.fromkeys(Priority, 1)))
    events: list[Event] = []
    one = client.submit(Generate(ASK), lambda _: None)
    assert running.wait(10)
    two = client.submit(Generate(ASK), lambda _: None)
    three = client.submit(Generate(ASK), events.append)
    other = client.submit(Generate(ASK, priority=Priority.BATCH), lambda _: None)
    assert three.done
    (failed,) = events
    assert isinstance(failed, Failed)
    assert isinstance(failed.error, EngineBusy)
    assert failed.error.waiting == 1
    assert not other.done
    go_on.set()
    assert all(ticket.wait(10) for ticket in (one, two, other))
    assert client.close()


def test_a_worker_that_cannot_start_ends_its_request(caplog) -> None:
    def broken() -> Script:
        raise ImportError("no runtime")

    client = EngineClient(make_worker=broken)
    for _ in range(2):
        (events,) = collect(client)
        assert isinstance(events[0], Failed)
        assert "ImportError" in events[0].error.details
    assert caplog.records


def test_closing_cancels_what_runs_and_fails_what_waits() -> None:
    running = threading.Event()

    def act(ticket: Ticket) -> None:
        running.set()
        ticket_cancelled.wait(10)
        ticket.emit(finished(ticket, "cancelled"))

    ticket_cancelled = threading.Event()
    client = client_of(act)
    first: list[Event] = []
    second: list[Event] = []
    one = client.submit(Generate(ASK), first.append)
    two = client.submit(Generate(ASK), second.append)
    assert running.wait(10)
    closer = threading.Thread(target=client.close)
    closer.start()
    assert two.wait(10)
    assert one.cancelled
    ticket_cancelled.set()
    closer.join(10)
    assert one.done
    assert isinstance(first[0], Finished)
    assert isinstance(second[0], Failed)
    assert isinstance(second[0].error, EngineStopped)


def test_closing_before_any_request_starts_no_thread() -> None:
    client = client_of(lambda _: None)
    assert client.close()
    events: list[Event] = []
    client.submit(Generate(ASK), events.append)
    assert isinstance(events[0], Failed)


def test_a_broken_sink_does_not_stop_the_engine(caplog) -> None:
    client = client_of(lambda ticket: ticket.emit(finished(ticket)))

    def broken(_: Event) -> None:
        raise ValueError("reader fault")

    assert client.submit(Generate(ASK), broken).wait(10)
    (events,) = collect(client)
    client.close()
    assert isinstance(events[0], Finished)
    assert "reader fault" in caplog.text


def test_tickets_from_many_threads_all_end() -> None:
    client = client_of(lambda ticket: ticket.emit(finished(ticket)))
    ends: queue.SimpleQueue[Event] = queue.SimpleQueue()

    def note(event: Event) -> None:
        if is_terminal(event):
            ends.put(event)

    def submit() -> None:
        for _ in range(50):
            client.submit(Generate(ASK), note)

    threads = [threading.Thread(target=submit) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(isinstance(ends.get(timeout=10), Finished) for _ in range(200))
    client.close()
    assert ends.empty()
