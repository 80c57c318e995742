"""One random day: operations carried out on a real engine, and everything it says checked."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from engine import (
    ContextTooLong,
    CountTokens,
    Failed,
    Finished,
    Generate,
    Limits,
    ModelNotUsable,
    ModelReady,
    ModelUnloaded,
    PrefillProgress,
    Priority,
    SamplingParams,
    TextDelta,
    TokensCounted,
    UnloadModel,
)
from soak.desk import Asked, Desk, Known, When, load_request
from soak.operations import beginning, question

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from random import Random

    from engine import Event
    from soak.models import Kind
    from soak.operations import Operation
    from soak.reading import Conversation

    Act = Callable[[Event], None]

_PATIENCE_S = 60
_MOST_LEAVES = 8
_LONGEST_CHARACTERS = 1500
_STOPS = ("e", "an", "T", "0", "in ", "th")


class Soaking:
    """A day of an engine that may load any of `folders`, the first of them at first."""

    def __init__(self, folders: Mapping[Path, Kind]) -> None:
        self._models = [Known.of(folder, kind) for folder, kind in folders.items()]
        self.desk = Desk(self._models[0])
        self._leaves: list[Conversation] = []
        self._does: Mapping[str, Callable[[Random], None]] = {
            "ask": self._ask,
            "begin": self._begin,
            "edit": self._edit,
            "ask_again": self._ask_again,
            "go_on": self._go_on,
            "stop_at_a_string": self._stop_at_a_string,
            "cancel_reading": self._cancel_reading,
            "cancel_speaking": self._cancel_speaking,
            "cancel_standing": self._cancel_standing,
            "cancel_waiting": self._cancel_waiting,
            "window_before_batch": self._window_before_batch,
            "two_programs": self._two_programs,
            "count": self._count,
            "ask_too_much": self._ask_too_much,
            "load_again": self._load_again,
            "load_other": self._load_other,
            "load_in_use": self._load_in_use,
            "unload_in_use": self._unload_in_use,
            "restart": self._restart,
        }
        self.wake()

    @property
    def near_ties(self) -> int:
        """Tokens that were chosen among two as good."""
        return sum(model.reference.near_ties for model in self._models)

    def carry_out(self, operation: Operation) -> None:
        """Do it, and check all that can be seen of it. Raises `AssertionError`."""
        self._does[operation.name](random.Random(operation.seed))
        short = [x for x in self._leaves if sum(len(m.text) for m in x) < _LONGEST_CHARACTERS]
        self._leaves = short[-_MOST_LEAVES:]
        for model in self._models:
            model.oracle.forget(self._leaves)

    def wake(self) -> None:
        """Load the model that was used last."""
        self.desk.load(self.desk.model, keeps=True)

    def _ask(self, chance: Random) -> None:
        self._answer(self._asked(chance, (*self._answered(chance), question(chance))))

    def _begin(self, chance: Random) -> None:
        self._answer(self._asked(chance, _new(chance)))

    def _edit(self, chance: Random) -> None:
        leaf = self._leaf(chance)
        questions = [at for at, message in enumerate(leaf) if message.role == "user"]
        before = leaf[: chance.choice(questions)] if leaf else ()
        self._answer(self._asked(chance, (*before, question(chance)) if leaf else _new(chance)))

    def _ask_again(self, chance: Random) -> None:
        leaf = self._leaf(chance)
        self._answer(self._asked(chance, _unanswered(leaf) or _new(chance)))

    def _go_on(self, chance: Random) -> None:
        self._answer(self._asked(chance, self._answered(chance) or _new(chance)))

    def _stop_at_a_string(self, chance: Random) -> None:
        messages = (*self._answered(chance), question(chance))
        stops = tuple(chance.sample(_STOPS, 2))
        self._answer(self._asked(chance, messages, stops=stops))

    def _cancel_reading(self, chance: Random) -> None:
        long = question(chance, words=chance.choice((100, 180)))
        asked = self._asked(chance, (*self._answered(chance), long))
        self._answer(asked, self._cancel_at(asked, PrefillProgress, chance.randrange(1, 4)))

    def _cancel_speaking(self, chance: Random) -> None:
        asked = self._asked(chance, (*self._answered(chance), question(chance)), tokens=60)
        self._answer(asked, self._cancel_at(asked, TextDelta, chance.randrange(1, 12)))

    def _cancel_standing(self, chance: Random) -> None:
        below = self._another(chance, Priority.BATCH)
        above = self._another(chance, Priority.WINDOW)
        cancel = When(TextDelta, 1, lambda: self._cancel(below))
        self._answer_both(below, above, When(TextDelta, 1, lambda: self.desk.ask(above, cancel)))

    def _cancel_waiting(self, chance: Random) -> None:
        running = self._another(chance, Priority.BATCH)
        waiting = self._another(chance, Priority.BATCH)
        self.desk.ask(running, When(PrefillProgress, 1, lambda: self._ask_and_cancel(waiting)))
        self.desk.finish(running, waiting)
        self._keep(self.desk.settle(running))
        assert isinstance(waiting.end, Finished)
        assert (waiting.end.reason, waiting.end.text, waiting.taken) == ("cancelled", "", None)

    def _ask_and_cancel(self, asked: Asked) -> None:
        self.desk.ask(asked)
        self._cancel(asked)

    def _window_before_batch(self, chance: Random) -> None:
        below = self._another(chance, Priority.BATCH)
        above = self._another(chance, chance.choice((Priority.WINDOW, Priority.API)))
        kind = chance.choice((TextDelta, PrefillProgress))
        events = self._answer_both(below, above, When(kind, 1, lambda: self.desk.ask(above)))
        ids = [event.request_id for event in events]
        first = ids.index(above.request.request_id)
        answered_at = len(ids) - ids[::-1].index(above.request.request_id)
        assert set(ids[first:answered_at]) == {above.request.request_id}

    def _two_programs(self, chance: Random) -> None:
        one, other = (self._another(chance, Priority.API) for _ in range(2))
        self.desk.ask(other)
        self._answer_both(one, other)

    def _count(self, chance: Random) -> None:
        messages = _unanswered(self._leaf(chance)) or _new(chance)
        expected = self.desk.model.oracle.expect(messages)
        self.desk.submit(CountTokens(messages))
        (counted,) = self.desk.finish()
        assert isinstance(counted, TokensCounted)
        assert counted.prompt_tokens == len(expected.keys)
        assert counted.image_tokens == sum(key < 0 for key in expected.keys)

    def _ask_too_much(self, chance: Random) -> None:
        asked = self._asked(chance, (question(chance, words=1200),))
        self.desk.ask(asked)
        (failed,) = self.desk.finish()
        assert isinstance(failed, Failed)
        assert isinstance(failed.error, ContextTooLong)
        assert failed.error.prompt_tokens == len(asked.expected.keys) + 1  # and one to say

    def _load_again(self, chance: Random) -> None:
        self.desk.load(self.desk.model, keeps=chance.random() < 0.7)

    def _load_other(self, chance: Random) -> None:
        others = [model for model in self._models if model is not self.desk.model]
        self.desk.load(chance.choice(others or self._models), keeps=chance.random() < 0.7)

    def _load_in_use(self, chance: Random) -> None:
        model, keeps = self.desk.model, chance.random() < 0.7
        asked = self._asked(chance, _new(chance), tokens=80, priority=Priority.BATCH)
        load = load_request(model, keeps=keeps)
        self.desk.ask(asked, When(TextDelta, 2, lambda: self.desk.submit(load)))
        events = self.desk.finish(asked)
        self.desk.settle_overtaken(asked)
        if not any(isinstance(event, ModelReady) for event in events):
            self.desk.submit(load)
            events = self.desk.finish()
        self.desk.ready(events, model, keeps=keeps)

    def _unload_in_use(self, chance: Random) -> None:
        asked = self._asked(chance, _new(chance), tokens=80)
        self.desk.ask(asked, When(TextDelta, 2, lambda: self.desk.submit(UnloadModel())))
        events = self.desk.finish(asked)
        self.desk.settle_overtaken(asked)
        if any(isinstance(event, ModelUnloaded) for event in events):
            self.desk.model.oracle.leave()
        else:
            self.desk.unload()
        self.desk.submit(asked.request)
        (refused,) = self.desk.finish()
        assert isinstance(refused, Failed)
        assert isinstance(refused.error, ModelNotUsable)
        self.wake()

    def _restart(self, chance: Random) -> None:
        self.desk.restart()
        self.desk.load(self.desk.model, keeps=chance.random() < 0.8)

    def _leaf(self, chance: Random) -> Conversation:
        return chance.choice(self._leaves) if self._leaves else ()

    def _answered(self, chance: Random) -> Conversation:
        """A conversation in which it is the person's turn, or none."""
        answered = [leaf for leaf in self._leaves if leaf[-1].role == "assistant"]
        return chance.choice(answered) if answered else ()

    def _another(self, chance: Random, priority: Priority) -> Asked:
        messages = (*(self._answered(chance) or beginning(chance)), question(chance))
        return self._asked(chance, messages, priority=priority)

    def _asked(
        self,
        chance: Random,
        messages: Conversation,
        *,
        tokens: int | None = None,
        priority: Priority | None = None,
        stops: tuple[str, ...] = (),
    ) -> Asked:
        sampling = SamplingParams()
        if chance.random() < 0.4:
            sampling = SamplingParams(temperature=1.0, top_k=8, seed=chance.getrandbits(32))
        request = Generate(
            messages,
            sampling,
            Limits(tokens or chance.choice((1, 2, 7, 12, 40)), stops),
            drafting=chance.random() < 0.7,
            priority=chance.choice([*Priority]) if priority is None else priority,
        )
        return Asked(request, self.desk.model.oracle.expect(messages))

    def _cancel_at(self, asked: Asked, kind: type[Event], count: int) -> Act:
        return When(kind, count, lambda: self._cancel(asked))

    def _cancel(self, asked: Asked) -> None:
        # The first events may come before the ticket does.
        asked.ticket.result(_PATIENCE_S).cancel()

    def _answer(self, asked: Asked, act: Act | None = None) -> None:
        self.desk.ask(asked, act)
        self.desk.finish(asked)
        self._keep(self.desk.settle(asked))

    def _answer_both(self, one: Asked, other: Asked, act: Act | None = None) -> list[Event]:
        """Ask `one`; `other` was asked before, or by `act`, or else is asked afterwards."""
        self.desk.ask(one, act)
        events = self.desk.finish(one, other)
        if not other.ticket.done():
            self.desk.ask(other)
            events += self.desk.finish(other)
        for asked in (one, other):
            self._keep(self.desk.settle(asked))
        return events

    def _keep(self, leaf: Conversation) -> None:
        """The conversation that it goes on from stays in most cases: that is a branch then."""
        self._leaves = [*(x for x in self._leaves if x != leaf[: len(x)]), leaf]


def _new(chance: Random) -> Conversation:
    return (*beginning(chance), question(chance))


def _unanswered(leaf: Conversation) -> Conversation:
    return leaf[:-1] if leaf and leaf[-1].role == "assistant" else leaf
