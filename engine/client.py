"""The door to the engine: requests go in from any thread, events come out through a sink.

One worker thread does everything. Importing this module loads no model runtime: the thread itself
imports it when it starts, with the first request. A sink is called on the engine thread and must
return at once; it never makes the engine wait and cannot break it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Protocol

from engine.api.errors import EngineError, EngineStopped, TurnFault
from engine.api.events import Event, Failed, is_terminal
from engine.api.requests import CountTokens, Request

if TYPE_CHECKING:
    from collections.abc import Callable

    Sink = Callable[[Event], None]

log = logging.getLogger(__name__)


class Ticket:
    """A request under way. Its sink gets exactly one terminal event, whatever happens."""

    def __init__(self, request: Request, sink: Sink) -> None:
        self.request = request
        self.submitted_at = time.perf_counter()
        self._sink = sink
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

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait for the terminal event; False when `timeout_s` passed first."""
        return self._closed.wait(timeout_s)

    def emit(self, event: Event) -> None:
        """Deliver `event`; anything after a terminal event is dropped."""
        with self._lock:
            if self._closed.is_set():
                return
            try:
                self._sink(event)
            except Exception:  # noqa: BLE001 - a broken reader must not stop the engine
                log.exception("an event sink failed on %s", type(event).__name__)
            if is_terminal(event):
                self._closed.set()


class Inbox:
    """Requests waiting for the engine thread, first come, first served."""

    def __init__(self) -> None:
        self._tickets: deque[Ticket] = deque()
        self._closed = False
        self._changed = threading.Condition()

    def put(self, ticket: Ticket) -> bool:
        """Queue `ticket`; False once the inbox is closed."""
        with self._changed:
            if self._closed:
                return False
            self._tickets.append(ticket)
            self._changed.notify()
            return True

    def get(self) -> Ticket | None:
        """The next ticket, waiting for one; `None` once closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or bool(self._tickets))
            return None if self._closed else self._tickets.popleft()

    def take_counts(self) -> list[Ticket]:
        """Take out the waiting `CountTokens` requests, which may be served between steps."""
        with self._changed:
            counts = [t for t in self._tickets if isinstance(t.request, CountTokens)]
            for ticket in counts:
                self._tickets.remove(ticket)
            return counts

    def close(self) -> list[Ticket]:
        """Refuse further tickets and hand back those that wait."""
        with self._changed:
            self._closed = True
            waiting = list(self._tickets)
            self._tickets.clear()
            self._changed.notify_all()
            return waiting


class Worker(Protocol):
    """What runs on the engine thread (`engine.worker.EngineWorker`, or a test's own)."""

    def handle(self, ticket: Ticket, inbox: Inbox) -> None:
        """Carry out one request, ending with its terminal event."""

    def close(self) -> None:
        """Release everything; called on the engine thread as its last act."""


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
        except BaseException as fault:  # noqa: BLE001 - the one place that sees the thread die
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
