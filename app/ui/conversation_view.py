"""The page of a conversation: its turns under one another in the reading column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QWidget

from app.background import Background
from app.conversation import Conversation, Turn, TurnState
from app.ui.column import Column
from app.ui.formulas import Formulas
from app.ui.parts import TextButton
from app.ui.turn_parts import BLEED, figures
from app.ui.turn_widget import TurnWidget

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QResizeEvent

    from app.ui.theme import Theme
    from app.ui.turn_parts import WaitsFor

FRAME_MS = 33
# A frame that took long is followed by a longer rest, so that typing never waits in turn.
_REST_SHARE = 4
_TOP, _BOTTOM, _TURN_GAP = 24, 24, 24
# So close to the end counts as being there.
_NEAR_END = 4
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class ConversationView(QScrollArea):
    """Shows one conversation. It follows the answer while its end is in view, and only then."""

    continue_requested = Signal(object)
    start_over_requested = Signal(object)
    retry_requested = Signal(object)
    withdraw_requested = Signal(object)

    def __init__(
        self, theme: Theme, background: Background | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._background = background or Background(self)
        self._formulas = Formulas(self._background, self)
        self._turns: dict[Turn, TurnWidget] = {}
        self._changed: set[Turn] = set()
        self._following = True
        self._loading = True
        self._last_paint = QElapsedTimer()
        self._frame_ms = FRAME_MS
        self._frame = QTimer(self, singleShot=True)
        self._frame.timeout.connect(self._paint_changes)
        self._latest = TextButton(theme, "Latest", "default", "arrow-down", compact=True)
        self._latest.setParent(self)
        self._latest.setAccessibleName("Go to the latest text")
        self._latest.clicked.connect(self.go_to_end)
        self._latest.hide()
        self._set_up_scrolling()
        self._column = Column()
        self._renew_column()
        QApplication.instance().focusChanged.connect(self._focus_moved)  # type: ignore[union-attr]

    @property
    def following(self) -> bool:
        """Whether the page keeps to its end while text comes in."""
        return self._following

    def set_loading(self, loading: bool) -> None:
        """Whether questions wait for the model rather than for another answer."""
        self._loading = loading
        self._mark_turns()

    def set_conversation(self, conversation: Conversation) -> None:
        """Show `conversation` from its end."""
        self._renew_column()
        for turn in conversation.turns:
            self._append(turn)
        self._mark_turns()
        self.go_to_end()

    def add_turn(self, turn: Turn) -> None:
        """Append `turn`; whoever has just asked wants to see the answer."""
        self._append(turn)
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
        if widget is not None:
            self._column.content.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
            self._mark_turns()

    def turn_widget(self, turn: Turn) -> TurnWidget | None:
        """The widget that shows `turn`."""
        return self._turns.get(turn)

    def copy_last_answer(self) -> None:
        """Copy the newest answer that there is."""
        answered = [widget for turn, widget in self._turns.items() if turn.answer]
        if answered:
            answered[-1].copy_answer()

    def go_to_end(self) -> None:
        """Scroll to the end and follow it."""
        self._following = True
        self._latest.hide()
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down go from turn to turn."""
        step = _STEPS.get(Qt.Key(event.key()))
        widgets = list(self._turns.values())
        at = [i for i, w in enumerate(widgets) if w.hasFocus()]
        if step is None or not at:
            super().keyPressEvent(event)
            return
        target = widgets[min(len(widgets) - 1, max(0, at[0] + step))]
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        self.ensureWidgetVisible(target, 0, _TURN_GAP)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the column in the middle and the button where it belongs."""
        super().resizeEvent(event)
        self._column.set_right_reserve(self.width() - self.viewport().width())
        self._place_latest()

    def _set_up_scrolling(self) -> None:
        self.setWidgetResizable(True)
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
        self._column = Column(bleed=BLEED)
        self._column.set_right_reserve(self.width() - self.viewport().width())
        self._column.set_vertical_padding(_TOP - BLEED, _BOTTOM - BLEED)
        self._column.content.setSpacing(_TURN_GAP - 2 * BLEED)
        self._column.content.addStretch()
        self.setWidget(self._column)
        self._column.setAutoFillBackground(False)

    def _append(self, turn: Turn) -> None:
        widget = TurnWidget(self._theme, self._background, turn, self._formulas)
        widget.continue_requested.connect(self.continue_requested)
        widget.start_over_requested.connect(self.start_over_requested)
        widget.retry_requested.connect(self.retry_requested)
        widget.withdraw_requested.connect(self.withdraw_requested)
        self._turns[turn] = widget
        stretch = self._column.content.count() - 1
        self._column.content.insertWidget(stretch, widget)

    def _mark_turns(self) -> None:
        """Tell each turn where it stands among the others."""
        widgets = list(self._turns.values())
        waits_for: WaitsFor = "model" if self._loading else "other_answer"
        for widget in widgets:
            widget.set_last(widget is widgets[-1])
            widget.set_waits_for(waits_for)
            if widget.turn.state in (TurnState.READING, TurnState.ANSWERING):
                waits_for = "answer_above"

    def _paint_changes(self) -> None:
        changed, self._changed = self._changed, set()
        begun = QElapsedTimer()
        begun.start()
        for turn in changed:
            widget = self._turns.get(turn)
            if widget is not None and widget.refresh():
                self._mark_turns()
                self._announce(widget)
        self._frame_ms = max(FRAME_MS, _REST_SHARE * begun.elapsed())
        self._last_paint.start()
        if changed and not self._following:
            self._latest.setVisible(self._below_end())

    def _announce(self, widget: TurnWidget) -> None:
        turn = widget.turn
        if turn.state is TurnState.DONE:
            told = figures(turn).partition(" · ")[0]
            said = f"Answer finished, {told}" if told else "Answer finished"
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, said))

    def _range_changed(self) -> None:
        if self._following:
            bar = self.verticalScrollBar()
            bar.setValue(bar.maximum())

    def _scrolled(self) -> None:
        self._following = not self._below_end()
        self._latest.setVisible(not self._following)
        self._place_latest()

    def _below_end(self) -> bool:
        bar = self.verticalScrollBar()
        return bar.value() < bar.maximum() - _NEAR_END

    def _place_latest(self) -> None:
        size = self._latest.sizeHint()
        x = (self.width() - size.width()) // 2
        self._latest.setGeometry(x, self.height() - size.height() - 12, size.width(), size.height())
        self._latest.raise_()

    def _focus_moved(self, old: QWidget | None, now: QWidget | None) -> None:
        del old
        for widget in self._turns.values():
            within = now is not None and (now is widget or widget.isAncestorOf(now))
            widget.set_focus_within(within)
