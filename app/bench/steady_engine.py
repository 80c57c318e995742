"""An engine that needs no model: it speaks as many tokens a second as it is told, from its thread.

The client, its thread and its events are the real ones; how long a model computes is none of the
window's business.
"""

from __future__ import annotations

import time
from pathlib import Path
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
    PrefillProgress,
    TextDelta,
    Timings,
    TokensCounted,
    Usage,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine import Ticket
    from engine.inbox import EndOvertaken, Work

_CONTEXT = 262_144
_MODEL = ModelInfo(
    name="Steady",
    folder=Path("steady"),
    family="steady",
    weights="full",
    device="cpu",
    device_name="None",
    dtype="float32",
    attention="sdpa",
    max_context=_CONTEXT,
    parameters=1,
    weight_bytes=1,
    load_s=0.0,
)
_MEMORY = MemoryUse(process_bytes=0)


def steady_client(pieces: Sequence[str], per_second: float) -> EngineClient:
    """A client whose answer to every question is `pieces`, at this rate."""
    return EngineClient(lambda: _SteadyWorker(pieces, per_second))


class _SteadyWorker:
    def __init__(self, pieces: Sequence[str], per_second: float) -> None:
        self._pieces = pieces
        self._per_second = per_second

    def begin(self, ticket: Ticket, end_overtaken: EndOvertaken) -> Work:
        """Answer one request."""
        del end_overtaken
        request_id = ticket.request.request_id
        match ticket.request:
            case LoadModel():
                ticket.emit(ModelReady(request_id, _MODEL, _MEMORY))
            case CountTokens():
                ticket.emit(TokensCounted(request_id, 1, 0, 0, _CONTEXT))
            case Generate():
                yield from self._speak(ticket)
        yield

    def close(self) -> None:
        """Nothing is held."""

    def _speak(self, ticket: Ticket) -> Work:
        request_id = ticket.request.request_id
        ticket.emit(PrefillProgress(request_id, 1, 1, 0))
        begun = time.perf_counter()
        spoken = 0
        for spoken, piece in enumerate(self._pieces, 1):
            if ticket.cancelled:
                break
            time.sleep(max(0.0, begun + spoken / self._per_second - time.perf_counter()))
            ticket.emit(TextDelta(request_id, piece, spoken))
            yield
        passed = time.perf_counter() - begun
        ticket.emit(
            Finished(
                request_id,
                "cancelled" if ticket.cancelled else "stop",
                "".join(self._pieces[:spoken]),
                Usage(1, 0, spoken, 0),
                Timings(0.0, passed, 0.0, None, spoken / passed),
                _MEMORY,
            )
        )
