"""What a screen reader hears of an answer."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget

from app.conversation import Conversation, Turn, TurnState
from app.ui.announcer import Announcer
from engine import OutOfMemory, PrefillProgress, user


class Listener:
    """Follows one turn, and keeps what is said."""

    def __init__(self, widget: QWidget, *, listening: bool) -> None:
        self.heard: list[str] = []
        self.urgent: list[str] = []
        self.turn: Turn = Conversation().add(user("Why?"))
        self._widget = widget
        self._announcer = Announcer(self._hear, lambda: listening)

    def _hear(self, widget: QWidget, text: str, urgent: bool) -> None:
        assert widget is self._widget
        (self.urgent if urgent else self.heard).append(text)

    def follow(self, state: TurnState, answer: str = "") -> None:
        self.turn.state, self.turn.answer = state, answer
        self._announcer.tell(self._widget, self.turn)

    def read(self, done: int) -> None:
        self.turn.prefill = PrefillProgress("r", 1000 + done, 2000, 1000)
        self.follow(TurnState.READING)


@pytest.fixture
def listener(qtbot) -> Listener:
    widget = QWidget()
    qtbot.addWidget(widget)
    return Listener(widget, listening=True)


def test_reading_is_told_at_its_beginning_its_middle_and_its_end(listener: Listener) -> None:
    for done in (0, 100, 499, 500, 700, 1000):
        listener.read(done)
    assert listener.heard == ["Reading, 0 %", "Reading, 50 %", "Reading, 100 %"]


def test_each_sentence_is_told_once_it_is_finished(listener: Listener) -> None:
    listener.follow(TurnState.QUEUED)
    for answer in (
        "It is",
        "It is 3.5 m.",
        "It is 3.5 m. And",
        "It is 3.5 m. And so on! Then\n\nx",
    ):
        listener.follow(TurnState.ANSWERING, answer)
    assert listener.heard == ["It is 3.5 m.", "And so on! Then"]


def test_the_end_and_failures_are_told_once(listener: Listener) -> None:
    listener.turn.completion_tokens = 78
    listener.follow(TurnState.ANSWERING, "So")
    listener.follow(TurnState.DONE, "So.")
    listener.follow(TurnState.DONE, "So.")
    assert listener.heard == ["Answer finished, 78 tokens"]
    listener.turn.error = OutOfMemory("Memory ran out.", "details")
    listener.follow(TurnState.FAILED)
    listener.follow(TurnState.FAILED)
    assert listener.urgent == ["Memory ran out."]


def test_where_nobody_listens_sentences_are_not_looked_for(qtbot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    listener = Listener(widget, listening=False)
    listener.follow(TurnState.ANSWERING, "One. Two. Three.")
    assert listener.heard == []
