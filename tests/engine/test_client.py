"""One terminal event per request, whatever becomes of it."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING

import pytest

from engine import (
    CountTokens,
    EngineClient,
    EngineStopped,
    Event,
    Failed,
    Finished,
    Generate,
    TextDelta,
    Timings,
    TurnFault,
    Usage,
    user,
)
from engine.api.events import MemoryUse, is_terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.inbox import Inbox, Ticket

ASK = (user("What is the time?"),)


class Script:
    """A worker whose behaviour is a function of the ticket."""

    def __init__(self, act: Callable[[Ticket, Inbox], None]) -> None:
        self._act = act
        self.closed = threading.Event()

    def handle(self, ticket: Ticket, inbox: Inbox) -> None:
        self._act(ticket, inbox)

    def close(self) -> None:
        self.closed.set()


def finished(ticket: Ticket, reason: str = "stop") -> Finished:
    request_id = ticket.request.request_id
    return Finished(request_id, reason, "", Usage(1, 0, 1, 0), Timings(0, 0), MemoryUse(0))  # type: ignore[arg-type]


def client_of(act: Callable[[Ticket, Inbox], None]) -> EngineClient:
    return EngineClient(make_worker=lambda: Script(act))


def collect(client: EngineClient, count: int = 1) -> list[list[Event]]:
    sinks: list[list[Event]] = [[] for _ in range(count)]
    tickets = [client.submit(Generate(ASK), sink.append) for sink in sinks]
    assert all(ticket.wait(10) for ticket in tickets)
    return sinks


def test_events_arrive_in_order_and_end_once() -> None:
    def act(ticket: Ticket, _: Inbox) -> None:
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

    def act(ticket: Ticket, _: Inbox) -> None:
        served.append(ticket.request.request_id)
        ticket.emit(finished(ticket))

    client = client_of(act)
    requests = [Generate(ASK) for _ in range(5)]
    tickets = [client.submit(request, lambda _: None) for request in requests]
    assert all(ticket.wait(10) for ticket in tickets)
    client.close()
    assert served == [request.request_id for request in requests]


def test_a_worker_that_says_nothing_is_a_failure() -> None:
    client = client_of(lambda *_: None)
    (events,) = collect(client)
    client.close()
    assert isinstance(events[0], Failed)
    assert isinstance(events[0].error, TurnFault)


@pytest.mark.parametrize("fault", [RuntimeError("broken"), SystemExit(1), MemoryError()])
def test_when_the_thread_dies_every_open_request_ends(fault: BaseException, caplog) -> None:
    first_came = threading.Event()

    def act(_ticket: Ticket, _inbox: Inbox) -> None:
        first_came.wait(10)
        raise fault

    client = client_of(act)
    sinks: list[list[Event]] = [[], [], []]
    tickets = [client.submit(Generate(ASK), sink.append) for sink in sinks]
    first_came.set()
    assert all(ticket.wait(10) for ticket in tickets)
    for events in sinks:
        assert len(events) == 1
        assert isinstance(events[0], Failed)
        assert isinstance(events[0].error, EngineStopped)
    assert "the engine thread died" in caplog.text
    late: list[Event] = []
    assert client.submit(Generate(ASK), late.append).done
    assert isinstance(late[0], Failed)
    assert client.close()


def test_a_worker_that_cannot_start_ends_its_request(caplog) -> None:
    def broken() -> Script:
        raise ImportError("no runtime")

    client = EngineClient(make_worker=broken)
    (events,) = collect(client)
    assert isinstance(events[0], Failed)
    assert "ImportError" in events[0].error.details
    assert caplog.records


def test_closing_cancels_what_runs_and_fails_what_waits() -> None:
    running = threading.Event()

    def act(ticket: Ticket, _: Inbox) -> None:
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
    client = client_of(lambda *_: None)
    assert client.close()
    events: list[Event] = []
    client.submit(Generate(ASK), events.append)
    assert isinstance(events[0], Failed)


def test_a_broken_sink_does_not_stop_the_engine(caplog) -> None:
    client = client_of(lambda ticket, _: ticket.emit(finished(ticket)))

    def broken(_: Event) -> None:
        raise ValueError("reader fault")

    assert client.submit(Generate(ASK), broken).wait(10)
    (events,) = collect(client)
    client.close()
    assert isinstance(events[0], Finished)
    assert "reader fault" in caplog.text


def test_counts_can_be_served_while_an_answer_runs() -> None:
    counted = threading.Event()
    go_on = threading.Event()

    def act(ticket: Ticket, inbox: Inbox) -> None:
        assert go_on.wait(10)
        for count in inbox.take_counts():
            count.emit(finished(count))
        counted.set()
        ticket.emit(finished(ticket))

    client = client_of(act)
    ends: queue.SimpleQueue[str] = queue.SimpleQueue()

    def note(event: Event) -> None:
        if is_terminal(event):
            ends.put(event.request_id)

    long, count = Generate(ASK), CountTokens(ASK)
    client.submit(long, note)
    client.submit(count, note)
    go_on.set()
    assert counted.wait(10)
    assert [ends.get(timeout=10), ends.get(timeout=10)] == [count.request_id, long.request_id]
    client.close()


def test_tickets_from_many_threads_all_end() -> None:
    client = client_of(lambda ticket, _: ticket.emit(finished(ticket)))
    ends: queue.SimpleQueue[Event] = queue.SimpleQueue()

    def submit() -> None:
        for _ in range(50):
            client.submit(Generate(ASK), ends.put)

    threads = [threading.Thread(target=submit) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(isinstance(ends.get(timeout=10), Finished) for _ in range(200))
    client.close()
    assert ends.empty()
