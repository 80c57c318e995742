"""Connects the window with what stands behind it: session, models, counting. No widget is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.conversation import Conversation, Turn, TurnState
from app.drafts import Draft
from app.ui.header import ModelState
from app.ui.main_window import CONVERSATION
from app.wording import reading_cost

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QImage

    from app.chat_session import ChatSession
    from app.library import Library, TakenUp
    from app.model_loading import ModelLoading
    from app.token_counting import TokenCounting
    from app.ui.composer import Unfinished
    from app.ui.conversation_page import ConversationPage
    from app.ui.main_window import MainWindow
    from app.ui.starting_points import StartingPoint
    from engine import EngineError, TokensCounted

_ASK = "Ask a question, or drop files anywhere in the window"
_ASK_MORE = "Ask a follow-up, or drop more files anywhere in the window"
_ASK_EARLY = "Ask now if you like. The answer starts when the model is ready."


class WindowControl(QObject):
    """Passes on what a person does, and shows what comes of it."""

    first_answered = Signal()

    def __init__(
        self,
        window: MainWindow,
        page: ConversationPage,
        session: ChatSession,
        models: ModelLoading,
        counting: TokenCounting,
        library: Library,
    ) -> None:
        super().__init__(window)
        self._window, self._page = window, page
        self._session, self._models, self._counting = session, models, counting
        self._library = library
        self._shown = session.current
        self._unfinished: dict[str, Unfinished] = {}
        self._connect_composer()
        self._connect_session()
        self._connect_models()
        self._connect_actions()
        self._show_model()
        self._show_state()
        window.strip.show_figures(session.meter.figures)

    def choose_start(self, point: StartingPoint) -> None:
        """Propose the question of a starting point, and ask for its files."""
        composer = self._page.composer
        if point.question and composer.draft().empty:
            composer.prepend(Draft(point.question))
        composer.focus_text()
        composer.choose_files()

    def drop(self, paths: list[Path], picture: QImage | None, new: bool) -> None:
        """Attach what was dropped, in a new conversation where that was chosen."""
        self._window.show_page(CONVERSATION)
        if new:
            self._session.open_new()
        if paths:
            self._page.composer.add_paths(paths)
        elif picture is not None:
            self._page.composer.add_image(picture, "Dropped picture")
        self._page.composer.focus_text()

    def stop(self) -> None:
        """End the answer; a question that has not been begun goes back into the composer."""
        for turn in list(self._session.current.turns):
            if turn.state is TurnState.QUEUED:
                self.withdraw(turn)
        self._session.stop()

    def regenerate_last(self) -> None:
        """Answer the last question once more; what was said stays beside it."""
        turns = self._session.current.turns
        if turns and not turns[-1].state.running:
            self._session.start_over(turns[-1])

    def go_on(self, conversation_id: str) -> None:
        """Open the conversation that was open last, unless the person has begun something else."""
        if self._session.current.all_turns or not self._page.composer.draft().empty:
            return
        if self._library.rows.get(conversation_id) is not None:
            self._session.open(conversation_id)

    def forget_unfinished(self) -> None:
        """Drop whatever is being written, here and in other conversations."""
        self._unfinished.clear()
        self._page.composer.clear()

    def keep_draft(self) -> None:
        """Keep what is being written now, as the program ends."""
        self._library.save_draft(self._shown, self._page.composer.draft())

    def withdraw(self, turn: Turn) -> None:
        """Take a waiting question back into the composer, before what is written there."""
        if turn.said:
            self._session.give_up(turn)
            return
        draft = self._session.withdraw(turn)
        if draft is None:
            return
        self._page.composer.prepend(draft)
        self._page.composer.focus_text()

    def _connect_composer(self) -> None:
        composer = self._page.composer
        composer.submitted.connect(self._send)
        composer.stop_requested.connect(self.stop)
        composer.draft_changed.connect(self._draft_changed)
        composer.new_conversation_requested.connect(self._ask_anew)
        composer.edit_last_requested.connect(self._page.view.edit_last_question)
        composer.thinking_chosen.connect(self._choose_thinking)
        self._counting.counted.connect(composer.set_count)
        self._counting.uncountable.connect(composer.set_uncountable)
        self._counting.attachment_counted.connect(composer.set_attachment_tokens)
        self._counting.picture_seen.connect(composer.attachments.set_seen)
        self._page.first_run.files_wanted.connect(composer.choose_files)
        self._page.first_run.start_chosen.connect(self.choose_start)

    def _connect_session(self) -> None:
        session, view = self._session, self._page.view
        session.conversation_opened.connect(self._open)
        session.state_changed.connect(self._show_state)
        session.path_changed.connect(self._show_path)
        session.turn_added.connect(self._add_turn)
        session.turn_changed.connect(self._update_turn)
        session.turn_removed.connect(self._remove_turn)
        session.figures_changed.connect(self._window.strip.show_figures)
        session.answer_finished.connect(lambda _turn: self.first_answered.emit())
        view.continue_requested.connect(session.resume)
        view.start_over_requested.connect(session.start_over)
        view.retry_requested.connect(session.start_over)
        view.withdraw_requested.connect(self.withdraw)
        view.regenerate_requested.connect(session.regenerate)
        view.branch_requested.connect(session.branch)
        view.version_requested.connect(session.show_version)
        view.edit_requested.connect(session.edit)
        view.edit_begun.connect(self._price_edit)
        self._counting.priced.connect(self._show_edit_price)
        self._library.unsent_found.connect(self._take_up_unsent)

    def _connect_models(self) -> None:
        models = self._models
        models.changed.connect(self._show_model)
        models.ready.connect(self._model_ready)
        models.failed.connect(self._model_failed)
        self._window.header.starter_chosen.connect(lambda: models.load(None))
        self._page.model_card.starter_wanted.connect(lambda: models.load(None))

    def _connect_actions(self) -> None:
        actions = self._window.registry
        actions["new_conversation"].triggered.connect(self._open_new)
        actions["open_files"].triggered.connect(self._choose_files)
        actions["copy_answer"].triggered.connect(self._page.view.copy_last_answer)
        actions["regenerate"].triggered.connect(self.regenerate_last)
        actions["stop"].triggered.connect(self.stop)

    def _choose_thinking(self, thinking: bool) -> None:
        self._session.choose_thinking(thinking)
        self._page.composer.recount()

    def _show_thinking(self) -> None:
        """Only a model that can be switched has a switch; it shows what that does by itself too."""
        info, chosen = self._models.info, self._session.current.thinking
        if info is None or self._models.loading or info.thinking != "switch":
            self._page.composer.thinking.show_thinking(None)
        else:
            shown = info.thinks_unasked if chosen is None else chosen
            self._page.composer.thinking.show_thinking(shown)

    def _choose_files(self) -> None:
        self._window.show_page(CONVERSATION)
        self._page.composer.choose_files()

    def _open_new(self) -> None:
        self._window.show_page(CONVERSATION)
        self._session.open_new()
        self._page.composer.focus_text()

    def _send(self, draft: Draft) -> None:
        self._library.save_draft(self._shown, Draft())
        self._session.send(draft, self._page.composer.attachments.tokens)

    def _ask_anew(self) -> None:
        """Take what is written along into a new conversation: there it fits."""
        unfinished = self._page.composer.put_away()
        self._open_new()
        self._page.composer.take_up(unfinished)

    def _open(self, conversation: Conversation) -> None:
        """Show `conversation` with what was being written in it."""
        if conversation is not self._shown:
            composer = self._page.composer
            self._library.save_draft(self._shown, composer.draft())
            self._unfinished[self._shown.id] = composer.put_away()
            self._shown = conversation
            kept = self._session.draft_for(conversation)
            unfinished = self._unfinished.pop(conversation.id, None)
            if unfinished is not None:
                composer.take_up(unfinished)
            else:
                composer.prepend(kept)
        self._page.show_conversation(conversation)
        self._show_thinking()

    def _take_up_unsent(self, found: TakenUp) -> None:
        """Go on with what was being written when the program ended."""
        unsent = self._session.unsent
        if found.conversation.id == unsent.id:
            return
        if unsent is self._shown:
            unsent.thinking = found.conversation.thinking
            self._show_thinking()
            unsent.system_prompt = found.conversation.system_prompt
            self._page.composer.prepend(found.draft)
            self._library.save_draft(unsent, self._page.composer.draft())
            self._library.discard_unsent(found.conversation.id)

    def _add_turn(self, turn: Turn) -> None:
        self._page.show_begun(begun=True)
        self._page.view.add_turn(turn)

    def _remove_turn(self, turn: Turn) -> None:
        self._page.view.remove_turn(turn)
        self._page.show_begun(begun=bool(self._session.current.turns))

    def _update_turn(self, turn: Turn) -> None:
        if turn in self._session.current.turns:
            self._page.view.update_turn(turn)
            if not turn.state.running:
                self._page.composer.recount()  # the next question takes this answer along

    def _show_path(self, conversation: Conversation) -> None:
        if conversation is self._session.current:
            self._page.view.show_path(conversation)
            self._page.show_begun(begun=bool(conversation.turns))
            self._page.composer.recount()

    def _price_edit(self, turn: Turn) -> None:
        """Say what asking in the place of `turn` would cost, before it is done."""
        if self._models.info is not None:
            current = self._session.current
            self._counting.price(current.messages_instead(turn, turn.question), current.thinking)

    def _show_edit_price(self, counted: TokensCounted) -> None:
        kept, whole = counted.reusable_tokens, counted.prompt_tokens
        self._page.view.show_edit_cost(reading_cost(kept, whole, counted.read_s))

    def _show_state(self) -> None:
        session = self._session
        current = session.current
        self._window.show_title(current.title if current.all_turns else "")
        self._page.composer.set_busy(session.busy)
        self._show_actions()
        self._show_placeholder()

    def _show_actions(self) -> None:
        """Which actions can be carried out now, and why not the others."""
        actions, turns = self._window.registry, self._session.current.turns
        busy = self._session.busy
        actions.set_reason("stop", "" if busy else "No answer is being written")
        answered = any(turn.answer for turn in turns)
        actions.set_reason("copy_answer", "" if answered else "Nothing has been answered here yet")
        asked = "An answer is being written" if busy else ""
        actions.set_reason("regenerate", asked if turns else "Nothing has been asked here yet")

    def _show_placeholder(self) -> None:
        if self._session.current.turns:
            text = _ASK_MORE
        else:
            text = _ASK_EARLY if self._models.loading else _ASK
        self._page.composer.set_placeholder(text)

    def _draft_changed(self, draft: Draft) -> None:
        if not draft.empty:
            self._models.wake()  # it is there by the time the question is written
        self._library.save_draft(self._shown, draft)
        self._count(draft)

    def _count(self, draft: Draft) -> None:
        if draft.empty or self._models.info is None:
            self._counting.forget()
            return
        thinking = self._session.current.thinking
        self._counting.count(self._session.messages_with(draft), thinking)
        for attachment in draft.attachments:
            self._counting.count_attachment(attachment)

    def _show_model(self) -> None:
        models = self._models
        self._page.view.set_loading(models.loading)
        info = None if models.loading else models.info
        self._page.composer.set_limit(info.max_context if info is not None else None)
        name = models.info.name if models.info is not None else ""
        state = ModelState("ready" if name else "none", name, models.starter)
        if models.loading:
            step = models.progress.step if models.progress is not None else ""
            state = ModelState("loading", name, models.starter, step)
        self._window.header.show_model(state)
        self._show_thinking()
        self._show_placeholder()

    def _model_ready(self) -> None:
        assert self._models.info is not None
        self._page.model_card.hide()
        self._page.first_run.show_ready()
        self._page.first_run.show_context(self._models.info.max_context)
        self._counting.forget_model()
        self._page.composer.forget_counts()

    def _model_failed(self, error: EngineError) -> None:
        in_use = self._models.info is not None
        if not in_use:
            self._page.first_run.show_no_model()
        self._page.model_card.show_error(
            error, starter_failed=self._models.last_folder is None, model_in_use=in_use
        )
