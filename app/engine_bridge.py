"""Carries requests to the engine and its events back into the GUI thread.

The only user of `EngineClient` in the application. Events cross by one locked list and one wake-up
signal, and are drained in one slot, so a fast answer never floods Qt's queue. This module knows
nothing of conversations or widgets.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from engine import EngineClient, TextDelta, is_terminal

if TYPE_CHECKING:
    from engine import Event, Request, Ticket

Handler = Callable[["Event"], None]


class EngineBridge(QObject):
    """Submits requests and hands each event to the handler of its request, in the GUI thread."""

    _wake = Signal()

    def __init__(self, client: EngineClient | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = client if client is not None else EngineClient()
        self._lock = threading.Lock()
        self._incoming: list[Event] = []
        self._current: dict[str, tuple[Ticket, Handler]] = {}
        self._wake.connect(self._drain, Qt.ConnectionType.QueuedConnection)

    def submit(self, request: Request, handler: Handler) -> str:
        """Queue `request`; its events reach `handler` until the terminal one. Returns its id."""
        ticket = self._client.submit(request, self._receive)
        self._current[request.request_id] = (ticket, handler)
        return request.request_id

    def cancel(self, request_id: str) -> None:
        """Ask for the end of a request; its terminal event still comes."""
        if request_id in self._current:
            self._current[request_id][0].cancel()

    def drop(self, request_id: str) -> None:
        """Cancel a request that nobody waits for any more; nothing of it is heard again."""
        entry = self._current.pop(request_id, None)
        if entry is not None:
            entry[0].cancel()

    def close(self, timeout_s: float = 30.0) -> bool:
        """Cancel everything, join the engine's thread, deliver what it still said."""
        ended = self._client.close(timeout_s)
        self._drain()
        return ended

    def _receive(self, event: Event) -> None:
        """The sink, on the engine thread: keep the event, and wake the GUI once per batch."""
        with self._lock:
            first = not self._incoming
            self._incoming.append(event)
        if first:
            self._wake.emit()

    def _drain(self) -> None:
        with self._lock:
            batch, self._incoming = self._incoming, []
        for event in merge_deltas(batch):
            self._deliver(event)

    def _deliver(self, event: Event) -> None:
        entry = self._current.get(event.request_id)
        if entry is None:
            return
        if is_terminal(event):
            del self._current[event.request_id]
        entry[1](event)


def merge_deltas(events: list[Event]) -> list[Event]:
    """`events` with neighbouring pieces of the same part of one answer joined."""
    merged: list[Event] = []
    for event in events:
        last = merged[-1] if merged else None
        if (
            isinstance(event, TextDelta)
            and isinstance(last, TextDelta)
            and last.request_id == event.request_id
            and last.part == event.part
        ):
            merged[-1] = replace(event, text=last.text + event.text)
        else:
            merged.append(event)
    return merged
