"""Tickets and the queue they wait in: the one way in to the engine thread."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from itertools import takewhile
from typing import TYPE_CHECKING, Protocol

from engine.api.events import Event, is_terminal
from engine.api.requests import CountTokens, LoadModel, Request

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
            except Exception:
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
        """Take out the `CountTokens` requests that may be served between steps.

        Those behind a waiting `LoadModel` mean the model that it brings, so they stay.
        """
        with self._changed:
            ahead = takewhile(lambda t: not isinstance(t.request, LoadModel), self._tickets)
            counts = [t for t in ahead if isinstance(t.request, CountTokens)]
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
