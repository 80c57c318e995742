"""The page of a conversation: its turns under one another in the reading column.

Only turns in sight, and a page around them, are made of anything: see `TurnWidget`. Heights of the
others are guessed until they are measured; what is looked at then stays where it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QWidget

from app.background import Background
from app.conversation import Conversation, Turn, TurnState
from app.ui.announcer import Announcer
from app.ui.formulas import Formulas
from app.ui.parts import TextButton
from app.ui.turn_column import TURN_GAP, TurnColumn
from app.ui.turn_requests import TurnRequests
from app.ui.turn_widget import TurnWidget

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtGui import QResizeEvent, QShowEvent

    from app.turn_tree import Siblings
    from app.ui.theme import Theme
    from app.ui.turn_parts import WaitsFor

FRAME_MS = 33
# A frame that took long is followed by a longer rest, so that typing never waits in turn.
_REST_SHARE = 4
# So close to the end counts as being there.
_NEAR_END = 4
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
# In pages: how far around what is seen turns are made ready, and beyond which they are let go.
_READY, _KEPT = 1, 3
# So many turns become known to the system at once after a conversation was opened.
_SHOWN_AT_ONCE = 40
# So long the window waits for turns in sight; what is not there then comes a moment later.
_PATIENCE_MS = 60


class ConversationView(QScrollArea):
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
        super().__init__(parent)
        self._theme = theme
        self._background = background or Background(self)
        self._formulas = Formulas(self._background, self)
        self._conversation = Conversation()
        self._turns: dict[Turn, TurnWidget] = {}
        self._changed: set[Turn] = set()
        # Those that are made of something.
        self._built: set[TurnWidget] = set()
        # Those whose height changed while the page was being arranged.
        self._unsettled: set[TurnWidget] = set()
        # Up to this number all have been shown to the system, and so to screen readers.
        self._shown_until = 0
        self._following = True
        self._loading = True
        self._loading_left_s: float | None = None
        self._reached: TurnWidget | None = None
        # While this page moves things itself, nobody has scrolled.
        self._moving = False
        self._last_paint = QElapsedTimer()
        self._frame_ms = FRAME_MS
        self._frame = QTimer(self, singleShot=True)
        self._frame.timeout.connect(self._paint_changes)
        self._idle = QTimer(self, interval=0, singleShot=True)
        self._idle.timeout.connect(self._use_idle_time)
        self._announcer = Announcer()
        self._requests = TurnRequests(self)
        self._pass_on_requests()
        self._latest = TextButton(theme, "Latest", "default", "arrow-down", compact=True)
        self._latest.setParent(self)
        self._latest.setAccessibleName("Go to the latest text")
        self._latest.clicked.connect(self.go_to_end)
        self._latest.hide()
        self._set_up_scrolling()
        self._column = TurnColumn()
        self._renew_column()
        QApplication.instance().focusChanged.connect(self._focus_moved)  # type: ignore[union-attr]

    @property
    def following(self) -> bool:
        """Whether the page keeps to its end while text comes in."""
        return self._following

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
        same = next(
            (i for i, (a, b) in enumerate(zip(shown, path, strict=False)) if a is not b),
            min(len(shown), len(path)),
        )
        if same == len(shown) == len(path):
            self._mark_turns()
            return
        left = self._reached if self._reached and self._reached.number >= same else None
        step = left.step_with_focus() if left is not None else 0
        value = self.verticalScrollBar().value()
        gone = self._column.cut(same)
        self._shown_until = min(self._shown_until, same)
        for widget in gone:
            del self._turns[widget.turn]
            self._changed.discard(widget.turn)
            self._built.discard(widget)
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
        self._column.remove(widget)
        self._built.discard(widget)
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

    def edit_question(self, turn: Turn) -> None:
        """Let the question of `turn` be written anew, in its place."""
        widget = self._turns.get(turn)
        if widget is not None and not turn.state.running:
            widget.body.question.begin_edit()
            self._measured(widget)
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

    def go_to_end(self) -> None:
        """Scroll to the end and follow it."""
        # Its focus goes elsewhere, and what gets it is brought into sight.
        self._latest.hide()
        self._following = True
        self._column.hold_height(0)
        self._move_to(self.verticalScrollBar().maximum())
        self._settle()

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

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the column in the middle and the button where it belongs."""
        super().resizeEvent(event)
        self._fit_width()
        self._place_latest()

    def showEvent(self, event: QShowEvent) -> None:
        """What was made out of sight gets its true height only now."""
        super().showEvent(event)
        self._fit_width()

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
        ask.built.connect(self._take_built)
        ask.height_changed.connect(self._height_changed)

    def _ask_for_version(self, turn: Turn, step: int) -> None:
        """Pass the wish on where there is such a version."""
        versions = self._conversation.versions(turn)
        if 0 <= versions.index + step < versions.count:
            self.version_requested.emit(turn, step)

    def _set_up_scrolling(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # with Tab one would not see it stop here
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Conversation")
        bar = self.verticalScrollBar()
        bar.setSingleStep(24)
        bar.rangeChanged.connect(self._range_changed)
        bar.valueChanged.connect(self._scrolled)

    def _renew_column(self) -> None:
        self._turns.clear()
        self._changed.clear()
        self._built.clear()
        self._shown_until = 0
        self._reached = None
        self._moving = True
        self._column = TurnColumn()
        self._column.set_extent(self.viewport().width(), self._right_reserve())
        self.setWidget(self._column)
        self._column.setAutoFillBackground(False)
        self._column.show()
        self._moving = False

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

    def _height_changed(self, widget: TurnWidget) -> None:
        if self._moving:
            self._unsettled.add(widget)
            self._idle.start()
        elif self._turns.get(widget.turn) is widget:
            widget.remeasure()
            self._measured(widget)

    def _measured(self, widget: TurnWidget) -> None:
        if widget.height_at(self._column.turn_width) != widget.height():
            self._arrange(widget.number)
            self._idle.start()

    def _arrange(self, first: int) -> None:
        """Place the turns from number `first` on, and hold what is looked at where it is."""
        held = None if self._following else self._anchor()
        offset = held.y() - self.verticalScrollBar().value() if held is not None else 0
        self._moving = True
        self._column.arrange(first)
        self._moving = False
        if self._following:
            self._move_to(self.verticalScrollBar().maximum())
        elif held is not None:
            self._move_to(held.y() - offset)

    def _anchor(self) -> TurnWidget | None:
        """The first turn in sight that is all there, or else the first in sight."""
        seen = [self._column.turns[number] for number in self._seen(0)]
        return next((turn for turn in seen if turn.complete), seen[0] if seen else None)

    def _move_to(self, value: int) -> None:
        self._moving = True
        self.verticalScrollBar().setValue(value)
        self._moving = False

    def _seen(self, pages: int) -> range:
        """The numbers of the turns in sight, and so many pages above and below."""
        top, height = self.verticalScrollBar().value(), self.viewport().height()
        return self._column.between(top - pages * height, top + height + pages * height)

    def _settle(self) -> None:
        """Make what is in sight, one turn after the other: till then, heights are guessed."""
        if self._moving or not self.isVisible():
            return
        begun = QElapsedTimer()
        begun.start()
        while begun.elapsed() < _PATIENCE_MS:
            missing = [n for n in self._seen(0) if not self._column.turns[n].built]
            if not missing:
                break
            self._build(missing[-1] if self._following else missing[0])
        self._idle.start()

    def _build(self, number: int) -> None:
        widget = self._column.turns[number]
        widget.set_versions(self._versions(widget.turn))
        self._moving = True
        widget.resize(self._column.turn_width, widget.height())
        widget.show()
        widget.build()
        self._moving = False
        self._arrange(number)

    def _use_idle_time(self) -> None:
        """Do one thing that is not urgent: make a turn ready, let turns go, or show some more."""
        if not self.isVisible():
            return
        unsettled, self._unsettled = self._unsettled, set()
        for widget in unsettled:
            self._height_changed(widget)
        turns, seen = self._column.turns, self._seen(0)
        middle = (seen.start + seen.stop) / 2
        near = sorted(self._seen(_READY), key=lambda n: abs(n - middle))
        missing = next((n for n in near if not turns[n].built), None)
        if missing is not None:
            self._build(missing)
            self._idle.start()
            return
        self._release_far()
        for turn in turns[self._shown_until : self._shown_until + _SHOWN_AT_ONCE]:
            turn.show()
        self._shown_until += _SHOWN_AT_ONCE
        if self._shown_until < len(turns):
            self._idle.start()

    def _take_built(self, widget: TurnWidget) -> None:
        self._built.add(widget)

    def _release_far(self) -> None:
        kept = self._seen(_KEPT)
        for turn in [turn for turn in self._built if turn.number not in kept and not turn.in_use]:
            turn.release()
            self._built.discard(turn)

    def _fit_width(self) -> None:
        """Lay out for the width that there is now."""
        self._moving = True
        held = self._anchor()
        offset = held.y() - self.verticalScrollBar().value() if held is not None else 0
        self._column.set_extent(self.viewport().width(), self._right_reserve())
        if self.isVisible():
            for turn in self._built:
                turn.measure(self._column.turn_width)
        self._column.arrange()
        self._moving = False
        end = self.verticalScrollBar().maximum()
        self._move_to(held.y() - offset if held is not None and not self._following else end)
        self._settle()

    def _right_reserve(self) -> int:
        return self.width() - self.viewport().width()

    def _range_changed(self) -> None:
        if self._following and not self._moving:
            self._move_to(self.verticalScrollBar().maximum())

    def _scrolled(self) -> None:
        if not self._moving:
            self._column.lower_hold(self.verticalScrollBar().value() + self.viewport().height())
            self._following = not self._below_end()
            self._settle()
        self._latest.setVisible(not self._following and self._below_end())
        self._place_latest()

    def _below_end(self) -> bool:
        bar = self.verticalScrollBar()
        return bar.value() < bar.maximum() - _NEAR_END

    def _place_latest(self) -> None:
        size = self._latest.sizeHint()
        x = (self.width() - size.width()) // 2
        self._latest.setGeometry(x, self.height() - size.height() - 12, size.width(), size.height())
        self._latest.raise_()

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


def _is_escape(event: QEvent) -> bool:
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    return event.key() == Qt.Key.Key_Escape
