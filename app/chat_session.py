"""The conversations of this run: from a draft to a request, from events back to the turn.

No widget is known here: the window connects its own to these signals and slots. Requests are made
one at a time, so a question that is asked meanwhile waits here and takes the finished answer along.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.conversation import Conversation, Turn, TurnState
from app.drafts import Draft, draft_of
from app.figures import Meter
from engine import (
    Failed,
    Finished,
    Generate,
    ModelNotUsable,
    PrefillProgress,
    TextDelta,
)
from engine.machine import process_memory_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.engine_bridge import EngineBridge
    from app.model_loading import ModelLoading
    from engine import EngineError, Event, Limits, Message, SamplingParams

_NO_MODEL = "No model is loaded. Open a model folder, then try again."
AnswerSettings = tuple["SamplingParams", "Limits"]
_ENDS = {"stop": TurnState.DONE, "length": TurnState.CUT, "cancelled": TurnState.CANCELLED}


@dataclass(slots=True, eq=False)
class _Waiting:
    """A turn to be answered, and the conversation that it belongs to."""

    conversation: Conversation
    turn: Turn


@dataclass(slots=True, eq=False)
class _Running(_Waiting):
    """The turn being answered. `kept` is what it had said before it was continued."""

    request_id: str
    kept: str
    kept_tokens: int


class ChatSession(QObject):
    """Keeps the conversations, asks the engine, and says what changed."""

    conversation_opened = Signal(object)
    conversations_changed = Signal()
    turn_added = Signal(object)
    turn_changed = Signal(object)
    turn_removed = Signal(object)
    answer_finished = Signal(object)
    figures_changed = Signal(object)

    def __init__(
        self,
        bridge: EngineBridge,
        models: ModelLoading,
        answer_settings: Callable[[], AnswerSettings],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._models = models
        self._answer_settings = answer_settings
        self._queue: deque[_Waiting] = deque()
        self._running: _Running | None = None
        self.meter = Meter()
        self.conversations: list[Conversation] = []
        self.current = Conversation()
        # Where nothing has been asked yet; there is one, so that what is written there is found.
        self._unsent = self.current
        self._show_loading()
        models.changed.connect(self._show_loading)
        models.heard.connect(self._measure)
        models.ready.connect(self._advance)
        models.failed.connect(self._model_failed)

    @property
    def answering(self) -> Conversation | None:
        """The conversation whose answer is being written."""
        return self._running.conversation if self._running is not None else None

    @property
    def busy(self) -> bool:
        """Whether the open conversation waits for an answer that can be stopped."""
        return any(turn.state.running for turn in self.current.turns)

    def messages_with(self, draft: Draft) -> tuple[Message, ...]:
        """What the model would read if `draft` were sent now."""
        return self.current.messages_with(draft.message())

    def open_new(self) -> None:
        """Turn to the empty conversation; there is a new one once the last has been asked in."""
        if not self.current.turns:
            self.conversation_opened.emit(self.current)
            return
        if self._unsent.turns:
            self._unsent = Conversation()
        self._open(self._unsent)

    def open(self, conversation_id: str) -> None:
        """Turn to the conversation with this id."""
        found = next((c for c in self.conversations if c.id == conversation_id), None)
        if found is not None and found is not self.current:
            self._open(found)

    def send(self, draft: Draft, tokens: Mapping[str, int] | None = None) -> None:
        """Ask `draft` in the open conversation; `tokens` is what its attachments cost."""
        if draft.empty:
            return
        conversation = self.current
        turn = conversation.add(draft.message())
        turn.attachment_tokens.update(tokens or {})
        if conversation not in self.conversations:
            self.conversations.insert(0, conversation)
        self.turn_added.emit(turn)
        self._enqueue(conversation, turn)

    def stop(self) -> None:
        """End the answer being written in the open conversation, and what waits behind it."""
        if self.answering is self.current and self._running is not None:
            self._bridge.cancel(self._running.request_id)
        for waiting in [w for w in self._queue if w.conversation is self.current]:
            self.give_up(waiting.turn)

    def give_up(self, turn: Turn) -> None:
        """Let a turn that waits to be answered, or to be continued, stand as it is."""
        waiting = next((w for w in self._queue if w.turn is turn), None)
        if waiting is not None:
            self._queue.remove(waiting)
            self._end(waiting, TurnState.CANCELLED)

    def withdraw(self, turn: Turn) -> Draft | None:
        """Take back a question that waits, or that failed; it is handed back as a draft."""
        owner = self._owner(turn)
        waiting = next((w for w in self._queue if w.turn is turn), None)
        refused = turn.state is TurnState.FAILED and not turn.answer
        if owner is None or not (waiting or refused):
            return None
        if waiting is not None:
            self._queue.remove(waiting)
        owner.remove(turn)
        self._shelve(owner)
        self.turn_removed.emit(turn)
        self.conversations_changed.emit()
        return draft_of(turn.question)

    def resume(self, turn: Turn) -> None:
        """Continue an answer exactly where it stopped."""
        self._ask_again(turn)

    def start_over(self, turn: Turn) -> None:
        """Answer a question afresh; what was said is dropped."""
        turn.answer = ""
        turn.completion_tokens = 0
        self._ask_again(turn)

    def close(self) -> None:
        """Give up everything; the engine is closed elsewhere."""
        self._queue.clear()
        if self._running is not None:
            self._bridge.cancel(self._running.request_id)

    def _open(self, conversation: Conversation) -> None:
        self.current = conversation
        self.conversation_opened.emit(conversation)
        self.conversations_changed.emit()
        self._show_figures_of(conversation)

    def _owner(self, turn: Turn) -> Conversation | None:
        return next((c for c in self.conversations if turn in c.turns), None)

    def _shelve(self, conversation: Conversation) -> None:
        """An emptied conversation is the unsent one again, unless another has taken its place."""
        if conversation.turns:
            return
        if self._unsent is conversation or self._unsent.turns:
            self._unsent = conversation
            self.conversations.remove(conversation)

    def _ask_again(self, turn: Turn) -> None:
        owner = self._owner(turn)
        if owner is None or turn.state.running:
            return
        turn.error = turn.prefill = turn.usage = turn.timings = None
        self._enqueue(owner, turn)

    def _enqueue(self, conversation: Conversation, turn: Turn) -> None:
        turn.state = TurnState.QUEUED
        self._queue.append(_Waiting(conversation, turn))
        self.turn_changed.emit(turn)
        self.conversations_changed.emit()
        self._advance()

    def _advance(self) -> None:
        """Ask the next question that waits, where nothing stands in its way."""
        if self._running is not None or self._models.loading or not self._queue:
            return
        if self._models.info is None:
            self._fail_what_waits(self._models.error)
            return
        waiting = self._queue.popleft()
        turn = waiting.turn
        messages = waiting.conversation.messages_for(turn)
        request = Generate(messages, *self._answer_settings())
        self._running = _Running(
            waiting.conversation, turn, request.request_id, turn.answer, turn.completion_tokens
        )
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
                self.turn_changed.emit(turn)
            case TextDelta():
                self._hear_text(running, event)
            case Finished():
                self._finish(running, event)
            case Failed():
                turn.error = event.error
                self._end(running, TurnState.FAILED)
        self._measure(event)
        if running.conversation is not self.current:
            self._show_figures_of(self.current)
        self._advance()

    def _hear_text(self, running: _Running, event: TextDelta) -> None:
        turn = running.turn
        turn.state = TurnState.ANSWERING
        turn.answer += event.text
        turn.completion_tokens = running.kept_tokens + event.tokens
        self.turn_changed.emit(turn)

    def _finish(self, running: _Running, event: Finished) -> None:
        turn = running.turn
        turn.answer = running.kept + event.text
        turn.completion_tokens = running.kept_tokens + event.usage.completion_tokens
        turn.usage, turn.timings = event.usage, event.timings
        self._end(running, _ENDS[event.reason])
        if event.reason != "cancelled":
            self.answer_finished.emit(turn)

    def _end(self, ended: _Waiting, state: TurnState) -> None:
        if ended is self._running:
            self._running = None
        ended.turn.state = state
        self.turn_changed.emit(ended.turn)
        self.conversations_changed.emit()

    def _show_figures_of(self, conversation: Conversation) -> None:
        """The engine's rate is everybody's; the context is this conversation's own."""
        self.meter.show_context(conversation.context_tokens)
        self.figures_changed.emit(self.meter.figures)

    def _show_loading(self) -> None:
        """A model that is waited for is shown as such before the engine says so."""
        if self._models.loading and self.meter.figures.phase == "idle":
            self.meter.begin_loading(process_memory_bytes())
        self.figures_changed.emit(self.meter.figures)

    def _measure(self, event: Event) -> None:
        self.meter.hear(event)
        self._show_loading()
