"""Requests carried out by a worker in the test's own thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.inbox import Ticket

if TYPE_CHECKING:
    from engine.api.errors import EngineError
    from engine.api.events import Event
    from engine.api.requests import Request
    from engine.inbox import Worker


def carry_out(worker: Worker, request: Request) -> list[Event]:
    """Every event of `request`, which no other comes between."""
    events: list[Event] = []

    def end_overtaken(_: EngineError) -> None:
        """There are no others."""

    for _ in worker.begin(Ticket(request, events.append), end_overtaken):
        pass
    return events
