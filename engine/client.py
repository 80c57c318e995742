"""The door to the engine: requests go in from any thread, events come out through a sink.

One worker thread does everything. Importing this module loads no model runtime: the thread itself
imports it when it starts, with the first request. A sink is called on the engine thread and must
return at once; it never makes the engine wait and cannot break it.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.api.errors import EngineError, EngineStopped
from engine.api.events import Failed, ModelReady, ModelUnloaded
from engine.api.requests import CountTokens, Generate, LoadModel, Priority, new_request_id
from engine.inbox import Inbox, Ticket
from engine.schedule import Bounds
from engine.serving import Serving

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.api.events import Event
    from engine.api.requests import Request
    from engine.inbox import Sink, Worker

log = logging.getLogger(__name__)


def _engine_worker() -> Worker:
    from engine.worker import EngineWorker

    return EngineWorker()


class EngineClient:
    """Submits requests to one engine thread, started with the first of them.

    Should the thread die, every open request fails, and the next one finds a new thread: it loads
    the model that was in use, then serves.
    """

    def __init__(
        self, make_worker: Callable[[], Worker] = _engine_worker, bounds: Bounds = Bounds()
    ) -> None:
        self._make_worker = make_worker
        self._bounds = bounds
        self._lock = threading.Lock()
        self._inbox: Inbox | None = None
        self._thread: threading.Thread | None = None
        self._loaded: LoadModel | None = None
        self._closed = False

    def submit(self, request: Request, sink: Sink) -> Ticket:
        """Queue `request`; its events reach `sink` on the engine thread.

        Where too many wait already the only event is `Failed(EngineBusy)`, after `close` it is
        `Failed(EngineStopped)`, and it is delivered on the calling thread.
        """
        ticket = Ticket(request, sink)
        with self._lock:
            refusal = self._take_in(ticket)
        if refusal is not None:
            ticket.emit(Failed(request.request_id, refusal))
        return ticket

    def close(self, timeout_s: float = 30.0) -> bool:
        """Cancel everything, wait for the thread, and say whether it ended in time."""
        with self._lock:
            self._closed = True
            inbox = self._inbox
        reason = _closing()
        for ticket in inbox.close(reason) if inbox is not None else ():
            ticket.emit(Failed(ticket.request.request_id, reason))
        return self._join(time.monotonic() + timeout_s)

    def _join(self, until: float) -> bool:
        """Wait for the thread, and for the one that it may have handed over to meanwhile."""
        thread = self._thread
        while thread is not None and thread is not threading.current_thread():
            thread.join(max(0.0, until - time.monotonic()))
            if thread.is_alive():
                return False
            if thread is self._thread:
                break
            thread = self._thread
        return True

    def _take_in(self, ticket: Ticket) -> EngineError | None:
        if self._closed:
            return _closing()
        try:
            inbox = self._live_inbox(ticket.request)
        except (RuntimeError, MemoryError) as fault:
            return EngineStopped("There is not enough memory to start the engine.", str(fault))
        return inbox.put(ticket)

    def _live_inbox(self, first: Request) -> Inbox:
        """The inbox of the thread that runs; where there is none, a thread that `first` starts."""
        if self._inbox is None:
            inbox, load = Inbox(self._bounds), self._loaded
            # What was loaded in a thread that died; asking for a model means that one instead.
            if load is not None and isinstance(first, Generate | CountTokens):
                again = replace(load, request_id=new_request_id(), priority=Priority.WINDOW)
                inbox.put(Ticket(again, _note_reload))
            self._loaded = None
            try:
                self._start_thread(inbox)
            except (RuntimeError, MemoryError):
                self._loaded = load
                raise
            self._inbox = inbox
        return self._inbox

    def _start_thread(self, inbox: Inbox, serving: Serving | None = None) -> None:
        thread = threading.Thread(
            target=self._run, args=(inbox, serving), name="tanka-engine", daemon=True
        )
        thread.start()
        self._thread = thread

    def _run(self, inbox: Inbox, serving: Serving | None) -> None:
        """The engine thread. However it ends, every open request gets its terminal event."""
        try:
            serving = serving or Serving(self._make_worker(), inbox, self._note_end)
            while serving.run():
                if self._hand_over(inbox, serving):
                    return
        except BaseException as fault:
            log.exception("the engine thread died")
            details = f"{type(fault).__name__}: {fault}"
            self._bury(inbox, EngineStopped("The engine stopped unexpectedly. Ask again.", details))

    def _hand_over(self, inbox: Inbox, serving: Serving) -> bool:
        """Go on in a new thread; False where there is no memory for one."""
        try:
            with self._lock:
                self._start_thread(inbox, serving)
        except (RuntimeError, MemoryError):
            log.exception("the engine goes on in a thread that may be unfit")
            return False
        return True

    def _bury(self, inbox: Inbox, reason: EngineStopped) -> None:
        """Fail what a dead thread has left; from now on requests start a new one."""
        with self._lock:
            self._inbox = self._thread = None
        for ticket in inbox.abandon(reason):
            ticket.emit(Failed(ticket.request.request_id, reason, ticket.said))

    def _note_end(self, ticket: Ticket) -> None:
        """Keep which model is in use. Called on the engine thread, which starts no other."""
        if isinstance(ticket.end, ModelReady) and isinstance(ticket.request, LoadModel):
            self._loaded = ticket.request
        elif isinstance(ticket.end, ModelUnloaded):
            self._loaded = None


def _closing() -> EngineError:
    return EngineStopped("The engine has been closed.")


def _note_reload(event: Event) -> None:
    if isinstance(event, Failed):
        log.error("the model could not be loaded again: %s", event.error.details)
