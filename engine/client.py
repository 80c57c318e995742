"""The door to the engine: requests go in from any thread, events come out through a sink.

One worker thread does everything. Importing this module loads no model runtime: the thread itself
imports it when it starts, with the first request. A sink is called on the engine thread and must
return at once; it never makes the engine wait and cannot break it.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from engine.api.errors import EngineError, EngineStopped, TurnFault
from engine.api.events import Failed
from engine.inbox import Inbox, Ticket

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.api.requests import Request
    from engine.inbox import Sink, Worker

log = logging.getLogger(__name__)


def _engine_worker() -> Worker:
    from engine.worker import EngineWorker

    return EngineWorker()


class EngineClient:
    """Submits requests to one engine thread, started with the first of them."""

    def __init__(self, make_worker: Callable[[], Worker] = _engine_worker) -> None:
        self._make_worker = make_worker
        self._inbox = Inbox()
        self._open: set[Ticket] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._end_reason: EngineError = EngineStopped("The engine has been closed.")

    def submit(self, request: Request, sink: Sink) -> Ticket:
        """Queue `request`; its events reach `sink` on the engine thread.

        After `close`, or once the thread has died, the only event is `Failed(EngineStopped)`, and
        it is delivered on the calling thread.
        """
        ticket = Ticket(request, sink)
        with self._lock:
            self._open = {t for t in self._open if not t.done}
            self._open.add(ticket)
            accepted = self._inbox.put(ticket)
            if accepted and self._thread is None:
                self._thread = threading.Thread(target=self._run, name="tanka-engine", daemon=True)
                self._thread.start()
        if not accepted:
            ticket.emit(Failed(request.request_id, self._end_reason))
        return ticket

    def close(self, timeout_s: float = 30.0) -> bool:
        """Cancel everything, wait for the thread, and say whether it ended in time."""
        waiting = self._inbox.close()
        with self._lock:
            running = [t for t in self._open if not t.done]
        for ticket in running:
            ticket.cancel()
        for ticket in waiting:
            ticket.emit(Failed(ticket.request.request_id, self._end_reason))
        if self._thread is None or self._thread is threading.current_thread():
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        """The engine thread. However it ends, every open request gets its terminal event."""
        try:
            worker = self._make_worker()
            try:
                while (ticket := self._inbox.get()) is not None:
                    worker.handle(ticket, self._inbox)
                    if not ticket.done:
                        ticket.emit(_unanswered(ticket))
            finally:
                worker.close()
        except BaseException as fault:
            log.exception("the engine thread died")
            self._end_reason = EngineStopped(
                "The model stopped unexpectedly. Start Tanka again to go on.",
                f"{type(fault).__name__}: {fault}",
            )
        finally:
            self._fail_open_tickets()

    def _fail_open_tickets(self) -> None:
        self._inbox.close()
        with self._lock:
            tickets, self._open = self._open, set()
        for ticket in tickets:
            ticket.emit(Failed(ticket.request.request_id, self._end_reason))


def _unanswered(ticket: Ticket) -> Failed:
    error = TurnFault("The engine gave no answer to this request.", repr(ticket.request))
    return Failed(ticket.request.request_id, error)
