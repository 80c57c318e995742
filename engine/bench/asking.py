"""One question to one engine, timed by the engine itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.api.events import Failed, Finished
from engine.dialogue import events_of

if TYPE_CHECKING:
    from engine.api.requests import Generate
    from engine.client import EngineClient


def ask(client: EngineClient, request: Generate) -> Finished:
    """The terminal event of `request`. Raises the engine's error where it failed."""
    for event in events_of(client, request):
        if isinstance(event, Failed):
            raise event.error
        if isinstance(event, Finished):
            return event
    raise AssertionError("a generate request ends with Finished or Failed")


def ttft_s(finished: Finished) -> float:
    """Seconds from submit to the first token."""
    if finished.timings.ttft_s is None:
        raise ValueError("no token was generated")
    return finished.timings.ttft_s


def digits(start: str, tokens: int) -> str:
    """Text of about `tokens` tokens: a digit is one token each."""
    return start + "".join(str(i % 10) for i in range(tokens))
