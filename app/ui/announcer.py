"""What a screen reader is told of an answer while the keyboard is elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

from app.conversation import TurnState
from app.ui.turn_parts import figures

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.conversation import Turn

Say = Callable[["QWidget", str, bool], None]
_SENTENCE_END = re.compile(r"[.!?…。！？](?=\s)|\n\n")
_SHARES = (0, 50, 100)


class Announcer:
    """Reading at 0, 50 and 100 %, finished sentences where someone listens, then the end."""

    def __init__(
        self, say: Say | None = None, listening: Callable[[], bool] = QAccessible.isActive
    ) -> None:
        """`say` tells the system of a text at a widget, and whether it is urgent."""
        self._say = say or _say
        self._listening = listening
        self._turn: Turn | None = None
        self._state: TurnState | None = None
        self._told_share = -1
        self._told_until = 0

    def tell(self, widget: QWidget, turn: Turn) -> None:
        """Say what is new in `turn`, which `widget` shows."""
        if turn is not self._turn:
            self._turn, self._state = turn, None
            self._told_share, self._told_until = -1, len(turn.answer)
        moved, self._state = turn.state is not self._state, turn.state
        if turn.state is TurnState.READING:
            self._tell_reading(widget, turn)
        elif turn.state is TurnState.ANSWERING:
            if self._listening():
                self._tell_sentences(widget, turn)
        elif moved and turn.state is TurnState.DONE:
            told = figures(turn).partition(" · ")[0]
            self._say(widget, f"Answer finished, {told}" if told else "Answer finished", False)
        elif moved and turn.state is TurnState.FAILED and turn.error is not None:
            self._say(widget, turn.error.sentence, True)

    def _tell_reading(self, widget: QWidget, turn: Turn) -> None:
        progress = turn.prefill
        if progress is None:
            return
        new = max(1, progress.total_tokens - progress.reused_tokens)
        done = 100 * (progress.done_tokens - progress.reused_tokens) // new
        reached = max((share for share in _SHARES if share <= done), default=0)
        if reached > self._told_share:
            self._told_share = reached
            self._say(widget, f"Reading, {reached} %", False)

    def _tell_sentences(self, widget: QWidget, turn: Turn) -> None:
        ends = [end.end() for end in _SENTENCE_END.finditer(turn.answer, self._told_until)]
        if ends:
            self._say(widget, turn.answer[self._told_until : ends[-1]].strip(), False)
            self._told_until = ends[-1]


def _say(widget: QWidget, text: str, urgent: bool) -> None:
    event = QAccessibleAnnouncementEvent(widget, text)
    if urgent:
        event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
    QAccessible.updateAccessibility(event)
