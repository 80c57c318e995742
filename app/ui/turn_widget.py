"""One turn on the page: attachments, the question, the answer and how it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.conversation import Turn, TurnState
from app.ui.answer_view import AnswerView
from app.ui.attachment_views import AttachmentRow
from app.ui.error_card import ErrorCard
from app.ui.tokens import RADIUS_CARD
from app.ui.turn_parts import BLEED, ActionRow, NoteRow, PrefillLine, QuestionView, QueuedCard

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QEnterEvent, QFocusEvent, QPaintEvent

    from app.background import Background
    from app.ui.formulas import Formulas
    from app.ui.theme import Theme
    from app.ui.turn_parts import WaitsFor


class TurnWidget(QWidget):
    """Shows a `Turn`; `refresh` takes over what has changed in it."""

    continue_requested = Signal(object)
    start_over_requested = Signal(object)
    retry_requested = Signal(object)
    withdraw_requested = Signal(object)

    def __init__(
        self, theme: Theme, background: Background, turn: Turn, formulas: Formulas | None = None
    ) -> None:
        super().__init__()
        self._theme = theme
        self.turn = turn
        self._state = turn.state
        self._is_last = False
        self._waits_for: WaitsFor = "model"
        self._reached = False
        self.answer = AnswerView(theme, background=background, formulas=formulas)
        self.queued = QueuedCard(theme)
        self.prefill = PrefillLine(theme)
        self.note = NoteRow(theme)
        self.error = ErrorCard(theme)
        self.action_row = ActionRow(theme)
        self._lay_out(background)
        self._connect()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(turn.question.text or "Question")
        self.refresh()

    def refresh(self) -> bool:
        """Show the turn as it is now; says whether its state is another than before."""
        turn, state = self.turn, self.turn.state
        moved, self._state = state is not self._state, state
        if moved:
            self._keep_focus()
        self.queued.set_waiting(state is TurnState.QUEUED, self._waits_for)
        self.prefill.set_progress(turn.prefill if state is TurnState.READING else None)
        growing = state is TurnState.ANSWERING
        self.answer.setVisible(growing or bool(turn.answer))
        self.answer.set_text(turn.answer, growing=growing)
        self.note.show_turn(turn)
        failed = state is TurnState.FAILED and turn.error is not None
        self.error.setVisible(failed)
        if turn.error is not None and failed:
            self.error.set_error(turn.error, answered=bool(turn.answer))
        self.action_row.show_turn(turn)
        self._show_actions()
        return moved

    def set_last(self, last: bool) -> None:
        """The last turn shows its actions always, the others when they are reached for."""
        self._is_last = last
        self._show_actions()

    def set_waits_for(self, waits_for: WaitsFor) -> None:
        """What this question waits for while it waits."""
        self._waits_for = waits_for
        self.queued.set_waiting(self.turn.state is TurnState.QUEUED, waits_for)

    def set_focus_within(self, within: bool) -> None:
        """Whether the keyboard is somewhere in this turn."""
        self._reached = within or self.underMouse()
        self._show_actions()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show the actions while the pointer is here."""
        super().enterEvent(event)
        self._reached = True
        self._show_actions()

    def leaveEvent(self, event: QEvent) -> None:
        """Hide the actions again, unless the keyboard is here."""
        super().leaveEvent(event)
        focus = QGuiApplication.focusObject()
        self._reached = isinstance(focus, QWidget) and (focus is self or self.isAncestorOf(focus))
        self._show_actions()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Draw the ring."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the focus ring around the turn."""
        del event
        if not self.hasFocus():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colors.focus, 2))
        ring = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(ring, RADIUS_CARD, RADIUS_CARD)
        painter.end()

    def copy_answer(self) -> None:
        """Put the answer, as it was written, on the clipboard."""
        QGuiApplication.clipboard().setText(self.turn.answer)
        self.action_row.confirm_copy()

    def _keep_focus(self) -> None:
        """Take over the focus of a button that is about to go: it must not leave the turn."""
        focus = QGuiApplication.focusObject()
        goes = (self.queued, self.note, self.error, self.action_row)
        if isinstance(focus, QWidget) and any(part.isAncestorOf(focus) for part in goes):
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_actions(self) -> None:
        finished = not self.turn.state.running and bool(self.turn.answer)
        self.action_row.setVisible(finished and (self._is_last or self._reached))

    def _connect(self) -> None:
        self.note.continue_requested.connect(lambda: self.continue_requested.emit(self.turn))
        self.note.start_over_requested.connect(lambda: self.start_over_requested.emit(self.turn))
        for asked_back in (self.queued.withdraw_requested, self.error.take_back_requested):
            asked_back.connect(lambda: self.withdraw_requested.emit(self.turn))
        self.error.retry_requested.connect(lambda: self.retry_requested.emit(self.turn))
        self.action_row.copy_requested.connect(self.copy_answer)

    def _lay_out(self, background: Background) -> None:
        asked = QVBoxLayout()
        asked.setSpacing(8)
        asked.addWidget(AttachmentRow(self._theme, background, self.turn))
        asked.addWidget(QuestionView(self._theme, self.turn.question.text))
        answered = QVBoxLayout()
        answered.setSpacing(12)
        for part in (self.queued, self.prefill, self.answer, self.note, self.error):
            answered.addWidget(part)
        answered.setContentsMargins(BLEED, 0, BLEED, 0)
        asked.setContentsMargins(BLEED, 0, BLEED, 0)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, BLEED, 0, BLEED)
        whole.setSpacing(0)
        whole.addLayout(asked)
        whole.addSpacing(12)
        whole.addLayout(answered)
        whole.addSpacing(8)
        whole.addWidget(self.action_row)
