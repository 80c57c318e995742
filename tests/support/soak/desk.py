"""Where questions go out and what comes back is compared with the oracle, event by event."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine import (
    EngineClient,
    Failed,
    Finished,
    Generate,
    LoadModel,
    ModelChanged,
    ModelReady,
    ModelUnloaded,
    PrefillProgress,
    TextDelta,
    UnloadModel,
    is_terminal,
)
from soak.oracle import Oracle, answered
from soak.reading import Reader
from soak.recompute import Reference

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from engine import Event, Request
    from engine.inbox import Ticket
    from soak.models import Kind
    from soak.oracle import Expected, Taken
    from soak.reading import Conversation

_PATIENCE_S = 240
_DISK_BYTES = 2**30


@dataclass(eq=False)
class Asked:
    """One question: what it must become, and what was heard of it. `tokens` are those said.

    They are `unknown` where the text does not tell them.
    """

    request: Generate
    expected: Expected
    unknown: bool = False
    ticket: Future[Ticket] = field(default_factory=Future)
    taken: Taken | None = None
    common: int = 0
    read: int = 0
    said: str = ""
    end: Event | None = None
    tokens: list[int] = field(default_factory=list)


@dataclass
class When:
    """Does something, once, on the engine's thread: at so many events of a kind."""

    kind: type[Event]
    count: int
    act: Callable[[], object]

    def __call__(self, event: Event) -> None:
        if isinstance(event, self.kind):
            self.count -= 1
            if self.count == 0:
                self.act()


@dataclass
class Known:
    """A model's folder, and all that is known about it."""

    folder: Path
    oracle: Oracle
    reference: Reference

    @classmethod
    def of(cls, folder: Path, kind: Kind) -> Known:
        """A model never loaded yet."""
        reader = Reader(kind, folder)
        return cls(folder, Oracle(reader), Reference(reader, folder))


class Desk:
    """A real engine, and the model that it is expected to have loaded."""

    def __init__(self, model: Known) -> None:
        self.model = model
        self.events: list[Event] = []
        self.confirmed = 0
        self._tickets: list[Ticket] = []
        self._client = EngineClient()

    def submit(self, request: Request, act: Callable[[Event], None] | None = None) -> Ticket:
        """Ask for anything; `act` hears its events first, on the engine's thread."""

        def hear(event: Event) -> None:
            self.events.append(event)
            if act is not None:
                act(event)

        ticket = self._client.submit(request, hear)
        self._tickets.append(ticket)
        return ticket

    def ask(self, asked: Asked, act: Callable[[Event], None] | None = None) -> None:
        """Ask a question."""
        asked.ticket.set_result(self.submit(asked.request, act))

    def finish(self, *asked: Asked) -> list[Event]:
        """Wait for all; tell the oracle what became of `asked`. Answers with all events."""
        done = 0
        while done < len(self._tickets):  # more may come while they are waited for
            assert self._tickets[done].wait(_PATIENCE_S), "no end"
            done += 1
        events, self.events, self._tickets = self.events, [], []
        by_id = {one.request.request_id: one for one in asked}
        for event in events:
            if event.request_id in by_id:
                self._follow(by_id[event.request_id], event)
        return events

    def settle(self, asked: Asked) -> Conversation:
        """Check how a question ended; the conversation as it is then."""
        oracle, taken, end = self.model.oracle, asked.taken, asked.end
        assert isinstance(end, Finished), end
        assert taken is not None
        assert end.text == asked.said
        oracle.check(taken, end.usage, asked.common)
        if not asked.unknown:
            assert end.usage.completion_tokens == len(taken.tokens)
        stopped = bool(asked.request.limits.stop_strings) and end.reason == "stop"
        oracle.remember(taken, end.text, whole=not asked.unknown)
        assert not asked.unknown or stopped or asked.request.limits.stop_strings
        self._confirm(asked)
        messages = asked.expected.messages
        return answered(messages, end.text) if end.text else messages

    def settle_overtaken(self, asked: Asked) -> None:
        """A question whose model went keeps what was said."""
        if isinstance(asked.end, Finished):
            self.settle(asked)
            return
        assert isinstance(asked.end, Failed)
        assert isinstance(asked.end.error, ModelChanged)
        assert asked.end.text == asked.said
        self._confirm(asked)

    def load(self, model: Known, *, keeps: bool) -> None:
        """Load a model and expect it to be ready."""
        self.submit(load_request(model, keeps=keeps))
        self.ready(self.finish(), model, keeps=keeps)

    def ready(self, events: list[Event], model: Known, *, keeps: bool) -> None:
        """A model must be ready after `events`."""
        assert [event for event in events if isinstance(event, ModelReady)], events
        self.model.oracle.leave()
        self.model = model
        model.oracle.load(keeps=keeps)

    def unload(self) -> None:
        """Give the model up."""
        self.submit(UnloadModel())
        assert isinstance(self.finish()[-1], ModelUnloaded)
        self.model.oracle.leave()

    def restart(self) -> None:
        """As a new process, which has nothing but what is on disk."""
        self.close()
        self.model.oracle.leave()
        self._client = EngineClient()

    def close(self) -> None:
        """End the engine."""
        assert self._client.close()

    def _follow(self, asked: Asked, event: Event) -> None:
        oracle = self.model.oracle
        match event:
            case PrefillProgress(done_tokens=done, reused_tokens=reused):
                if asked.taken is None:
                    asked.common = oracle.common(asked.expected.keys)
                    asked.taken = oracle.take(asked.expected, reused)
                asked.read = done
            case TextDelta(text=text, tokens=count):
                asked.said += text
                self._spell(asked, text, count)
        if is_terminal(event):
            assert asked.end is None
            asked.end = event
            self._put_back(asked)

    def _spell(self, asked: Asked, text: str, count: int) -> None:
        """Which token was said, where that can be told."""
        assert asked.taken is not None
        token = self.model.oracle.reader.token_of(text)
        if asked.request.limits.stop_strings:
            asked.unknown = True  # what may begin one of them is held back
        if asked.unknown:
            return
        assert token is not None, text
        assert count == len(asked.taken.tokens) + 1
        asked.taken.tokens.append(token)

    def _put_back(self, asked: Asked) -> None:
        taken, end = asked.taken, asked.end
        if taken is None:
            return
        if isinstance(end, Finished):
            asked.unknown = asked.unknown or bool(asked.request.limits.stop_strings)
            if not asked.unknown and end.usage.completion_tokens == len(taken.tokens) + 1:
                assert end.reason == "stop"
                taken.tokens.append(self.model.oracle.reader.end)
        total = len(asked.expected.keys)
        self.model.oracle.put_back(taken, asked.read and total + len(taken.tokens) - 1
                                   if taken.tokens else asked.read)  # fmt: skip

    def _confirm(self, asked: Asked) -> None:
        """A greedy answer is what the model says with nothing reused."""
        if (
            asked.taken is not None
            and asked.taken.tokens
            and not asked.request.sampling.temperature
        ):
            self.model.reference.confirm(asked.expected, asked.taken.tokens)
            self.confirmed += len(asked.taken.tokens)


def load_request(model: Known, *, keeps: bool) -> LoadModel:
    """With or without a place on disk."""
    return LoadModel(model.folder, "full", resume_bytes=_DISK_BYTES if keeps else None)
