"""What can be done with a question and its answer, and versions that change places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from app.bench import answers
from app.conversation import Conversation, Turn, TurnState
from app.ui.conversation_view import ConversationView
from engine import OutOfMemory, user

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.background import Background
    from app.ui.theme import Theme
    from app.ui.turn_widget import TurnWidget

NONE, ALT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier
OF_ANSWER = ["Copy answer", "Regenerate answer", "Continue from here in a new conversation"]
OF_QUESTION = ["Edit question", "Copy question"]
SWITCH = ["Earlier version", "Later version"]


@pytest.fixture
def view(qtbot: QtBot, theme: Theme, background: Background) -> ConversationView:
    made = ConversationView(theme, background)
    qtbot.addWidget(made)
    made.resize(700, 500)
    with qtbot.waitActive(made):
        made.show()
    return made


def answered(
    conversation: Conversation, question: str, answer: str, beside: Turn | None = None
) -> Turn:
    asked = user(question)
    turn = conversation.add(asked) if beside is None else conversation.add_beside(beside, asked)
    turn.answer, turn.state = answer, TurnState.DONE
    return turn


def offered(widget: TurnWidget) -> list[str]:
    """The names of the icons that are seen."""
    buttons = (b for b in widget.findChildren(QPushButton) if b.isVisible() and not b.text())
    return [button.accessibleName() for button in buttons]


def button(widget: TurnWidget, name: str) -> QPushButton:
    (found,) = (
        b
        for b in widget.findChildren(QPushButton)
        if b.isVisible() and name in (b.accessibleName(), b.text())
    )
    return found


def place(view: ConversationView, widget: TurnWidget) -> int:
    return widget.mapTo(view.viewport(), QPoint()).y()


def settle(qtbot: QtBot, view: ConversationView) -> None:
    def settled() -> bool:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        return not view._idle.isActive() and all(w.complete for w in view._built)

    QApplication.processEvents()
    qtbot.waitUntil(settled)


def test_actions_stand_in_their_order_and_are_named_like_their_tips(
    view: ConversationView,
) -> None:
    conversation = Conversation()
    first = answered(conversation, "Why?", "So.")
    second = answered(conversation, "Why?", "Thus.", beside=first)
    view.set_conversation(conversation)
    widget = view.turn_widget(second)
    assert widget is not None
    assert offered(widget) == [*OF_QUESTION, *OF_ANSWER, *SWITCH]
    row = sorted(
        (b.mapTo(widget, QPoint()).x(), b.accessibleName())
        for b in widget.body.action_row.findChildren(QPushButton)
    )
    assert [name for _, name in row] == [*OF_ANSWER, *SWITCH]
    assert all(b.toolTip() == b.accessibleName() for b in widget.findChildren(QPushButton))


def test_each_action_asks_for_its_turn(qtbot: QtBot, view: ConversationView) -> None:
    conversation = Conversation()
    first = answered(conversation, "Why?", "So.")
    turn = answered(conversation, "Why?", "Thus.", beside=first)
    view.set_conversation(conversation)
    widget = view.turn_widget(turn)
    assert widget is not None
    for name, signal, said in (
        ("Regenerate answer", view.regenerate_requested, [turn]),
        ("Continue from here in a new conversation", view.branch_requested, [turn]),
        ("Earlier version", view.version_requested, [turn, -1]),
    ):
        with qtbot.waitSignal(signal) as asked:
            qtbot.mouseClick(button(widget, name), Qt.MouseButton.LeftButton)
        assert asked.args == said
    assert not button(widget, "Later version").isEnabled()
    qtbot.mouseClick(button(widget, "Copy question"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "Why?"
    assert button(widget, "Copied").toolTip() == "Copied"


def test_actions_of_earlier_turns_come_with_the_pointer_and_keep_their_room(
    qtbot: QtBot, view: ConversationView
) -> None:
    conversation = Conversation()
    first = answered(conversation, "Why?", "So.")
    last = answered(conversation, "And?", "Thus.")
    view.set_conversation(conversation)
    upper, lower = view.turn_widget(first), view.turn_widget(last)
    assert upper is not None
    assert lower is not None
    assert offered(upper) == []
    assert offered(lower) == [*OF_QUESTION, *OF_ANSWER]
    before = (upper.height(), lower.y())
    QApplication.sendEvent(upper, QEvent(QEvent.Type.Leave))
    upper._reach(True)
    assert offered(upper) == [*OF_QUESTION, *OF_ANSWER]
    settle(qtbot, view)
    assert (upper.height(), lower.y()) == before


@pytest.mark.parametrize(
    ("state", "answer", "expected"),
    [
        (TurnState.QUEUED, "", SWITCH),
        (TurnState.ANSWERING, "So", SWITCH),
        (TurnState.FAILED, "", [*OF_QUESTION, "Regenerate answer", *SWITCH]),
        (TurnState.CANCELLED, "So", [*OF_QUESTION, *OF_ANSWER, *SWITCH]),
        (TurnState.INTERRUPTED, "So", [*OF_QUESTION, *OF_ANSWER, *SWITCH]),
    ],
)
def test_what_is_offered_depends_on_how_the_turn_stands(
    view: ConversationView, state: TurnState, answer: str, expected: list[str]
) -> None:
    conversation = Conversation()
    first = answered(conversation, "Why?", "So.")
    turn = answered(conversation, "Why?", answer, beside=first)
    turn.state, turn.error = state, OutOfMemory("Memory ran out.", "details")
    view.set_conversation(conversation)
    widget = view.turn_widget(turn)
    assert widget is not None
    assert [name for name in offered(widget) if name not in ("Try again",)] == expected


def test_alt_and_an_arrow_ask_for_another_version_where_there_is_one(
    qtbot: QtBot, view: ConversationView
) -> None:
    conversation = Conversation()
    first = answered(conversation, "Why?", "So.")
    second = answered(conversation, "Why?", "Thus.", beside=first)
    view.set_conversation(conversation)
    widget = view.turn_widget(second)
    assert widget is not None
    widget.setFocus()
    with qtbot.waitSignal(view.version_requested) as asked:
        QTest.keyClick(widget, Qt.Key.Key_Left, ALT)
    assert asked.args == [second, -1]
    with qtbot.assertNotEmitted(view.version_requested):
        QTest.keyClick(widget, Qt.Key.Key_Right, ALT)


def switched(view: ConversationView, conversation: Conversation, turn: Turn) -> None:
    """What the window does when another version is asked for."""
    conversation.choose(turn.id)
    view.show_path(conversation)


def test_a_switch_exchanges_what_is_below_and_nothing_else(
    qtbot: QtBot, view: ConversationView
) -> None:
    conversation = answers.conversation(12)
    old = conversation.turns[8]
    new = answered(conversation, "Another question?", "Short.", beside=old)
    conversation.choose(old.id)
    view.set_conversation(conversation)
    settle(qtbot, view)
    kept = [view.turn_widget(turn) for turn in conversation.turns[:8]]
    switched(view, conversation, new)
    assert list(view._turns) == conversation.turns
    assert conversation.turns[-1] is new
    assert [view.turn_widget(turn) for turn in conversation.turns[:8]] == kept
    switched(view, conversation, old)
    assert list(view._turns) == conversation.turns
    assert len(conversation.turns) == 12


@pytest.mark.parametrize("offset", [0, 40, 260])
def test_the_turn_that_is_switched_stays_in_its_place_on_the_screen(
    qtbot: QtBot, view: ConversationView, offset: int
) -> None:
    conversation = answers.conversation(12)
    old = conversation.turns[8]
    new = answered(conversation, "Another question?", "Short.", beside=old)
    conversation.choose(old.id)
    view.set_conversation(conversation)
    settle(qtbot, view)
    widget = view.turn_widget(old)
    assert widget is not None
    for _ in range(2):  # what comes into sight by it has its true height only then
        view.verticalScrollBar().setValue(widget.y() - offset)
        settle(qtbot, view)
    assert place(view, widget) == offset
    for chosen in (new, old, new):
        switched(view, conversation, chosen)
        shown = view.turn_widget(chosen)
        assert shown is not None
        assert shown.built
        assert place(view, shown) == offset
        settle(qtbot, view)
        assert place(view, shown) == offset


def test_room_held_below_a_short_version_is_given_back_by_scrolling(
    qtbot: QtBot, view: ConversationView
) -> None:
    conversation = answers.conversation(12)
    old = conversation.turns[8]
    new = answered(conversation, "Another question?", "Short.", beside=old)
    conversation.choose(old.id)
    view.set_conversation(conversation)
    settle(qtbot, view)
    view.verticalScrollBar().setValue(view.turn_widget(old).y())
    switched(view, conversation, new)
    settle(qtbot, view)
    column, bar = view._column, view.verticalScrollBar()
    assert column.height() > column.content_height
    bar.setValue(bar.value() - 200)
    settle(qtbot, view)
    bar.setValue(0)
    settle(qtbot, view)
    assert column.height() == column.content_height


def test_the_keyboard_stays_on_the_button_that_switches(view: ConversationView) -> None:
    conversation = Conversation()
    first = answered(conversation, "Why?", "So.")
    second = answered(conversation, "Why?", "Thus.", beside=first)
    third = answered(conversation, "Why?", "Hence.", beside=first)
    view.set_conversation(conversation)
    strayed: list[bool] = []
    earlier = button(view.turn_widget(third), "Earlier version")
    earlier.setFocus()
    QApplication.instance().focusChanged.connect(lambda _o, now: strayed.append(now is None))
    switched(view, conversation, second)
    assert button(view.turn_widget(second), "Earlier version").hasFocus()
    switched(view, conversation, first)
    assert button(view.turn_widget(first), "Later version").hasFocus()
    assert not any(strayed)
    view.turn_widget(first).setFocus()
    switched(view, conversation, third)
    assert view.turn_widget(third).hasFocus()


def test_a_regenerated_answer_takes_the_place_of_the_old_one(
    qtbot: QtBot, view: ConversationView
) -> None:
    conversation = answers.conversation(6)
    old = conversation.turns[-1]
    view.set_conversation(conversation)
    settle(qtbot, view)
    before = place(view, view.turn_widget(old))
    new = conversation.add_beside(old, old.question)
    view.show_path(conversation)
    widget = view.turn_widget(new)
    assert widget is not None
    assert view.turn_widget(old) is None
    assert place(view, widget) == before
    assert widget.body.action_row._place.text() == "2 / 2"
    assert widget.body.action_row._place.accessibleName() == "Version 2 of 2"


def edited(qtbot: QtBot, view: ConversationView, turn: Turn) -> TurnWidget:
    widget = view.turn_widget(turn)
    assert widget is not None
    with qtbot.waitSignal(view.edit_begun) as begun:
        qtbot.mouseClick(button(widget, "Edit question"), Qt.MouseButton.LeftButton)
    assert begun.args == [turn]
    return widget


def test_a_question_is_edited_in_its_place(qtbot: QtBot, view: ConversationView) -> None:
    conversation = Conversation()
    turn = answered(conversation, "Why?", "So.")
    view.set_conversation(conversation)
    widget = edited(qtbot, view, turn)
    editor = widget.body.question.editor
    assert editor is not None
    assert editor.hasFocus()
    assert editor.toPlainText() == "Why?"
    view.show_edit_cost("12,400 tokens are kept, 380 must be read.")
    assert widget.body.question._editor._cost.text().startswith("12,400 tokens are kept")
    qtbot.keyClicks(editor, " And when?")
    with qtbot.waitSignal(view.edit_requested) as asked:
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert asked.args == [turn, "Why? And when?"]
    assert widget.body.question.editor is None
    assert widget.hasFocus()


def test_escape_restores_the_question(qtbot: QtBot, view: ConversationView) -> None:
    conversation = Conversation()
    turn = answered(conversation, "Why?", "So.")
    view.set_conversation(conversation)
    settle(qtbot, view)
    widget = view.turn_widget(turn)
    assert widget is not None
    height = widget.height()
    edited(qtbot, view, turn)
    settle(qtbot, view)
    assert widget.height() > height
    qtbot.keyClicks(widget.body.question.editor, " Not this.")
    with qtbot.assertNotEmitted(view.edit_requested):
        qtbot.keyClick(widget.body.question.editor, Qt.Key.Key_Escape)
    assert widget.hasFocus()
    settle(qtbot, view)
    assert widget.height() == height
    edited(qtbot, view, turn)
    assert widget.body.question.editor.toPlainText() == "Why?"


def test_nothing_cannot_be_asked(qtbot: QtBot, view: ConversationView) -> None:
    conversation = Conversation()
    turn = answered(conversation, "Why?", "So.")
    view.set_conversation(conversation)
    widget = edited(qtbot, view, turn)
    widget.body.question.editor.clear()
    assert not button(widget, "Save and ask").isEnabled()
    with qtbot.assertNotEmitted(view.edit_requested):
        qtbot.keyClick(widget.body.question.editor, Qt.Key.Key_Return)


def test_an_edit_is_kept_while_one_looks_elsewhere(qtbot: QtBot, view: ConversationView) -> None:
    conversation = answers.conversation(40)
    view.set_conversation(conversation)
    settle(qtbot, view)
    view.edit_last_question()
    widget = view.turn_widget(conversation.turns[-1])
    assert widget is not None
    qtbot.keyClicks(widget.body.question.editor, " Now")
    view.turn_widget(conversation.turns[0]).setFocus()
    view.verticalScrollBar().setValue(0)
    settle(qtbot, view)
    assert widget.built
    assert widget.body.question.editor.toPlainText().endswith(" Now")


def test_enter_goes_into_a_turn_and_escape_back(view: ConversationView) -> None:
    conversation = Conversation()
    turn = answered(conversation, "Why?", "So.")
    view.set_conversation(conversation)
    widget = view.turn_widget(turn)
    assert widget is not None
    widget.setFocus()
    QTest.keyClick(widget, Qt.Key.Key_Return)
    inside = QApplication.focusWidget()
    assert inside is not widget
    assert widget.isAncestorOf(inside)
    QTest.keyClick(inside, Qt.Key.Key_Escape)
    assert widget.hasFocus()
