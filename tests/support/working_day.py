"""A day of many requests: the real queue and loop, and work that only counts its steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.api.errors import EngineError, EngineStopped, ModelChanged
from engine.api.events import Failed, Finished, MemoryUse, ModelUnloaded, TextDelta, Timings, Usage
from engine.api.requests import LoadModel, UnloadModel
from engine.inbox import Inbox, Ticket
from engine.serving import Serving

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.api.events import Event, FinishReason
    from engine.api.requests import Request
    from engine.inbox import EndOvertaken, Work
    from engine.schedule import Bounds


@dataclass(eq=False)
class Submitted:
    """One request of the test: how long its work is, and all that was heard of it."""

    ticket: Ticket
    steps: int
    events: list[Event]
    ran: int = 0

    @property
    def request(self) -> Request:
        return self.ticket.request

    @property
    def open(self) -> bool:
        return not self.ticket.done

    @property
    def failure(self) -> EngineError | None:
        last = self.events[-1]
        return last.error if isinstance(last, Failed) else None

    @property
    def text(self) -> str:
        last = self.events[-1]
        assert isinstance(last, Failed | Finished)
        return last.text


class Counting:
    """Implements `engine.inbox.Worker`: every request takes its number of steps."""

    def __init__(self, day: Day) -> None:
        self._day = day
        self.open_works = 0

    def begin(self, ticket: Ticket, end_overtaken: EndOvertaken) -> Work:
        submitted = self._day.of(ticket)
        self.open_works += 1
        try:
            while submitted.ran < submitted.steps:
                if ticket.cancelled:
                    break
                submitted.ran += 1
                self._day.step(submitted)
                ticket.emit(TextDelta(ticket.request.request_id, "x", submitted.ran))
                if submitted.ran < submitted.steps:
                    yield
            self._end(ticket, end_overtaken)
            yield
        finally:
            self.open_works -= 1

    def close(self) -> None:
        """Nothing is held."""

    def _end(self, ticket: Ticket, end_overtaken: EndOvertaken) -> None:
        request_id = ticket.request.request_id
        if isinstance(ticket.request, LoadModel | UnloadModel) and not ticket.cancelled:
            end_overtaken(ModelChanged("Another model took its place."))
            ticket.emit(ModelUnloaded(request_id, MemoryUse(0)))
            return
        reason: FinishReason = "cancelled" if ticket.cancelled else "stop"
        usage, timings = Usage(0, 0, 0, 0), Timings(0, 0)
        ticket.emit(Finished(request_id, reason, ticket.said, usage, timings, MemoryUse(0)))


class Day:
    """A plan of what is submitted and cancelled at which step, and a record of what ran."""

    def __init__(
        self, bounds: Bounds, plan: Sequence[tuple[int, Callable[[Day], None]]] = ()
    ) -> None:
        self._plan = sorted(plan, key=lambda entry: entry[0])
        self.inbox = Inbox(bounds)
        self.worker = Counting(self)
        self.all: list[Submitted] = []
        self.ran: list[Submitted] = []
        self.checks: list[Callable[[Submitted], None]] = []
        self.steps = 0

    def run(self) -> None:
        self._act()
        serving = Serving(self.worker, self.inbox, lambda _: self._rest(), lambda: self.steps)
        serving.run()
        assert self.worker.open_works == 0

    def submit(self, request: Request, steps: int = 1) -> Submitted:
        events: list[Event] = []
        submitted = Submitted(Ticket(request, events.append), steps, events)
        self.all.append(submitted)
        refusal = self.inbox.put(submitted.ticket)
        if refusal is not None:
            submitted.ticket.emit(Failed(request.request_id, refusal))
        return submitted

    def of(self, ticket: Ticket) -> Submitted:
        return next(s for s in self.all if s.ticket is ticket)

    def step(self, submitted: Submitted) -> None:
        for check in self.checks:
            check(submitted)
        self.steps += 1
        self.ran.append(submitted)
        self._act()

    def _act(self) -> None:
        while self._plan and self._plan[0][0] <= self.steps:
            self._plan.pop(0)[1](self)

    def _rest(self) -> None:
        """Nothing is open any more: the plan goes on at once, or the day is over."""
        while self._plan and not any(s.open for s in self.all):
            self._plan.pop(0)[1](self)
        if not self._plan and not any(s.open for s in self.all):
            self.inbox.close(EngineStopped("The day is over."))


def void(_: object) -> None:
    """Whatever was made is kept elsewhere."""


def cancel(day: Day, number: int) -> None:
    if number < len(day.all):
        day.all[number].ticket.cancel()
