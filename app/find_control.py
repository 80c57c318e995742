"""Connects the find bar with the conversation that is open, and with the page that shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject

from app.finding import find

if TYPE_CHECKING:
    from app.chat_session import ChatSession
    from app.conversation import Turn
    from app.finding import Place
    from app.ui.actions import Actions
    from app.ui.conversation_view import ConversationView
    from app.ui.find_bar import FindBar

_NOT_LOOKING = "Nothing is being looked for"
_NOTHING_ASKED = "Nothing has been asked here yet"


class Reader(Protocol):
    """What shows the turns. A reader that can mark the very letters does so as well."""

    def go_to_place(self, place: Place) -> None:
        """Bring `place` into sight."""
        ...

    def clear_places(self) -> None:
        """Nothing is looked for any more."""
        ...


class ScrollingReader:
    """Scrolls to the turn; the letters are not marked in it."""

    def __init__(self, view: ConversationView) -> None:
        self._view = view

    def go_to_place(self, place: Place) -> None:
        """Bring the turn's question, or its answer's beginning, into sight."""
        self._view.go_to_turn(place.turn)

    def clear_places(self) -> None:
        """Nothing was marked."""


class FindControl(QObject):
    """Looks again whenever the text, the conversation or an answer is another."""

    def __init__(
        self, bar: FindBar, session: ChatSession, reader: Reader, actions: Actions
    ) -> None:
        super().__init__(bar)
        self._bar, self._session, self._reader, self._actions = bar, session, reader, actions
        self._places: tuple[Place, ...] = ()
        # Counted from 0; -1 while the page is at none of them.
        self._at = -1
        actions["find"].triggered.connect(bar.open)
        actions["find_next"].triggered.connect(lambda: self.step(1))
        actions["find_previous"].triggered.connect(lambda: self.step(-1))
        bar.changed.connect(self._look_for)
        bar.stepped.connect(self.step)
        bar.closed.connect(self._end)
        session.conversation_opened.connect(lambda _conversation: bar.put_away())
        session.state_changed.connect(self._show_actions)
        self._show_actions()

    def step(self, by: int) -> None:
        """Go to the next place or the one before, around at either end."""
        if self._bar.isHidden():
            self._bar.open()
            return
        self._look_again()
        if self._places:
            self._go_to((self._at + by) % len(self._places) if self._at >= 0 else min(by, 0))

    def _look_for(self, text: str) -> None:
        """Find anew; the page goes to the first place, or stays with the turn it is at."""
        before = self._turn()
        self._places = find(self._session.current.turns, text)
        self._at = -1
        if self._places:
            same = (i for i, place in enumerate(self._places) if place.turn is before)
            self._go_to(next(same, 0))
        else:
            self._reader.clear_places()
            self._bar.show_place(0, 0)
        self._show_actions()

    def _look_again(self) -> None:
        """An answer may have grown; the place that the page is at stays the same one."""
        at = self._places[self._at] if self._at >= 0 else None
        self._places = find(self._session.current.turns, self._bar.field.text())
        self._at = self._places.index(at) if at in self._places else -1

    def _go_to(self, at: int) -> None:
        self._at = at
        place = self._places[at]
        self._reader.go_to_place(place)
        self._bar.show_place(at + 1, len(self._places))

    def _turn(self) -> Turn | None:
        return self._places[self._at].turn if self._at >= 0 else None

    def _end(self) -> None:
        self._places, self._at = (), -1
        self._reader.clear_places()
        self._show_actions()

    def _show_actions(self) -> None:
        begun = bool(self._session.current.turns)
        looking = not self._bar.isHidden() and bool(self._bar.field.text())
        self._actions.set_reason("find", "" if begun else _NOTHING_ASKED)
        for name in ("find_next", "find_previous"):
            self._actions.set_reason(name, "" if looking else _NOT_LOOKING)
