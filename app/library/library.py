"""The conversations that are kept: opened, read, and every change on its way to the disk.

What is shown changes at once, in memory; the store follows on its own thread. A conversation is
kept from the moment in which something is written in it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.drafts import Draft
from app.library.arrangement import Arrangement
from app.library.kept import (
    THINKING,
    error_of,
    figures_of,
    kept_conversation,
    live_conversation,
)
from app.library.rows import Rows
from app.store import recover, set_aside_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.conversation import Conversation, Turn
    from app.library.store_thread import StoreThread
    from app.store import Conversation as KeptConversation
    from app.store import ConversationRow, Folder, Opened, Recovered, Store


@dataclass(frozen=True, slots=True)
class TakenUp:
    """A conversation to go on with, what is being written in it, and what of that is lost."""

    conversation: Conversation
    draft: Draft
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Shelf:
    """What the store holds, as it is found."""

    rows: list[ConversationRow]
    folders: list[Folder]
    unsent: TakenUp | None


class Library(QObject):
    """Keeps the window's conversations. Ids are those of its own values.

    `opened` carries what the start has found, `not_opened` why nothing can be kept;
    `unsent_found` the newest draft of a conversation that never began. `listed` follows once the
    rows are there.
    """

    opened = Signal(object)
    not_opened = Signal(object)
    unsent_found = Signal(object)
    listed = Signal()

    def __init__(
        self,
        thread: StoreThread,
        parent: QObject | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(parent)
        self._thread = thread
        self._clock = clock
        self.rows = Rows(clock, self)
        self.arrangement = Arrangement(self.rows, thread, clock)
        # What the store knows, or will know once it has written what waits.
        self._kept: set[str] = set()
        self._drafted: set[str] = set()

    @property
    def unwritten(self) -> int:
        """How many changes are not on the disk yet."""
        return self._thread.unwritten

    def discard_unsent(self, conversation_id: str) -> None:
        """Forget a conversation that never began, once its draft is kept elsewhere."""
        self._kept.discard(conversation_id)
        self._drafted.discard(conversation_id)
        self._thread.write(lambda store: store.conversations.purge(conversation_id))

    def open(self, folder: Callable[[], Path]) -> None:
        """Open the store in the folder that `folder` names, and list what is there."""

        def opened(result: Opened) -> None:
            self._thread.read(_shelf, self._fill, self.not_opened.emit)
            self.opened.emit(result)

        self._thread.open(folder, opened, self.not_opened.emit)

    def begin_anew(
        self, folder: Callable[[], Path], on_failure: Callable[[Exception], None]
    ) -> None:
        """Remove all conversations and attachments for good; `listed` follows."""
        self._kept.clear()
        self._drafted.clear()
        self.rows.clear()

        def opened(_result: Opened) -> None:
            self._thread.read(_shelf, self._fill, on_failure)

        self._thread.begin_anew(folder, opened, on_failure)

    def reload(self) -> None:
        """List anew what is there, as after an import."""
        self._thread.read(_shelf, self._fill_rows, self.not_opened.emit)

    def read(
        self,
        conversation_id: str,
        on_read: Callable[[TakenUp], None],
        on_failure: Callable[[Exception], None],
    ) -> None:
        """Hand over a whole conversation and what was being written in it."""

        def read(taken_up: TakenUp) -> None:
            if taken_up.draft != Draft():
                self._drafted.add(conversation_id)
            on_read(taken_up)

        self._thread.read(
            lambda store: _taken_up(store.conversations.read(conversation_id)), read, on_failure
        )

    def ask(self, conversation: Conversation, turn: Turn) -> None:
        """Keep a question that has just been asked."""
        self._ensure(conversation)
        conversation_id, question = conversation.id, turn.question
        parent_id, turn_id = turn.parent_id, turn.id
        self._thread.write(
            lambda store: store.turns.ask(conversation_id, question, parent_id, turn_id)
        )
        self.rows.touch(conversation)

    def save_partial(self, turn: Turn) -> None:
        """Keep what has been answered so far."""
        turn_id, answer, reasoning = turn.id, turn.answer, turn.reasoning
        # Without its marks a thought could not go on.
        figures = figures_of(turn) if turn.thought else None
        self._thread.write(
            lambda store: store.turns.save_partial(turn_id, answer, reasoning, figures),
            f"partial {turn_id}",
        )

    def begin_again(self, turn: Turn) -> None:
        """Note that `turn` runs once more: were the program to end now, it would be cut off."""
        turn_id, state = turn.id, turn.state.value
        self._thread.write(lambda store: store.turns.set_state(turn_id, state))

    def finish(self, conversation: Conversation, turn: Turn) -> None:
        """Keep an answer and how it ended."""
        turn_id, state, answer, reasoning = turn.id, turn.state.value, turn.answer, turn.reasoning
        figures, error = figures_of(turn), error_of(turn)
        self._thread.write(
            lambda store: store.turns.finish(turn_id, state, answer, reasoning, figures, error)
        )
        self.rows.touch(conversation)

    def choose(self, turn: Turn) -> None:
        """Remember that `turn` is the one shown in its place."""
        turn_id = turn.id
        self._thread.write(lambda store: store.turns.choose(turn_id))

    def remove(self, conversation: Conversation, turn: Turn) -> None:
        """Take out a question that was taken back, with all below it."""
        turn_id = turn.id
        self._thread.write(lambda store: store.turns.remove(turn_id))
        if conversation.all_turns or conversation.titled_by_person:
            return
        conversation_id, title = conversation.id, conversation.title
        self._thread.write(
            lambda store: store.conversations.rename(conversation_id, title, by_person=False)
        )
        self.rows.drop(conversation_id)

    def insert(self, conversation: Conversation) -> None:
        """Keep a whole conversation that is new."""
        kept = kept_conversation(conversation, self._clock())
        self._kept.add(conversation.id)
        self._thread.write(lambda store: store.conversations.insert(kept))
        self.rows.touch(conversation)

    def save_draft(self, conversation: Conversation, draft: Draft) -> None:
        """Keep what is being written; the newest takes the place of one that still waits."""
        conversation_id, nothing = conversation.id, draft == Draft()
        if nothing and conversation_id not in self._drafted:
            return
        self._ensure(conversation)
        if nothing:
            self._drafted.discard(conversation_id)
        else:
            self._drafted.add(conversation_id)
        self._thread.write(
            lambda store: store.conversations.save_draft(conversation_id, draft),
            f"draft {conversation_id}",
        )

    def save_system_prompt(self, conversation: Conversation) -> None:
        """Keep what the model is told before everything else."""
        self._ensure(conversation)
        conversation_id, text = conversation.id, conversation.system_prompt
        self._thread.write(
            lambda store: store.conversations.save_system_prompt(conversation_id, text),
            f"system {conversation_id}",
        )

    def save_thinking(self, conversation: Conversation) -> None:
        """Keep how thinking is switched; of a conversation that is not kept yet, with the rest."""
        if conversation.id not in self._kept:
            return
        conversation_id, thinking = conversation.id, conversation.thinking
        self._thread.write(
            lambda store: store.conversations.save_option(conversation_id, THINKING, thinking),
            f"thinking {conversation_id}",
        )

    def recover(
        self, on_success: Callable[[Recovered], None], on_failure: Callable[[Exception], None]
    ) -> None:
        """Read what can be read of the newest database that was set aside."""

        def done(recovered: Recovered) -> None:
            self.reload()
            on_success(recovered)

        self._thread.read(_recover, done, on_failure)

    def _ensure(self, conversation: Conversation) -> None:
        """Keep an empty conversation, so that something can be kept in it."""
        if conversation.id in self._kept:
            return
        self._kept.add(conversation.id)
        kept = replace(kept_conversation(conversation, self._clock()), turns=(), shown={})
        self._thread.write(lambda store: store.conversations.insert(kept))

    def _fill(self, shelf: _Shelf) -> None:
        self._fill_rows(shelf)
        if shelf.unsent is not None:
            conversation_id = shelf.unsent.conversation.id
            self._kept.add(conversation_id)
            self._drafted.add(conversation_id)
            self.unsent_found.emit(shelf.unsent)
        self.listed.emit()

    def _fill_rows(self, shelf: _Shelf) -> None:
        self._kept.update(row.id for row in shelf.rows)
        self.rows.fill(shelf.rows, shelf.folders)


def _shelf(store: Store) -> _Shelf:
    unsent = [_taken_up(store.conversations.read(i)) for i in store.conversations.unsent()]
    drafted = [taken_up for taken_up in unsent if taken_up.draft != Draft()]
    rows, folders = store.conversations.rows(), store.folders.rows()
    return _Shelf(rows, folders, drafted[0] if drafted else None)


def _taken_up(kept: KeptConversation) -> TakenUp:
    lost = tuple(f"{part.name}: {part.sentence}".removeprefix(": ") for part in kept.lost_draft)
    return TakenUp(live_conversation(kept), kept.draft, lost)


def _recover(store: Store) -> Recovered:
    newest = set_aside_files(store.database.path)[-1]
    return recover(newest, store.database, store.attachments)
