"""An engine with a tiny model, and one that answers whatever a test wants."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.api.events import Failed, Finished, MemoryUse, Timings, Usage
from engine.api.requests import Generate, LoadModel
from engine.client import EngineClient
from engine.dialogue import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from engine.api.errors import EngineError
    from engine.inbox import EndOvertaken, Ticket, Work

    Answer = Callable[[Generate], str | EngineError]


@pytest.fixture
def tiny_engine(lfm2_folder: Path) -> Iterator[EngineClient]:
    client = EngineClient()
    load(client, LoadModel(lfm2_folder, "full"))
    yield client
    client.close()


@pytest.fixture
def engine_that() -> Iterator[Callable[[Answer], EngineClient]]:
    """Makes engines whose answers, or failures, a function of the request decides."""
    clients = []

    def make(answer: Answer) -> EngineClient:
        clients.append(EngineClient(lambda: _Answering(answer)))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


class _Answering:
    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def begin(self, ticket: Ticket, end_overtaken: EndOvertaken) -> Work:
        del end_overtaken
        request = ticket.request
        assert isinstance(request, Generate)
        said = self._answer(request)
        if isinstance(said, str):
            usage, timings = Usage(10, 0, 5, 0), Timings(0.0, 0.0)
            ticket.emit(Finished(request.request_id, "stop", said, usage, timings, MemoryUse(0)))
        else:
            ticket.emit(Failed(request.request_id, said))
        yield

    def close(self) -> None:
        """Nothing is held."""
