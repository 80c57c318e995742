"""The conversations at hand: which one is open, what is asked in it, which answers are shown.

No widget is known here: the window connects its own to these signals and slots. What happens is
kept in the library as it happens; answers are made by `Answering`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.answering import Answering
from app.conversation import Conversation, TurnState, copy_to
from app.drafts import Draft, draft_of
from app.figures import Meter
from engine.machine import process_memory_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.answering import AnswerSettings
    from app.conversation import Turn
    from app.engine_bridge import EngineBridge
    from app.library import Library, TakenUp
    from app.model_loading import ModelLoading
    from engine import Event, Message

# So many conversations stay in memory beside those in which something happens.
_AT_HAND = 8


class ChatSession(QObject):
    """Opens conversations, asks in them, and says what changed.

    `state_changed` says that something waits or ends somewhere; `path_changed` that other turns are
    shown in the open conversation; `not_opened` carries why one could not be read.
    """

    conversation_opened = Signal(object)
    not_opened = Signal(object)
    state_changed = Signal()
    path_changed = Signal(object)
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
        library: Library,
        parent: QObject | None = None,
        new_conversation: Callable[[], Conversation] = Conversation,
    ) -> None:
        super().__init__(parent)
        self._new_conversation = new_conversation
        self._models = models
        self._library = library
        self._answering = Answering(bridge, models, answer_settings, self)
        self.meter = Meter()
        self.current = new_conversation()
        # Where nothing has been asked yet; there is one, so that what is written there is found.
        self._unsent = self.current
        self._wanted = self.current.id
        # The most recently opened last.
        self._at_hand: dict[str, Conversation] = {self.current.id: self.current}
        self._drafts: dict[str, Draft] = {}
        self._show_loading()
        models.changed.connect(self._show_loading)
        models.heard.connect(self._measure)
        self._answering.changed.connect(self._turn_changed)
        self._answering.grown.connect(lambda _conversation, turn: library.save_partial(turn))
        self._answering.ended.connect(self._turn_ended)
        self._answering.heard.connect(self._hear)

    @property
    def answering(self) -> Conversation | None:
        """The conversation whose answer is being written."""
        return self._answering.conversation

    @property
    def unsent(self) -> Conversation:
        """Where nothing has been asked yet."""
        return self._unsent

    @property
    def busy(self) -> bool:
        """Whether the open conversation waits for an answer that can be stopped."""
        return _runs(self.current)

    @property
    def running(self) -> frozenset[str]:
        """The ids of the conversations in which an answer is still to come."""
        return frozenset(c.id for c in self._at_hand.values() if _runs(c))

    def choose_thinking(self, thinking: bool) -> None:
        """Let the model think, or not, before it answers what is asked here from now on."""
        self.current.thinking = thinking
        self._library.save_thinking(self.current)

    def messages_with(self, draft: Draft) -> tuple[Message, ...]:
        """What the model would read if `draft` were sent now."""
        return self.current.messages_with(draft.message())

    def draft_for(self, conversation: Conversation) -> Draft:
        """What was being written in `conversation` when it was last kept; told once."""
        return self._drafts.pop(conversation.id, Draft())

    def open_new(self) -> None:
        """Turn to the empty conversation; there is a new one once the last has been asked in."""
        if not self.current.all_turns:
            self.conversation_opened.emit(self.current)
            return
        if self._unsent.all_turns:
            self._unsent = self._new_conversation()
        self._open(self._unsent)

    def open(self, conversation_id: str) -> None:
        """Turn to the conversation with this id, at once or as soon as it has been read."""
        self._wanted = conversation_id
        found = self._at_hand.get(conversation_id)
        if found is not None:
            if found is not self.current:
                self._open(found)
            return
        self._library.read(conversation_id, self._read, self.not_opened.emit)

    def send(self, draft: Draft, tokens: Mapping[str, int] | None = None) -> None:
        """Ask `draft` in the open conversation; `tokens` is what its attachments cost."""
        if draft.empty:
            return
        turn = self.current.add(draft.message())
        turn.attachment_tokens.update(tokens or {})
        self._library.ask(self.current, turn)
        self.turn_added.emit(turn)
        self._ask(self.current, turn)

    def edit(self, turn: Turn, text: str) -> None:
        """Ask the question of `turn` anew with other words; the old one stays beside it."""
        draft = Draft(text, draft_of(turn.question).attachments)
        if not draft.empty:
            self._ask_beside(turn, draft.message())

    def regenerate(self, turn: Turn) -> None:
        """Answer the question of `turn` once more; the old answer stays beside the new one."""
        self._ask_beside(turn, turn.question)

    def show_version(self, turn: Turn, step: int) -> Turn | None:
        """Show the version of `turn` that is `step` further; it and all below it change."""
        owner = self._owner(turn)
        if owner is None:
            return None
        versions = owner.versions(turn)
        place = versions.index + step
        if not 0 <= place < versions.count:
            return None
        chosen = next(one for one in owner.all_turns if one.id == versions.ids[place])
        owner.choose(chosen.id)
        self._library.choose(chosen)
        self.path_changed.emit(owner)
        self.state_changed.emit()
        return chosen

    def show_turn(self, turn_id: str) -> None:
        """Show the branch of the open conversation that this turn is on."""
        shown = self.current
        turn = next((one for one in shown.all_turns if one.id == turn_id), None)
        if turn is not None and turn not in shown.turns:
            shown.choose(turn_id)
            self._library.choose(turn)
            self.path_changed.emit(shown)

    def branch(self, turn: Turn) -> None:
        """Go on from `turn` in a conversation of its own."""
        owner = self._owner(turn)
        if owner is None or turn.state.running:
            return
        branch = copy_to(owner, turn)
        self._at_hand[branch.id] = branch
        self._library.insert(branch)
        self._open(branch)

    def stop(self) -> None:
        """End the answer being written in the open conversation, and what waits behind it."""
        self._answering.stop(self.current)

    def give_up(self, turn: Turn) -> None:
        """Let a turn that waits to be answered, or to be continued, stand as it is."""
        self._answering.give_up(turn)

    def withdraw(self, turn: Turn) -> Draft | None:
        """Take back a question that waits, or that failed; it is handed back as a draft."""
        owner = self._owner(turn)
        refused = turn.state is TurnState.FAILED and not turn.said
        if owner is None or not (self._answering.forget(turn) or refused):
            return None
        beside = owner.versions(turn).count > 1
        owner.remove(turn)
        self._library.remove(owner, turn)
        self._shelve(owner)
        if beside:
            self.path_changed.emit(owner)
        else:
            self.turn_removed.emit(turn)
        self.state_changed.emit()
        return draft_of(turn.question)

    def resume(self, turn: Turn) -> None:
        """Continue an answer exactly where it stopped."""
        owner = self._owner(turn)
        if owner is not None and not turn.state.running:
            self._ask(owner, turn)
            self._library.begin_again(turn)

    def start_over(self, turn: Turn) -> None:
        """Answer a question afresh; what was said stays beside it."""
        if turn.said:
            self.regenerate(turn)
        else:
            self.resume(turn)

    def rename(self, conversation_id: str, title: str) -> None:
        """Give a conversation the title that the person has chosen."""
        found = self._at_hand.get(conversation_id)
        if found is not None:
            found.title, found.titled_by_person = title, True
        self._library.arrangement.rename(conversation_id, title)
        self.state_changed.emit()

    def delete(self, conversation_id: str) -> str | None:
        """Delete a conversation, so that it can be restored; returns its title."""
        found = self._at_hand.get(conversation_id)
        if found is not None:
            self._answering.stop(found)
        if self.current.id == conversation_id:
            self.open_new()
        return self._library.arrangement.delete(conversation_id)

    def forget(self, conversation_id: str) -> None:
        """Let go of a conversation that is removed for good."""
        self._at_hand.pop(conversation_id, None)

    def forget_all(self) -> None:
        """Let go of every conversation, as if none had been; nothing may run any more."""
        self._drafts.clear()
        self._at_hand.clear()
        self._unsent = self._new_conversation()
        self._open(self._unsent)

    def stop_all(self) -> None:
        """End whatever is being answered, and what waits behind it."""
        for conversation in list(self._at_hand.values()):
            self._answering.stop(conversation)

    def close(self) -> None:
        """Give up what is asked, and keep what has been answered; the engine is closed elsewhere.

        Answers still being written are kept as far as they have come.
        """
        self._answering.close()
        for conversation in self._at_hand.values():
            for turn in conversation.all_turns:
                if turn.state.running:
                    turn.state = TurnState.INTERRUPTED
                    self._library.finish(conversation, turn)

    def _read(self, taken_up: TakenUp) -> None:
        conversation = taken_up.conversation
        found = self._at_hand.setdefault(conversation.id, conversation)
        if found is conversation:
            self._drafts[conversation.id] = taken_up.draft
        if self._wanted == conversation.id:
            self._open(found)

    def _open(self, conversation: Conversation) -> None:
        self.current = conversation
        self._wanted = conversation.id
        self._at_hand.pop(conversation.id, None)
        self._at_hand[conversation.id] = conversation
        self._put_away()
        self.conversation_opened.emit(conversation)
        self.state_changed.emit()
        self._show_figures_of(conversation)

    def _put_away(self) -> None:
        """Let go of conversations in which nothing happens; they are read again when opened.

        What is not on the disk yet could not be read again.
        """
        if self._library.unwritten:
            return
        quiet = [c for c in self._at_hand.values() if not _runs(c)]
        for conversation in quiet[:-_AT_HAND]:
            if conversation is not self._unsent and conversation is not self.current:
                del self._at_hand[conversation.id]

    def _owner(self, turn: Turn) -> Conversation | None:
        return next((c for c in self._at_hand.values() if turn in c.all_turns), None)

    def _shelve(self, conversation: Conversation) -> None:
        """An emptied conversation is the unsent one again, unless another has taken its place."""
        if not conversation.all_turns and self._unsent.all_turns:
            self._unsent = conversation

    def _ask_beside(self, turn: Turn, question: Message) -> None:
        owner = self._owner(turn)
        if owner is None or turn.state.running:
            return
        new = owner.add_beside(turn, question)
        new.attachment_tokens.update(turn.attachment_tokens)
        self._library.ask(owner, new)
        self.path_changed.emit(owner)
        self._ask(owner, new)

    def _ask(self, conversation: Conversation, turn: Turn) -> None:
        self._answering.ask(conversation, turn)

    def _turn_changed(self, _conversation: Conversation, turn: Turn) -> None:
        self.turn_changed.emit(turn)
        if turn.state is TurnState.QUEUED:
            self.state_changed.emit()

    def _turn_ended(self, conversation: Conversation, turn: Turn) -> None:
        self._library.finish(conversation, turn)
        self.state_changed.emit()
        if turn.state in (TurnState.DONE, TurnState.CUT):
            self.answer_finished.emit(turn)

    def _hear(self, conversation: Conversation, event: Event) -> None:
        self._measure(event)
        if conversation is not self.current:
            self._show_figures_of(self.current)

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


def _runs(conversation: Conversation) -> bool:
    return any(turn.state.running for turn in conversation.all_turns)
