"""Ask the engine and wait: the engine's events as a plain iterator, for headless use."""

from __future__ import annotations

import queue
from typing import TYPE_CHECKING

from engine.api.events import Failed, ModelReady, is_terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from engine.api.events import Event, ModelInfo
    from engine.api.requests import LoadModel, Request
    from engine.client import EngineClient


def events_of(client: EngineClient, request: Request) -> Iterator[Event]:
    """Submit `request` and yield its events up to the terminal one.

    Closing the iterator early, by an interrupt for one, cancels the request.
    """
    waiting: queue.SimpleQueue[Event] = queue.SimpleQueue()
    ticket = client.submit(request, waiting.put)
    try:
        while True:
            event = waiting.get()
            yield event
            if is_terminal(event):
                return
    finally:
        ticket.cancel()


def load(
    client: EngineClient, request: LoadModel, progress: Callable[[Event], None] | None = None
) -> ModelInfo:
    """Load a model and wait for it. Raises the engine's error where it cannot be."""
    for event in events_of(client, request):
        if isinstance(event, ModelReady):
            return event.model
        if isinstance(event, Failed):
            raise event.error
        if progress is not None:
            progress(event)
    raise AssertionError("a load request ends with ModelReady or Failed")
