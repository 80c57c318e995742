"""The scrolled page of turns: makes those that are near, lets go of those that are far.

Heights of turns that were never made are guessed. Whenever a guess gives way to the truth, what is
looked at stays where it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, Qt, QTimer
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from app.ui.parts import TextButton
from app.ui.turn_column import TurnColumn

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent, QShowEvent

    from app.ui.theme import Theme
    from app.ui.turn_widget import TurnWidget

# So close to the end counts as being there.
_NEAR_END = 4
# In pages: how far around what is seen turns are made ready, and beyond which they are let go.
_READY, _KEPT = 1, 3
# So many turns become known to the system at once after a conversation was opened.
_SHOWN_AT_ONCE = 40
# So long the window waits for turns in sight; what is not there then comes a moment later.
_PATIENCE_MS = 60


class TurnPage(QScrollArea):
    """Shows turns. It follows its end while that is in view, and only then."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Those that are made of something.
        self._built: set[TurnWidget] = set()
        # Those whose height changed while the page was being arranged.
        self._unsettled: set[TurnWidget] = set()
        # Up to this number all have been shown to the system, and so to screen readers.
        self._shown_until = 0
        self._following = True
        # While this page moves things itself, nobody has scrolled.
        self._moving = False
        self._idle = QTimer(self, interval=0, singleShot=True)
        self._idle.timeout.connect(self._use_idle_time)
        self._latest = TextButton(theme, "Latest", "default", "arrow-down", compact=True)
        self._latest.setParent(self)
        self._latest.setAccessibleName("Go to the latest text")
        self._latest.clicked.connect(self.go_to_end)
        self._latest.hide()
        self._column = TurnColumn()
        self._set_up_scrolling()

    @property
    def following(self) -> bool:
        """Whether the page keeps to its end while text comes in."""
        return self._following

    def go_to_end(self) -> None:
        """Scroll to the end and follow it."""
        # Its focus goes elsewhere, and what gets it is brought into sight.
        self._latest.hide()
        self._following = True
        self._column.hold_height(0)
        self._move_to(self.verticalScrollBar().maximum())
        self._settle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the column in the middle and the button where it belongs."""
        super().resizeEvent(event)
        self._fit_width()
        self._place_latest()

    def showEvent(self, event: QShowEvent) -> None:
        """What was made out of sight gets its true height only now."""
        super().showEvent(event)
        self._fit_width()

    def make_anew(self) -> None:
        """Make all turns anew, as where the size of text has changed; an edit stays as it is.

        What is read stays in sight: pixels say nothing of where it is now, shares of a turn do.
        """
        held = None if self._following or not self.isVisible() else self._read_at()
        for turn in self._column.turns:
            turn.forget_height()
        for turn in [turn for turn in self._built if not turn.edited]:
            turn.release()
            self._built.discard(turn)
        self._fit_width()
        if held is not None:
            turn, share, below = held
            self._build(turn.number)
            # What is made in sight moves it once more.
            for _ in range(2):
                self._move_to(turn.y() + round(share * turn.height()) - below)
                self._settle()

    def _read_at(self) -> tuple[TurnWidget, float, int] | None:
        """The turn that is read, which share of it is above its place, and how far down that is.

        It is the first that begins in the upper half of what is seen, or else what lies there.
        """
        value, half = self.verticalScrollBar().value(), self.viewport().height() // 2
        seen = [self._column.turns[number] for number in self._seen(0)]
        if not seen:
            return None
        begun = next((turn for turn in seen if value <= turn.y() < value + half), None)
        if begun is not None:
            return begun, 0.0, begun.y() - value
        top = seen[0]
        return top, (value - top.y()) / max(1, top.height()), 0

    def take_built(self, turn: TurnWidget) -> None:
        """Know of a turn that has been made, so that it is let go again."""
        self._built.add(turn)

    def height_changed(self, turn: TurnWidget) -> None:
        """Give a turn the height that it has come to need."""
        if self._moving:
            self._unsettled.add(turn)
            self._idle.start()
        elif self._column.holds(turn):
            turn.remeasure()
            if turn.height_at(self._column.turn_width) != turn.height():
                self._arrange(turn.number)
                self._idle.start()

    def prepare(self, turn: TurnWidget) -> None:
        """Tell `turn`, which is about to be made, what it has to know."""

    def _renew_column(self) -> None:
        """Begin with a page that has no turns."""
        self._built.clear()
        self._unsettled.clear()
        self._shown_until = 0
        self._moving = True
        self._column = TurnColumn()
        self._column.set_extent(self.viewport().width(), self._bar_width())
        self.setWidget(self._column)
        self._column.setAutoFillBackground(False)
        self._column.show()
        self._moving = False

    def _cut(self, number: int) -> list[TurnWidget]:
        """Take out the turns from `number` on."""
        gone = self._column.cut(number)
        self._built.difference_update(gone)
        self._shown_until = min(self._shown_until, number)
        return gone

    def _remove(self, turn: TurnWidget) -> None:
        """Take out one turn."""
        self._column.remove(turn)
        self._built.discard(turn)
        self._shown_until = min(self._shown_until, turn.number)

    def _set_up_scrolling(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # with Tab one would not see it stop here
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        bar = self.verticalScrollBar()
        bar.setSingleStep(24)
        bar.rangeChanged.connect(self._range_changed)
        bar.valueChanged.connect(self._scrolled)

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
        self.prepare(widget)
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
            self.height_changed(widget)
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
        self._column.set_extent(self.viewport().width(), self._bar_width())
        if self.isVisible():
            for turn in self._built:
                turn.measure(self._column.turn_width)
        self._column.arrange()
        self._moving = False
        end = self.verticalScrollBar().maximum()
        self._move_to(held.y() - offset if held is not None and not self._following else end)
        self._settle()

    def _bar_width(self) -> int:
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
