"""What a model thinks before it answers: told while it lasts, folded away afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from app.conversation import Conversation, Turn, TurnState
from app.ui.conversation_view import ConversationView
from engine import user

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.background import Background
    from app.ui.theme import Theme
    from app.ui.turn_body import TurnBody

LONG = "At first one looks at the table. " * 30 + "In the end it is the third well."


@pytest.fixture
def view(qtbot: QtBot, theme: Theme, background: Background) -> ConversationView:
    made = ConversationView(theme, background)
    qtbot.addWidget(made)
    made.resize(700, 500)
    made.show()
    return made


def thinking(view: ConversationView, thought: str) -> tuple[Turn, TurnBody]:
    conversation = Conversation()
    turn = conversation.add(user("Which well?"))
    turn.state, turn.reasoning = TurnState.ANSWERING, thought
    view.set_conversation(conversation)
    widget = view.turn_widget(turn)
    assert widget is not None
    return turn, widget.body


def finish(qtbot: QtBot, view: ConversationView, turn: Turn, body: TurnBody) -> None:
    turn.answer, turn.reasoning_s, turn.state = "The third.", 2.44, TurnState.DONE
    view.update_turn(turn)
    qtbot.waitUntil(lambda: body.thinking._head.text() == "Thought for 2.4 s")


def test_a_thought_under_way_tells_how_long_and_its_last_words(
    qtbot: QtBot, view: ConversationView
) -> None:
    turn, body = thinking(view, LONG)
    fold = body.thinking
    assert fold._head.text() == "Thinking, 0 s"
    assert not fold.opened
    assert fold._tail.isVisible()
    assert fold._tail.text().startswith("…")
    assert fold._tail.text().endswith("it is the third well.")
    assert not body.answer.isVisible()
    qtbot.waitUntil(lambda: fold._head.text() == "Thinking, 1 s", timeout=3000)
    turn.reasoning += " Or the fourth."
    view.update_turn(turn)
    qtbot.waitUntil(lambda: fold._tail.text().endswith("Or the fourth."))


def test_afterwards_it_is_closed_and_says_how_long_it_took(
    qtbot: QtBot, view: ConversationView
) -> None:
    turn, body = thinking(view, LONG)
    finish(qtbot, view, turn, body)
    assert not body.thinking.opened
    assert not body.thinking._tail.isVisible()
    assert not body.thinking._tick.isActive()
    assert body.answer.isVisible()


def test_it_opens_to_the_whole_thought_in_its_own_look(
    qtbot: QtBot, view: ConversationView, theme: Theme
) -> None:
    turn, body = thinking(view, "First.\n\nSecond.")
    finish(qtbot, view, turn, body)
    qtbot.mouseClick(body.thinking._head, Qt.MouseButton.LeftButton)
    text = body.thinking.text_view
    assert text is not None
    assert text.isVisible()
    assert text.toPlainText() == "First.\n\nSecond."
    look = text.document().begin().begin().fragment().charFormat()
    assert look.foreground().color() == theme.colors.ink2
    assert look.font().pixelSize() == 13
    assert text.document().begin().blockFormat().lineHeight() == 20
    theme.set_choice("dark")
    theme.changed.emit()
    look = text.document().begin().begin().fragment().charFormat()
    assert look.foreground().color() == theme.colors.ink2
    qtbot.mouseClick(body.thinking._head, Qt.MouseButton.LeftButton)
    assert not text.isVisible()


def test_an_opened_thought_grows_with_what_comes(qtbot: QtBot, view: ConversationView) -> None:
    turn, body = thinking(view, "First.")
    body.thinking.open()
    text = body.thinking.text_view
    assert text is not None
    assert not body.thinking._tail.isVisible()
    turn.reasoning = "First. Second."
    view.update_turn(turn)
    qtbot.waitUntil(lambda: text.toPlainText() == "First. Second.")
    turn.reasoning = "Anew."
    view.update_turn(turn)
    qtbot.waitUntil(lambda: text.toPlainText() == "Anew.")


def test_a_thought_is_copied_only_where_it_is_shown(qtbot: QtBot, view: ConversationView) -> None:
    turn, body = thinking(view, "Secret.")
    finish(qtbot, view, turn, body)
    view.copy_last_answer()
    assert QGuiApplication.clipboard().text() == "The third."
    body.thinking.open()
    view.copy_last_answer()
    assert QGuiApplication.clipboard().text() == "Secret.\n\nThe third."


def test_an_unknown_duration_is_not_invented(view: ConversationView) -> None:
    turn, body = thinking(view, "Kept from earlier.")
    turn.answer, turn.state = "The third.", TurnState.DONE
    view.turn_widget(turn).refresh()
    assert body.thinking._head.text() == "Thought"
