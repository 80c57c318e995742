"""System prompts: the one of the open conversation, the presets, and what a change would cost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.token_counting import TokenCounting
from app.ui.instructions_dialog import InstructionsDialog
from app.ui.preset_dialog import PresetDialog
from app.wording import reading_cost
from engine import user

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.chat_session import ChatSession
    from app.conversation import Conversation
    from app.engine_bridge import EngineBridge
    from app.library import Library
    from app.presets import Preset, PresetStore
    from app.settings_store import SettingsStore
    from app.ui.composer import Composer
    from app.ui.main_window import MainWindow
    from app.ui.theme import Theme
    from engine import TokensCounted


class InstructionsControl(QObject):
    """Opens both dialogs, and keeps what comes of them."""

    def __init__(
        self,
        theme: Theme,
        window: MainWindow,
        composer: Composer,
        session: ChatSession,
        library: Library,
        presets: PresetStore,
        store: SettingsStore,
        bridge: EngineBridge,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._window, self._composer = theme, window, composer
        self._session, self._library = session, library
        self._presets, self._store = presets, store
        # Of its own: nobody else may hear what is asked here.
        self._counting = TokenCounting(bridge, self)
        self._counting.priced.connect(self._show_price)
        self._dialog: InstructionsDialog | None = None
        composer.instructions.clicked.connect(lambda: self.open())
        window.registry["instructions"].triggered.connect(lambda: self.open())
        session.conversation_opened.connect(lambda _conversation: self._show())
        session.state_changed.connect(self._show)
        self._show()

    def open(self) -> None:
        """Edit the instructions of the open conversation."""
        self._show()  # a click has changed the button's own mark
        conversation = self._session.current
        dialog = InstructionsDialog(
            self._theme, conversation.system_prompt, self._presets.all, self._window
        )
        self._dialog = dialog
        dialog.price_wanted.connect(lambda text: self._price(conversation, text))
        dialog.chosen.connect(lambda text: self._change(conversation, text))
        dialog.save_wanted.connect(lambda text: self.manage(text, dialog))
        dialog.manage_wanted.connect(lambda: self.manage(parent=dialog))
        dialog.finished.connect(self._closed)
        dialog.open()

    def manage(self, new_text: str = "", parent: QWidget | None = None) -> None:
        """Show the list of presets; with `new_text`, a new one with this text."""
        dialog = PresetDialog(self._theme, self._presets.all, parent or self._window)
        dialog.changed.connect(self._keep_presets)
        dialog.open()
        if new_text:
            dialog.begin_new(new_text)

    def default_text(self) -> str:
        """What new conversations begin with."""
        preset = self._presets.get(self._store.window.default_preset)
        return preset.text if preset is not None else ""

    def use_default(self, before: str) -> None:
        """Give the empty conversation the default, unless it was given something else."""
        unsent = self._session.unsent
        if not unsent.all_turns and unsent.system_prompt == before:
            self._change(unsent, self.default_text())

    def _keep_presets(self, presets: tuple[Preset, ...]) -> None:
        before = self.default_text()
        self._presets.replace_all(presets)
        self.use_default(before)
        if self._dialog is not None:
            self._dialog.set_presets(self._presets.all)

    def _change(self, conversation: Conversation, text: str) -> None:
        if text == conversation.system_prompt:
            return
        conversation.system_prompt = text
        # One in which nothing stands yet is kept with the first word written in it.
        if conversation.all_turns or not self._composer.draft().empty:
            self._library.save_system_prompt(conversation)
        self._show()
        self._composer.recount()

    def _price(self, conversation: Conversation, text: str) -> None:
        draft = self._composer.draft()
        question = user("…") if draft.empty else draft.message()
        asked = replace(conversation, system_prompt=text)
        self._counting.price(asked.messages_with(question))

    def _show_price(self, count: TokensCounted) -> None:
        if self._dialog is not None:
            cost = reading_cost(count.reusable_tokens, count.prompt_tokens, count.read_s)
            self._dialog.show_cost(f"The next question then costs: {cost}.")

    def _closed(self) -> None:
        self._dialog = None

    def _show(self) -> None:
        self._composer.show_instructions(self._session.current.system_prompt)
