"""Tickets and where they wait: the one way in to the engine thread."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Protocol

from engine.api.errors import EngineBusy, EngineError
from engine.api.events import Event, TerminalEvent, TextDelta, is_terminal
from engine.api.requests import CountTokens, Generate, LoadModel, Request, UnloadModel
from engine.schedule import Bounds, Nature, Schedule

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    Sink = Callable[[Event], None]
    Work = Generator[None, None, None]
    EndOvertaken = Callable[[EngineError], None]

log = logging.getLogger(__name__)

_NATURES: Mapping[type[Request], Nature] = {
    Generate: Nature.SHARED,
    CountTokens: Nature.BRIEF,
    LoadModel: Nature.ALONE,
    UnloadModel: Nature.AT_ONCE,
}


# Nearer than this, every step forward is worth telling; from farther away it would be a flood.
_NEAR = 10


class Ticket:
    """A request under way. Its sink gets exactly one terminal event, whatever happens."""

    def __init__(self, request: Request, sink: Sink) -> None:
        self.request = request
        self.submitted_at = time.perf_counter()
        self._sink = sink
        self._said: list[str] = []
        self._end: TerminalEvent | None = None
        self._cancelled = threading.Event()
        self._closed = threading.Event()
        self._lock = threading.Lock()

    def cancel(self) -> None:
        """Ask for the end of this request; it comes at the next decode step or prefill chunk."""
        self._cancelled.set()

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._cancelled.is_set()

    @property
    def done(self) -> bool:
        """Whether the terminal event has been delivered."""
        return self._closed.is_set()

    @property
    def end(self) -> TerminalEvent | None:
        """The terminal event, once it has been delivered."""
        return self._end

    @property
    def said(self) -> str:
        """The text of the answer that has been delivered."""
        return "".join(self._said)

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait for the terminal event; False when `timeout_s` passed first."""
        return self._closed.wait(timeout_s)

    def emit(self, event: Event) -> None:
        """Deliver `event`; anything after a terminal event is dropped."""
        with self._lock:
            if self._closed.is_set():
                return
            if isinstance(event, TextDelta):
                self._said.append(event.text)
            try:
                self._sink(event)
            except Exception:
                log.exception("an event sink failed on %s", type(event).__name__)
            if is_terminal(event):
                self._end = event
                self._closed.set()


class Inbox:
    """The tickets that have not ended, behind one lock: any thread puts, the engine's takes."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._schedule: Schedule[Ticket] = Schedule(bounds)
        self._told: dict[Ticket, int] = {}
        self._moved = False
        self._refusal: EngineError | None = None
        self._changed = threading.Condition()

    def put(self, ticket: Ticket) -> EngineError | None:
        """Take in `ticket`, or say why not: too many wait, or nothing is taken in any more."""
        priority = ticket.request.priority
        with self._changed:
            if self._refusal is not None:
                return self._refusal
            waiting = self._schedule.waiting(priority)
            if waiting >= self._bounds.waiting[priority]:
                return EngineBusy(waiting)
            self._schedule.add(ticket, priority, _NATURES[type(ticket.request)])
            self._moved = True
            self._changed.notify()
            return None

    def next(self) -> Ticket | None:
        """The ticket whose step comes next, waiting for one; `None` once all is closed and done."""
        with self._changed:
            self._changed.wait_for(lambda: self._refusal is not None or bool(self._schedule))
            for ticket in self._schedule:
                if ticket.cancelled:
                    self._schedule.hurry(ticket)
            chosen = self._schedule.next()
            if chosen is not None:
                self._schedule.begin(chosen)
            return chosen

    def ran(self, ticket: Ticket, seconds: float) -> None:
        """A step of `ticket` took `seconds`."""
        with self._changed:
            self._schedule.ran(ticket, seconds)

    def end(self, ticket: Ticket) -> None:
        """`ticket` has ended, or was handed back before."""
        with self._changed:
            if ticket in self._schedule:
                self._schedule.end(ticket)
                self._told.pop(ticket, None)
                self._moved = True

    def overtaken(self, ticket: Ticket) -> list[Ticket]:
        """What came before `ticket` and has not ended; what was cancelled ends by itself."""
        with self._changed:
            return [t for t in self._schedule.arrived_before(ticket) if not t.cancelled]

    def news(self) -> list[tuple[Ticket, int]]:
        """Tickets that wait, with how many are ahead of each, where there is news of it."""
        with self._changed:
            if not self._moved:
                return []
            self._moved = False
            news = []
            for ticket, ahead in self._schedule.places():
                told = self._told.get(ticket)
                if ahead and ahead != told and (told is None or ahead <= _NEAR):
                    self._told[ticket] = ahead
                    news.append((ticket, ahead))
            return news

    def close(self, reason: EngineError) -> list[Ticket]:
        """Refuse further tickets with `reason`, cancel what has begun, hand back what has not."""
        with self._changed:
            self._refusal = reason
            begun = self._schedule.begun()
            for ticket in begun:
                ticket.cancel()
            return self._hand_back([ticket for ticket in self._schedule if ticket not in begun])

    def abandon(self, reason: EngineError) -> list[Ticket]:
        """Refuse further tickets with `reason`, and hand back all: no thread serves them."""
        with self._changed:
            self._refusal = reason
            return self._hand_back(list(self._schedule))

    def _hand_back(self, tickets: list[Ticket]) -> list[Ticket]:
        for ticket in tickets:
            self._schedule.end(ticket)
            self._told.pop(ticket, None)
        self._changed.notify_all()
        return tickets


class Worker(Protocol):
    """What runs on the engine thread (`engine.worker.EngineWorker`, or a test's own)."""

    def begin(self, ticket: Ticket, end_overtaken: EndOvertaken) -> Work:
        """Carry out one request step by step; its terminal event comes with the last one.

        Between two steps others may be served. A cancel ends the work with the next step. Between
        two steps it may be closed, too, where the request has been ended for another reason.

        `end_overtaken(error)` ends, with `Failed(error)`, every request that came before this one
        and has not ended: those that meant a model which is there no longer.
        """

    def close(self) -> None:
        """Release everything; called on the engine thread as its last act."""
