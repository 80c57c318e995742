"""Answers, one at a time: a queue of turns, and events of the engine told as changes of a turn.

It knows neither windows nor the disk; whoever listens shows and keeps what it says. Requests are
made one at a time, so a question asked meanwhile waits here and takes the finished answer along.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.conversation import TurnState
from engine import Failed, Finished, Generate, ModelNotUsable, PrefillProgress, TextDelta

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.conversation import Conversation, Turn
    from app.engine_bridge import EngineBridge
    from app.model_loading import ModelLoading
    from engine import EngineError, Event, Limits, SamplingParams

_NO_MODEL = "No model is loaded. Open a model folder, then try again."
_PARTIAL_MS = 1000
AnswerSettings = tuple["SamplingParams", "Limits"]
_ENDS = {"stop": TurnState.DONE, "length": TurnState.CUT, "cancelled": TurnState.CANCELLED}


@dataclass(slots=True, eq=False)
class _Waiting:
    """A turn to be answered, and the conversation that it belongs to."""

    conversation: Conversation
    turn: Turn


@dataclass(slots=True, eq=False)
class _Running(_Waiting):
    """The turn being answered. `kept` is what it had said before it was continued.

    `thinking_since` is when its thought began, had it never stood still.
    """

    request_id: str
    kept: str
    kept_tokens: int
    thinking_since: float | None = None


class Answering(QObject):
    """Answers turns in the order in which they come.

    `changed`, `grown` and `ended` carry the conversation and its turn: `grown` about once a second
    while text comes in, `ended` once for every turn that was taken in. `heard` passes on each event
    with the conversation that it belongs to.
    """

    changed = Signal(object, object)
    grown = Signal(object, object)
    ended = Signal(object, object)
    heard = Signal(object, object)

    def __init__(
        self,
        bridge: EngineBridge,
        models: ModelLoading,
        answer_settings: Callable[[], AnswerSettings],
        parent: QObject | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._bridge = bridge
        self._models = models
        self._answer_settings = answer_settings
        self._queue: deque[_Waiting] = deque()
        self._running: _Running | None = None
        self._told = ""
        self._beat = QTimer(self, interval=_PARTIAL_MS)
        self._beat.timeout.connect(self._tell_growth)
        models.ready.connect(self._advance)
        models.failed.connect(self._model_failed)

    @property
    def conversation(self) -> Conversation | None:
        """The conversation whose answer is being written."""
        return self._running.conversation if self._running is not None else None

    def waits(self, turn: Turn) -> bool:
        """Whether `turn` has not been begun yet."""
        return any(waiting.turn is turn for waiting in self._queue)

    def ask(self, conversation: Conversation, turn: Turn) -> None:
        """Answer `turn`, or go on with its answer, after all that was asked before."""
        turn.error = turn.prefill = turn.usage = turn.timings = None
        turn.state = TurnState.QUEUED
        self._queue.append(_Waiting(conversation, turn))
        self.changed.emit(conversation, turn)
        self._advance()

    def stop(self, conversation: Conversation) -> None:
        """End the answer being written in `conversation`, and what waits behind it there."""
        if self._running is not None and self._running.conversation is conversation:
            self._bridge.cancel(self._running.request_id)
        for waiting in [w for w in self._queue if w.conversation is conversation]:
            self.give_up(waiting.turn)

    def give_up(self, turn: Turn) -> None:
        """Let a turn that waits to be answered, or to be continued, stand as it is."""
        waiting = self._take(turn)
        if waiting is not None:
            self._end(waiting, TurnState.CANCELLED)

    def forget(self, turn: Turn) -> bool:
        """Take a waiting turn out of the queue without a word; says whether it waited."""
        return self._take(turn) is not None

    def close(self) -> None:
        """Give up everything; the engine is closed elsewhere."""
        self._queue.clear()
        self._beat.stop()
        if self._running is not None:
            self._bridge.cancel(self._running.request_id)

    def _take(self, turn: Turn) -> _Waiting | None:
        waiting = next((w for w in self._queue if w.turn is turn), None)
        if waiting is not None:
            self._queue.remove(waiting)
        return waiting

    def _advance(self) -> None:
        """Ask the next question that waits, where nothing stands in its way."""
        if self._running is not None or self._models.loading or not self._queue:
            return
        if self._models.resting:
            self._models.wake()
            return
        if self._models.info is None:
            self._fail_what_waits(self._models.error)
            return
        waiting = self._queue.popleft()
        conversation, turn = waiting.conversation, waiting.turn
        if not turn.said:
            turn.begin(conversation.thinking)
        request = Generate(
            conversation.messages_for(turn), *self._answer_settings(), thinking=turn.thinking
        )
        self._running = _Running(
            conversation, turn, request.request_id, turn.said, turn.completion_tokens
        )
        self._told = turn.said
        self._beat.start()
        self._bridge.submit(request, self._hear)

    def _model_failed(self, error: EngineError) -> None:
        """Without a model, what waits cannot be answered; with an older one, it goes on."""
        if self._models.info is not None:
            self._advance()
        else:
            self._fail_what_waits(error)

    def _fail_what_waits(self, error: EngineError | None) -> None:
        """The window itself says why there is no model; a turn says what became of it."""
        while self._queue:
            waiting = self._queue.popleft()
            waiting.turn.error = ModelNotUsable(_NO_MODEL, error.sentence if error else "")
            self._end(waiting, TurnState.FAILED)

    def _hear(self, event: Event) -> None:
        running = self._running
        if running is None:
            return
        turn = running.turn
        match event:
            case PrefillProgress():
                turn.state, turn.prefill = TurnState.READING, event
                self.changed.emit(running.conversation, turn)
            case TextDelta():
                self._hear_text(running, event)
            case Finished():
                self._finish(running, event)
            case Failed():
                turn.error = event.error
                self._end(running, TurnState.FAILED)
        self.heard.emit(running.conversation, event)
        self._advance()

    def _hear_text(self, running: _Running, event: TextDelta) -> None:
        turn = running.turn
        turn.state = TurnState.ANSWERING
        turn.hear(event.text, event.part)
        self._time_thought(running, event)
        turn.completion_tokens = running.kept_tokens + event.tokens
        self.changed.emit(running.conversation, turn)

    def _time_thought(self, running: _Running, event: TextDelta) -> None:
        """A thought takes from its first mark to its last; one that is continued takes longer."""
        if event.part == "answer":
            return
        now, turn = self._clock(), running.turn
        if running.thinking_since is None:
            running.thinking_since = now - (turn.reasoning_s or 0.0)
        if turn.reasoning:
            turn.reasoning_s = now - running.thinking_since

    def _finish(self, running: _Running, event: Finished) -> None:
        turn = running.turn
        turn.answer = (running.kept + event.text).removeprefix(turn.thought)
        turn.completion_tokens = running.kept_tokens + event.usage.completion_tokens
        turn.usage, turn.timings = event.usage, event.timings
        self._end(running, _ENDS[event.reason])

    def _end(self, ended: _Waiting, state: TurnState) -> None:
        if ended is self._running:
            self._running = None
            self._beat.stop()
        ended.turn.state = state
        self.changed.emit(ended.conversation, ended.turn)
        self.ended.emit(ended.conversation, ended.turn)

    def _tell_growth(self) -> None:
        running = self._running
        if running is not None and running.turn.said != self._told:
            self._told = running.turn.said
            self.grown.emit(running.conversation, running.turn)
