"""What the engine thread does all day: one step of one request after another.

Which request comes next is the inbox's affair, what a step does the worker's. Here the steps under
way are kept, one generator for each request that has begun, and each is brought to its end. None of
them may depend on the thread between two steps, since the thread may be another one then.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from engine.api.errors import OutOfMemory, TurnFault
from engine.api.events import Failed, Queued

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.api.errors import EngineError
    from engine.api.events import TerminalEvent
    from engine.inbox import Inbox, Ticket, Work, Worker


class Serving:
    """Serves the tickets of one inbox with one worker; `ended` hears of each that has ended."""

    def __init__(
        self,
        worker: Worker,
        inbox: Inbox,
        ended: Callable[[Ticket], None],
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._worker = worker
        self._inbox = inbox
        self._ended = ended
        self._clock = clock
        self._works: dict[Ticket, Work] = {}
        self._unfit = False

    def run(self) -> bool:
        """Serve until the inbox is closed and everything begun has ended; then answers False.

        Answers True where a fault may have left the thread unfit: call it again from a new one.
        """
        self._unfit = False
        try:
            while not self._unfit:
                ticket = self._inbox.next()
                if ticket is None:
                    self._worker.close()
                    return False
                for waiting, ahead in self._inbox.news():
                    waiting.emit(Queued(waiting.request.request_id, ahead))
                self._advance(ticket)
        except BaseException:
            self._give_up()
            raise
        return True

    def _give_up(self) -> None:
        while self._works:
            self._works.popitem()[1].close()
        self._worker.close()

    def _advance(self, ticket: Ticket) -> None:
        started = self._clock()
        goes_on = _step(self._work(ticket))
        self._inbox.ran(ticket, self._clock() - started)
        if ticket.done or not goes_on:
            self._works.pop(ticket).close()
            self._finish(ticket, _unanswered(ticket))

    def _work(self, ticket: Ticket) -> Work:
        if ticket not in self._works:
            end_overtaken = partial(self._end_overtaken, ticket)
            self._works[ticket] = self._worker.begin(ticket, end_overtaken)
        return self._works[ticket]

    def _end_overtaken(self, ticket: Ticket, error: EngineError) -> None:
        """End what came before `ticket`, by `error`."""
        for overtaken in self._inbox.overtaken(ticket):
            work = self._works.pop(overtaken, None)
            if work is not None:
                work.close()
            self._finish(overtaken, error)

    def _finish(self, ticket: Ticket, otherwise: EngineError) -> None:
        """Count `ticket` as ended; if it has not said so itself, it failed by `otherwise`."""
        if not ticket.done:
            ticket.emit(Failed(ticket.request.request_id, otherwise, ticket.said))
        self._unfit = self._unfit or _unsettles(ticket.end)
        self._inbox.end(ticket)
        self._ended(ticket)


def _step(work: Work) -> bool:
    """Advance `work` by one step; False where that was its end."""
    try:
        next(work)
    except StopIteration:
        return False
    return True


def _unsettles(end: TerminalEvent | None) -> bool:
    """Whether something may be left behind in the thread's own memory.

    WORKAROUND: where oneDNN finds no room for a kernel, its code generator keeps the error for its
    thread, and the making of every new kernel there fails ever after ("could not create a
    primitive", torch 2.13). `tests/engine/test_faults.py` fails without a new thread.
    """
    return isinstance(end, Failed) and isinstance(end.error, OutOfMemory | TurnFault)


def _unanswered(ticket: Ticket) -> EngineError:
    return TurnFault("The engine gave no answer to this request.", repr(ticket.request))
