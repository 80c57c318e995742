"""What a turn on the screen is made of: attachments, the question, the answer and how it stands.

A turn that is out of sight has none of this; what a person did with it is kept in `Kept`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QElapsedTimer, QEvent, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QTextEdit, QVBoxLayout, QWidget

from app.conversation import TurnState
from app.ui.action_row import ActionRow
from app.ui.answer_view import AnswerView
from app.ui.attachment_views import AttachmentRow
from app.ui.error_card import ErrorCard
from app.ui.question_view import QuestionView
from app.ui.thinking_fold import ThinkingFold
from app.ui.turn_parts import BLEED, ICON_INSET, NoteRow, PrefillLine, QueuedCard
from engine import DocumentPart, ImagePart

if TYPE_CHECKING:
    from app.background import Background
    from app.conversation import Turn
    from app.turn_tree import Siblings
    from app.ui.answer_view import Unfolded
    from app.ui.formulas import Formulas
    from app.ui.theme import Theme
    from app.ui.turn_parts import WaitsFor
    from app.ui.turn_requests import TurnRequests

_ABOVE_ANSWER, _ABOVE_ACTIONS = 12, 8
# From top to bottom; each is made when it is first needed.
_ORDER = (ThinkingFold, QueuedCard, PrefillLine, AnswerView, NoteRow, ErrorCard)
Part = TypeVar("Part", bound=QWidget)


@dataclass(slots=True)
class Standing:
    """Where a turn stands among the others, and what it waits for."""

    last: bool = False
    reached: bool = False
    waits_for: WaitsFor = "model"
    left_s: float | None = None
    versions: Siblings | None = None


@dataclass(slots=True)
class Kept:
    """What is found again when a turn comes back into sight."""

    thinking_since: QElapsedTimer = field(default_factory=QElapsedTimer)
    thought_open: bool = False
    unfolded: Unfolded = ()


class TurnBody(QWidget):
    """Shows a `Turn`; `refresh` takes over what has changed in it."""

    # The layout has changed, and so perhaps the height.
    arranged = Signal()

    def __init__(
        self,
        theme: Theme,
        background: Background,
        formulas: Formulas,
        turn: Turn,
        requests: TurnRequests,
        kept: Kept,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._background = background
        self._formulas = formulas
        self._turn = turn
        self._requests = requests
        self._kept = kept
        self._parts: dict[type[QWidget], QWidget] = {}
        self._whole = QVBoxLayout(self)
        self._answered = QVBoxLayout()
        self.question = QuestionView(theme, turn.question.text, attached=_attached(turn))
        self.action_row = ActionRow(theme)
        self._lay_out()
        self._connect()

    @property
    def thinking(self) -> ThinkingFold:
        """What the model thought."""
        return self._part(ThinkingFold)

    @property
    def queued(self) -> QueuedCard:
        """Why the message waits."""
        return self._part(QueuedCard)

    @property
    def prefill(self) -> PrefillLine:
        """How much has been read."""
        return self._part(PrefillLine)

    @property
    def answer(self) -> AnswerView:
        """The answer."""
        return self._part(AnswerView)

    @property
    def note(self) -> NoteRow:
        """Why the answer ended before its end."""
        return self._part(NoteRow)

    @property
    def error(self) -> ErrorCard:
        """What went wrong."""
        return self._part(ErrorCard)

    @property
    def complete(self) -> bool:
        """Whether all of the answer has been drawn."""
        return AnswerView not in self._parts or self.answer.complete

    @property
    def in_use(self) -> bool:
        """Whether a person has the keyboard or a selection here, or writes here."""
        focus = QGuiApplication.focusObject()
        if self.question.editor is not None:
            return True
        if isinstance(focus, QWidget) and self.isAncestorOf(focus):
            return True
        return any(view.textCursor().hasSelection() for view in self.findChildren(QTextEdit))

    def refresh(self, standing: Standing) -> None:
        """Show the turn as it is now."""
        turn, state = self._turn, self._turn.state
        self._show(QueuedCard, state is TurnState.QUEUED)
        if QueuedCard in self._parts:
            waits = state is TurnState.QUEUED
            self.queued.set_waiting(waits, standing.waits_for, standing.left_s)
        self._show(PrefillLine, state is TurnState.READING)
        if PrefillLine in self._parts:
            self.prefill.set_progress(turn.prefill if state is TurnState.READING else None)
        self._refresh_thinking()
        self._refresh_answer()
        if NoteRow.needed(turn) or NoteRow in self._parts:
            self.note.show_turn(turn)
        self._refresh_error()
        self.show_actions(standing)

    def show_actions(self, standing: Standing) -> None:
        """The last turn shows its actions always, the others when they are reached for."""
        turn = self._turn
        near = standing.last or standing.reached
        several = standing.versions is not None and standing.versions.count > 1
        finished = not turn.state.running
        self.action_row.show_turn(turn, standing.versions)
        self.action_row.setVisible(near and ((finished and bool(turn.answer)) or several))
        self.question.set_actions(shown=near and finished, can_edit=finished)

    def copied_text(self) -> str:
        """The answer as it was written; a thought only where it is shown."""
        turn = self._turn
        if turn.reasoning and ThinkingFold in self._parts and self.thinking.opened:
            return f"{turn.reasoning.strip()}\n\n{turn.answer}"
        return turn.answer

    def event(self, event: QEvent) -> bool:
        """Notice when the layout has settled anew."""
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self.arranged.emit()
        return handled

    def wanted_height(self, width: int) -> int:
        """The height for this width, as far as everything has been laid out."""
        if self._whole.hasHeightForWidth():
            return self._whole.totalHeightForWidth(width)
        return self._whole.totalSizeHint().height()

    def keep(self) -> None:
        """Note what is to be found again."""
        if ThinkingFold in self._parts:
            self._kept.thought_open = self.thinking.opened
        if AnswerView in self._parts:
            self._kept.unfolded = self.answer.unfolded

    def loses_focus(self) -> bool:
        """Whether the keyboard is on a part that may go when the state changes."""
        focus = QGuiApplication.focusObject()
        goes = [
            self._parts[kind] for kind in (QueuedCard, NoteRow, ErrorCard) if kind in self._parts
        ]
        return isinstance(focus, QWidget) and any(
            part.isAncestorOf(focus) for part in (*goes, self.action_row)
        )

    def _refresh_thinking(self) -> None:
        turn = self._turn
        self._show(ThinkingFold, bool(turn.reasoning))
        if ThinkingFold not in self._parts:
            return
        if turn.reasoning and not self._kept.thinking_since.isValid():
            self._kept.thinking_since.start()
        elif not turn.reasoning:
            self._kept.thinking_since.invalidate()
        self.thinking.show_turn(turn)

    def _refresh_answer(self) -> None:
        turn = self._turn
        growing = turn.state is TurnState.ANSWERING
        begun = bool(turn.answer) or (growing and not turn.reasoning)
        self._show(AnswerView, begun)
        if AnswerView in self._parts:
            self.answer.set_text(turn.answer, growing=growing)

    def _refresh_error(self) -> None:
        turn = self._turn
        failed = turn.state is TurnState.FAILED and turn.error is not None
        self._show(ErrorCard, failed)
        if failed and turn.error is not None:
            self.error.set_error(turn.error, answered=bool(turn.said))

    def _show(self, kind: type[QWidget], shown: bool) -> None:
        """Make a part when it is first shown; those that show themselves are only made."""
        if shown:
            part = self._part(kind)
            if kind not in (QueuedCard, PrefillLine):
                part.show()
        elif kind in self._parts:
            self._parts[kind].hide()

    def _part(self, kind: type[Part]) -> Part:
        part = self._parts.get(kind)
        if part is None:
            part = self._make(kind)
            rank = _ORDER.index(kind)
            place = sum(1 for other in self._parts if _ORDER.index(other) < rank)
            self._parts[kind] = part
            part.setParent(self)
            self._answered.insertWidget(place, part)
            part.hide()
        assert isinstance(part, kind)
        return part

    def _make(self, kind: type[QWidget]) -> QWidget:
        turn, ask = self._turn, self._requests
        if kind is AnswerView:
            answer = AnswerView(self._theme, background=self._background, formulas=self._formulas)
            answer.unfold_like(self._kept.unfolded)
            return answer
        if kind is ThinkingFold:
            fold = ThinkingFold(self._theme, self._kept.thinking_since)
            if self._kept.thought_open:
                fold.open()
            return fold
        if kind is NoteRow:
            note = NoteRow(self._theme)
            note.continue_requested.connect(lambda: ask.continue_requested.emit(turn))
            note.start_over_requested.connect(lambda: ask.start_over_requested.emit(turn))
            return note
        if kind is ErrorCard:
            error = ErrorCard(self._theme)
            error.retry_requested.connect(lambda: ask.retry_requested.emit(turn))
            error.take_back_requested.connect(lambda: ask.withdraw_requested.emit(turn))
            return error
        if kind is QueuedCard:
            queued = QueuedCard(self._theme)
            queued.withdraw_requested.connect(lambda: ask.withdraw_requested.emit(turn))
            return queued
        return PrefillLine(self._theme)

    def _connect(self) -> None:
        turn, ask, row = self._turn, self._requests, self.action_row
        row.regenerate_requested.connect(lambda: ask.regenerate_requested.emit(turn))
        row.branch_requested.connect(lambda: ask.branch_requested.emit(turn))
        row.version_requested.connect(lambda step: ask.version_requested.emit(turn, step))
        self.question.edit_begun.connect(lambda: ask.edit_begun.emit(turn))
        self.question.saved.connect(lambda text: ask.edit_requested.emit(turn, text))

    def _lay_out(self) -> None:
        asked = QVBoxLayout()
        asked.setSpacing(8)
        if _attached(self._turn):
            asked.addWidget(AttachmentRow(self._theme, self._background, self._turn))
        asked.addWidget(self.question)
        # The icon at the end of the question, not its button, stands flush with the text.
        asked.setContentsMargins(BLEED, 0, BLEED - ICON_INSET, 0)
        self._answered.setSpacing(12)
        self._answered.setContentsMargins(BLEED, 0, BLEED, 0)
        whole = self._whole
        whole.setContentsMargins(0, BLEED, 0, BLEED)
        whole.setSpacing(0)
        whole.addLayout(asked)
        whole.addSpacing(_ABOVE_ANSWER)
        whole.addLayout(self._answered)
        whole.addSpacing(_ABOVE_ACTIONS)
        whole.addWidget(self.action_row)


def _attached(turn: Turn) -> bool:
    return any(isinstance(part, DocumentPart | ImagePart) for part in turn.question.parts)
