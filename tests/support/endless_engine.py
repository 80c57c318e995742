"""An engine that answers every question by counting without end, behind the real client."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from engine import (
    CountTokens,
    EngineClient,
    Finished,
    Generate,
    LoadModel,
    MemoryUse,
    ModelInfo,
    ModelReady,
    TextDelta,
    Timings,
    TokensCounted,
    Usage,
)

if TYPE_CHECKING:
    from engine import Ticket
    from engine.inbox import EndOvertaken, Work

MEMORY = MemoryUse(process_bytes=600_000_000)
MODEL = ModelInfo(
    name="Endless",
    folder=Path("endless"),
    family="endless",
    weights="full",
    device="cpu",
    device_name="A processor",
    dtype="float32",
    attention="sdpa",
    max_context=1_000_000,
    parameters=1_000_000,
    weight_bytes=4_000_000,
    load_s=0.1,
)


class EndlessWorker:
    """Counts, a number a token, so many times a second."""

    def __init__(self, per_s: float) -> None:
        self._pause_s = 1 / per_s
        self._closed = Event()

    def begin(self, ticket: Ticket, end_overtaken: EndOvertaken) -> Work:
        """Carry out one request."""
        del end_overtaken
        request = ticket.request
        match request:
            case LoadModel():
                ticket.emit(ModelReady(request.request_id, MODEL, MEMORY))
            case CountTokens():
                ticket.emit(TokensCounted(request.request_id, 40, 0, 12, 1_000_000))
            case Generate():
                self._count(ticket)
        yield

    def close(self) -> None:
        """Fall silent."""
        self._closed.set()

    def _count(self, ticket: Ticket) -> None:
        said = ""
        for number in count():
            if ticket.cancelled or self._closed.wait(self._pause_s):
                break
            said += f"{number} "
            ticket.emit(TextDelta(ticket.request.request_id, f"{number} ", number + 1))
        usage, timings = Usage(40, 0, number, 0), Timings(0.0, 1.0)
        ticket.emit(Finished(ticket.request.request_id, "cancelled", said, usage, timings, MEMORY))


def endless_client(per_s: float) -> EngineClient:
    """A client of such an engine."""
    return EngineClient(lambda: EndlessWorker(per_s))
