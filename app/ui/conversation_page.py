"""The page under the header: the conversation or the fresh start, and the composer below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout, QWidget

from app.ui.composer import Composer
from app.ui.conversation_view import ConversationView
from app.ui.crash_bar import CrashBar
from app.ui.find_bar import FindBar
from app.ui.first_run import FirstRun
from app.ui.model_card import ModelCard
from app.ui.notice_bar import NoticeBar

if TYPE_CHECKING:
    from app.background import Background
    from app.conversation import Conversation
    from app.ui.actions import Actions
    from app.ui.theme import Theme


class ConversationPage(QFrame):
    """Shows either the open conversation or, while it is empty, where to begin."""

    def __init__(self, theme: Theme, actions: Actions, background: Background) -> None:
        super().__init__()
        self.setProperty("surface", "sheet")
        self.first_run = FirstRun(theme, actions)
        self.view = ConversationView(theme, background)
        self.crash_bar = CrashBar(theme)
        self.model_card = ModelCard(theme, actions)
        self.find_bar = FindBar(theme)
        self.notice = NoticeBar(theme)
        self.composer = Composer(theme, background)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.first_run)
        self._stack.addWidget(self.view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.crash_bar)
        column.addWidget(self.find_bar)
        column.addWidget(self._stack, 1)
        column.addWidget(self.notice)
        column.addWidget(self.model_card)
        column.addWidget(self.composer)

    @property
    def panes(self) -> tuple[QWidget, ...]:
        """What the keyboard visits, in order."""
        return (
            self.crash_bar,
            self.find_bar,
            self._stack,
            self.notice,
            self.model_card,
            self.composer,
        )

    def show_conversation(self, conversation: Conversation) -> None:
        """Show `conversation` from its end, or the fresh start where it is empty."""
        self.view.set_conversation(conversation)
        self.show_begun(begun=bool(conversation.turns))

    def show_begun(self, *, begun: bool) -> None:
        """The conversation itself once it has begun."""
        self._stack.setCurrentWidget(self.view if begun else self.first_run)
