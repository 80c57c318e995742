"""The turns of a page under one another, in the reading column, placed by known or guessed heights.

No layout of Qt is used: with a thousand turns it would ask each one at every letter that comes in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.ui.column import COLUMN_WIDTH, SIDE_PADDING
from app.ui.turn_parts import BLEED

if TYPE_CHECKING:
    from app.ui.turn_widget import TurnWidget

TURN_GAP = 24
_TOP, _BOTTOM = 24, 24


class TurnColumn(QWidget):
    """Holds the turns from the first to the last; its own height is theirs."""

    def __init__(self) -> None:
        super().__init__()
        self.turns: list[TurnWidget] = []
        self.content_height = 0
        self._reserve = 0
        self._least = 0

    def set_extent(self, width: int, reserve: int) -> None:
        """How wide the column is, and how wide the bar beside it; nothing is moved yet.

        The turns are centred as if the bar were not there.
        """
        self._reserve = reserve
        self.resize(width, self.height())

    @property
    def turn_width(self) -> int:
        """The width of each turn, what its focus ring needs included."""
        return max(1, self.width() - sum(self._sides()))

    def add(self, turn: TurnWidget) -> None:
        """Take in `turn` after the others; it is placed by the next `arrange`."""
        turn.setParent(self)
        turn.number = len(self.turns)
        self.turns.append(turn)

    def holds(self, turn: TurnWidget) -> bool:
        """Whether `turn` is one of them."""
        return turn.number < len(self.turns) and self.turns[turn.number] is turn

    def cut(self, number: int) -> list[TurnWidget]:
        """Take out all turns from `number` on, and hand them back."""
        cut = self.turns[number:]
        del self.turns[number:]
        return cut

    def remove(self, turn: TurnWidget) -> None:
        """Take out one turn."""
        self.turns.remove(turn)
        for number, kept in enumerate(self.turns):
            kept.number = number

    def arrange(self, first: int = 0) -> None:
        """Place the turns from number `first` on."""
        left, _ = self._sides()
        width = self.turn_width
        if first:
            above = self.turns[first - 1]
            y = above.y() + above.height() + TURN_GAP - 2 * BLEED
        else:
            y = _TOP - BLEED
        for turn in self.turns[first:]:
            height = turn.height_at(width)
            turn.setGeometry(left, y, width, height)
            y += height + TURN_GAP - 2 * BLEED
        self.content_height = y - (TURN_GAP - 2 * BLEED) + _BOTTOM - BLEED
        self._fit()

    def hold_height(self, least: int) -> None:
        """Be at least so high, with nothing below the turns, until they need as much."""
        self._least = least
        self._fit()

    def lower_hold(self, least: int) -> None:
        """Give back what is held beyond `least`."""
        if self._least > least:
            self.hold_height(least)

    def between(self, top: int, bottom: int) -> range:
        """The numbers of the turns that reach into the stretch from `top` to before `bottom`."""
        first = self._first_ending_below(top)
        last = first
        while last < len(self.turns) and self.turns[last].y() < bottom:
            last += 1
        return range(first, last)

    def _fit(self) -> None:
        if self._least <= self.content_height:
            self._least = 0
        self.resize(self.width(), max(self.content_height, self._least))

    def _first_ending_below(self, y: int) -> int:
        low, high = 0, len(self.turns)
        while low < high:
            middle = (low + high) // 2
            turn = self.turns[middle]
            if turn.y() + turn.height() <= y:
                low = middle + 1
            else:
                high = middle
        return low

    def _sides(self) -> tuple[int, int]:
        whole = self.width() + self._reserve
        side = max(0, (whole - COLUMN_WIDTH) // 2) + SIDE_PADDING - BLEED
        beside_bar = max(0, side - self._reserve)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        return (beside_bar, side) if mirrored else (side, beside_bar)
