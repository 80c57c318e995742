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
    """One question: what it must become, and what was heard of it.

    The tokens said are `unknown` where what may begin a stop string is held back.
    """

    request: Generate
    expected: Expected
    ticket: Future[Ticket] = field(default_factory=Future)
    taken: Taken | None = None
    common: int = 0
    read: int = 0
    said: str = ""
    end: Event | None = None

    @property
    def unknown(self) -> bool:
        return bool(self.request.limits.stop_strings)


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
        """Check how a question ended; the conversation as it is then.

        An answer of unknown tokens does not count: nobody could say what it must become.
        """
        oracle, taken, end = self.model.oracle, asked.taken, asked.end
        assert isinstance(end, Finished), end
        assert taken is not None
        assert end.text == asked.said
        oracle.check(taken, end.usage, asked.common)
        oracle.remember(taken, end.text, whole=not asked.unknown)
        messages = asked.expected.messages
        if asked.unknown or not end.text:
            return messages
        assert end.usage.completion_tokens == len(taken.tokens)
        self._confirm(asked)
        return answered(messages, end.text)

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
        if asked.unknown:
            return
        token = self.model.oracle.reader.token_of(text)
        assert token is not None, text
        assert count == len(asked.taken.tokens) + 1
        asked.taken.tokens.append(token)

    def _put_back(self, asked: Asked) -> None:
        taken, end = asked.taken, asked.end
        if taken is None:
            return
        completed = end.usage.completion_tokens if isinstance(end, Finished) else 0
        if not asked.unknown and completed == len(taken.tokens) + 1:
            assert isinstance(end, Finished)
            assert end.reason == "stop"
            taken.tokens.append(self.model.oracle.reader.end)
        # The token said last is not read before there is a next one.
        held = len(asked.expected.keys) + len(taken.tokens) - 1 if taken.tokens else asked.read
        self.model.oracle.put_back(taken, held, exactly=not asked.unknown)

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
