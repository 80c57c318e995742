"""The page of a conversation: its turns under one another in the reading column."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.background import Background
from app.conversation import Conversation, Turn, TurnState
from app.ui.announcer import Announcer
from app.ui.formulas import Formulas
from app.ui.turn_column import TURN_GAP
from app.ui.turn_page import TurnPage
from app.ui.turn_requests import TurnRequests
from app.ui.turn_widget import TurnWidget

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.turn_tree import Siblings
    from app.ui.theme import Theme
    from app.ui.turn_parts import WaitsFor

FRAME_MS = 33
# A frame that took long is followed by a longer rest, so that typing never waits in turn.
_REST_SHARE = 4
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class ConversationView(TurnPage):
    """Shows one conversation. It follows the answer while its end is in view, and only then."""

    continue_requested = Signal(object)
    start_over_requested = Signal(object)
    retry_requested = Signal(object)
    withdraw_requested = Signal(object)
    regenerate_requested = Signal(object)
    branch_requested = Signal(object)
    # A step to an earlier (-1) or later (+1) version.
    version_requested = Signal(object, int)
    edit_begun = Signal(object)
    edit_requested = Signal(object, str)

    def __init__(
        self, theme: Theme, background: Background | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, parent)
        self._theme = theme
        self._background = background or Background(self)
        self._formulas = Formulas(self._background, self)
        self._conversation = Conversation()
        self._turns: dict[Turn, TurnWidget] = {}
        self._changed: set[Turn] = set()
        self._loading = True
        self._loading_left_s: float | None = None
        self._reached: TurnWidget | None = None
        self._last_paint = QElapsedTimer()
        self._frame_ms = FRAME_MS
        self._frame = QTimer(self, singleShot=True)
        self._frame.timeout.connect(self._paint_changes)
        self._announcer = Announcer()
        self._requests = TurnRequests(self)
        self._pass_on_requests()
        self.setAccessibleName("Conversation")
        self._text_size = theme.text_size
        theme.changed.connect(self._follow_text_size)
        self._renew_column()
        QApplication.instance().focusChanged.connect(self._focus_moved)  # type: ignore[union-attr]

    def set_loading(self, loading: bool, left_s: float | None = None) -> None:
        """Whether questions wait for the model rather than for another answer, and how long yet."""
        self._loading, self._loading_left_s = loading, left_s
        self._mark_turns()

    def set_conversation(self, conversation: Conversation) -> None:
        """Show `conversation` from its end."""
        self._conversation = conversation
        self._renew_column()
        self._append(conversation.turns)
        self._mark_turns()
        self.go_to_end()

    def show_path(self, conversation: Conversation) -> None:
        """Show the turns that `conversation` shows now; where they begin to differ nothing moves.

        What both have in common stays as it is. The keyboard goes from a turn that is exchanged to
        the one in its place.
        """
        if conversation is not self._conversation:
            self.set_conversation(conversation)
            return
        path = conversation.turns
        shown = list(self._turns)
        same = len(list(takewhile(_is_same, zip(shown, path, strict=False))))
        if same == len(shown) == len(path):
            self._mark_turns()
            return
        left = self._reached if self._reached and self._reached.number >= same else None
        step = left.step_with_focus() if left is not None else 0
        value = self.verticalScrollBar().value()
        gone = self._cut(same)
        for widget in gone:
            del self._turns[widget.turn]
            self._changed.discard(widget.turn)
        self._append(path[same:])
        self._mark_turns()
        # Room below, so that the page need not move up where the new path is shorter.
        self._column.hold_height(value + self.viewport().height())
        self._following = False
        self._move_to(value)
        self._settle()
        if left is not None and self._column.turns:
            self._hand_focus(self._column.turns[min(same, len(self._column.turns) - 1)], step)
        for widget in gone:
            widget.hide()
            widget.deleteLater()
        self._scrolled()

    def add_turn(self, turn: Turn) -> None:
        """Append `turn`; whoever has just asked wants to see the answer."""
        self._append([turn])
        self._mark_turns()
        self.go_to_end()

    def update_turn(self, turn: Turn) -> None:
        """Show what has changed in `turn` at the next frame."""
        if turn not in self._turns:
            return
        self._changed.add(turn)
        if not self._frame.isActive():
            since = self._last_paint.elapsed() if self._last_paint.isValid() else self._frame_ms
            self._frame.start(max(0, self._frame_ms - since))

    def remove_turn(self, turn: Turn) -> None:
        """Take `turn` off the page."""
        widget = self._turns.pop(turn, None)
        self._changed.discard(turn)
        if widget is None:
            return
        self._remove(widget)
        if self._reached is widget and self._column.turns:
            self._column.turns[min(widget.number, len(self._column.turns) - 1)].setFocus()
        widget.hide()
        widget.deleteLater()
        self._mark_turns()
        self._arrange(widget.number)
        self._settle()

    def turn_widget(self, turn: Turn) -> TurnWidget | None:
        """The widget that stands for `turn`."""
        return self._turns.get(turn)

    def go_to_turn(self, turn: Turn) -> None:
        """Show `turn` from its beginning."""
        widget = self._turns.get(turn)
        if widget is not None:
            self._following = False
            self._build(widget.number)
            self._move_to(widget.y() - TURN_GAP)
            self._settle()
            self._move_to(widget.y() - TURN_GAP)
            self._scrolled()

    def edit_question(self, turn: Turn) -> None:
        """Let the question of `turn` be written anew, in its place."""
        widget = self._turns.get(turn)
        if widget is not None and not turn.state.running:
            widget.body.question.begin_edit()
            self.height_changed(widget)
            self.ensureWidgetVisible(widget.body.question, 0, TURN_GAP)

    def edit_last_question(self) -> None:
        """Let the last question be written anew."""
        if self._turns:
            self.edit_question(next(reversed(self._turns)))

    def show_edit_cost(self, text: str) -> None:
        """Say beneath the question that is being edited what asking so would cost."""
        for widget in self._built:
            widget.body.question.show_cost(text)

    def copy_last_answer(self) -> None:
        """Copy the newest answer that there is."""
        answered = [widget for turn, widget in self._turns.items() if turn.answer]
        if answered:
            answered[-1].copy_answer()

    def event(self, event: QEvent) -> bool:
        """Esc inside a turn goes back to the turn, before it stops an answer."""
        if _is_escape(event) and self._reached is not None and not self._reached.hasFocus():
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down go from turn to turn."""
        step = _STEPS.get(Qt.Key(event.key()))
        at = self._reached
        if step is None or at is None or not at.hasFocus():
            super().keyPressEvent(event)
            return
        last = len(self._column.turns) - 1
        target = self._column.turns[min(last, max(0, at.number + step))]
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        self.ensureWidgetVisible(target, 0, TURN_GAP)

    def _follow_text_size(self) -> None:
        size = self._theme.text_size
        if size != self._text_size:
            self._text_size = size
            self.make_anew()

    def _pass_on_requests(self) -> None:
        ask = self._requests
        ask.continue_requested.connect(self.continue_requested)
        ask.start_over_requested.connect(self.start_over_requested)
        ask.retry_requested.connect(self.retry_requested)
        ask.withdraw_requested.connect(self.withdraw_requested)
        ask.regenerate_requested.connect(self.regenerate_requested)
        ask.branch_requested.connect(self.branch_requested)
        ask.version_requested.connect(self._ask_for_version)
        ask.edit_begun.connect(self.edit_begun)
        ask.edit_requested.connect(self.edit_requested)
        ask.built.connect(self.take_built)
        ask.height_changed.connect(self.height_changed)

    def _ask_for_version(self, turn: Turn, step: int) -> None:
        """Pass the wish on where there is such a version."""
        versions = self._conversation.versions(turn)
        if 0 <= versions.index + step < versions.count:
            self.version_requested.emit(turn, step)

    def _renew_column(self) -> None:
        self._turns.clear()
        self._changed.clear()
        self._reached = None
        super()._renew_column()

    def prepare(self, turn: TurnWidget) -> None:
        """Which of how many versions a turn is, is looked for only now."""
        turn.set_versions(self._versions(turn.turn))

    def _append(self, turns: Iterable[Turn]) -> None:
        first = len(self._column.turns)
        for turn in turns:
            widget = TurnWidget(self._theme, self._background, self._formulas, turn, self._requests)
            self._turns[turn] = widget
            self._column.add(widget)
        self._arrange(first)

    def _mark_turns(self) -> None:
        """Tell each turn where it stands among the others."""
        waits_for: WaitsFor = "model" if self._loading else "other_answer"
        last = len(self._turns) - 1
        for widget in self._column.turns:
            widget.set_last(widget.number == last)
            state = widget.turn.state
            if state.running:
                widget.set_waits_for(waits_for, self._loading_left_s)
            if state in (TurnState.READING, TurnState.ANSWERING):
                waits_for = "answer_above"
            if widget.built:
                widget.set_versions(self._versions(widget.turn))

    def _versions(self, turn: Turn) -> Siblings | None:
        try:
            return self._conversation.versions(turn)
        except KeyError:  # shown, and taken out of the conversation since
            return None

    def _paint_changes(self) -> None:
        changed, self._changed = self._changed, set()
        begun = QElapsedTimer()
        begun.start()
        for turn in changed:
            widget = self._turns.get(turn)
            if widget is None:
                continue
            if widget.refresh():
                self._mark_turns()
            self._announcer.tell(widget, turn)
            if not widget.built:
                self._arrange(widget.number)
        self._frame_ms = max(FRAME_MS, _REST_SHARE * begun.elapsed())
        self._last_paint.start()
        if changed and not self._following:
            self._latest.setVisible(self._below_end())

    def _hand_focus(self, widget: TurnWidget, step: int) -> None:
        """Give the keyboard to `widget`, to its button towards another version where it was."""
        if not (step and widget.body.action_row.focus_step(step)):
            widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def _focus_moved(self, old: QWidget | None, now: QWidget | None) -> None:
        del old
        reached = self._turn_around(now)
        if reached is self._reached:
            return
        left, self._reached = self._reached, reached
        if left is not None and left.number < len(self._column.turns):
            left.set_focus_within(False)
        if reached is not None:
            if not reached.built:
                self._build(reached.number)
            reached.set_focus_within(True)

    def _turn_around(self, widget: QWidget | None) -> TurnWidget | None:
        while widget is not None and not isinstance(widget, TurnWidget):
            widget = widget.parentWidget()
        return widget if widget is not None and self._turns.get(widget.turn) is widget else None


def _is_same(pair: tuple[Turn, Turn]) -> bool:
    return pair[0] is pair[1]


def _is_escape(event: QEvent) -> bool:
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    return event.key() == Qt.Key.Key_Escape
