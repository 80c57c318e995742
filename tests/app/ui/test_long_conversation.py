"""Long conversations: only what is near is made, and what is looked at stays where it is."""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QAccessible, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from app.bench import answers
from app.conversation import Conversation, Turn, TurnState
from app.ui.code_block import CodeBlock
from app.ui.conversation_view import ConversationView
from app.ui.theme import Theme
from app.ui.turn_body import TurnBody
from engine import user

if TYPE_CHECKING:
    from PySide6.QtGui import QFont
    from pytestqt.qtbot import QtBot

    from app.background import Background
    from app.ui.tokens import TypeStyle
    from app.ui.turn_widget import TurnWidget

TURNS = 120


@pytest.fixture
def view(qtbot: QtBot, theme: Theme, background: Background) -> ConversationView:
    made = ConversationView(theme, background)
    qtbot.addWidget(made)
    made.resize(700, 500)
    with qtbot.waitActive(made):
        made.show()
    return made


@pytest.fixture
def long(view: ConversationView) -> Conversation:
    conversation = answers.conversation(TURNS)
    view.set_conversation(conversation)
    return conversation


def widgets(view: ConversationView) -> list[TurnWidget]:
    return list(view._turns.values())


def built(view: ConversationView) -> list[int]:
    return [widget.number for widget in widgets(view) if widget.built]


def as_high_as_it_wants(widget: TurnWidget) -> bool:
    return widget.complete and widget.height() == widget.body.wanted_height(widget.width())


def settle(qtbot: QtBot, view: ConversationView) -> None:
    """Until nothing is left to be done."""

    def settled() -> bool:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        near = [widget for widget in widgets(view) if widget.built]
        return not view._idle.isActive() and all(map(as_high_as_it_wants, near))

    QApplication.processEvents()
    qtbot.waitUntil(settled)


def seen(view: ConversationView) -> list[TurnWidget]:
    return [widgets(view)[number] for number in view._seen(0)]


def place(view: ConversationView, widget: TurnWidget) -> int:
    """How far below the upper edge of the page the turn begins."""
    return widget.mapTo(view.viewport(), QPoint()).y()


@pytest.mark.usefixtures("long")
def test_only_turns_near_what_is_seen_are_made(qtbot: QtBot, view: ConversationView) -> None:
    settle(qtbot, view)
    assert built(view) == list(range(TURNS - len(built(view)), TURNS))
    assert len(built(view)) < 12
    assert view.verticalScrollBar().value() == view.verticalScrollBar().maximum()
    assert view.following

    view.verticalScrollBar().setValue(0)
    assert built(view)[0] == 0
    settle(qtbot, view)
    assert TURNS - 1 not in built(view)
    assert len(built(view)) < 12
    assert len(view.findChildren(TurnBody)) == len(built(view))


def test_every_turn_has_a_place_and_a_name_whether_it_is_made_or_not(
    qtbot: QtBot, view: ConversationView, long: Conversation
) -> None:
    settle(qtbot, view)
    assert all(widget.isVisible() for widget in widgets(view))
    tops = [widget.y() for widget in widgets(view)]
    assert tops == sorted(set(tops))
    listed = QAccessible.queryAccessibleInterface(view._column)
    names = [listed.child(n).text(QAccessible.Text.Name) for n in range(listed.childCount())]
    assert names == [turn.question.text for turn in long.turns]


@pytest.mark.usefixtures("long")
def test_what_is_looked_at_stays_while_heights_above_become_known(
    qtbot: QtBot, view: ConversationView
) -> None:
    bar = view.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    settle(qtbot, view)
    for _ in range(25):
        held = next(w for w in seen(view) if place(view, w) >= 0 or w is seen(view)[-1])
        before = place(view, held)
        bar.setValue(bar.value() - 130)
        QApplication.processEvents()
        assert place(view, held) == before + 130
        settle(qtbot, view)
        assert place(view, held) == before + 130
        assert all(widget.built for widget in seen(view))


@pytest.mark.usefixtures("long")
def test_turns_that_are_left_keep_their_height(qtbot: QtBot, view: ConversationView) -> None:
    settle(qtbot, view)
    heights = {number: widgets(view)[number].height() for number in built(view)}
    view.verticalScrollBar().setValue(0)
    settle(qtbot, view)
    assert not set(heights) & set(built(view))
    assert {number: widgets(view)[number].height() for number in heights} == heights
    view.go_to_end()
    settle(qtbot, view)
    assert {number: widgets(view)[number].height() for number in heights} == heights


@pytest.mark.usefixtures("long")
def test_a_new_width_keeps_the_end_in_sight_and_the_turn_that_is_read(
    qtbot: QtBot, view: ConversationView
) -> None:
    bar = view.verticalScrollBar()
    view.resize(500, 450)
    settle(qtbot, view)
    assert bar.value() == bar.maximum()
    bar.setValue(bar.maximum() // 2)
    settle(qtbot, view)
    first = seen(view)[0]
    before = place(view, first)
    view.resize(640, 450)
    assert abs(place(view, first) - before) <= 1
    settle(qtbot, view)
    for number in built(view):
        widget = widgets(view)[number]
        assert widget.height() == widget.body.wanted_height(widget.width())


@pytest.mark.usefixtures("long")
def test_the_keyboard_reaches_turns_that_were_not_made(
    qtbot: QtBot, view: ConversationView
) -> None:
    settle(qtbot, view)
    widgets(view)[-1].setFocus()
    for _ in range(30):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Up)
    reached = widgets(view)[-31]
    assert reached.hasFocus()
    assert reached.built
    assert not reached.visibleRegion().isEmpty()
    QTest.keyClick(reached, Qt.Key.Key_Down)
    assert widgets(view)[-30].hasFocus()


@pytest.mark.usefixtures("long")
def test_turns_in_use_are_not_thrown_away(qtbot: QtBot, view: ConversationView) -> None:
    settle(qtbot, view)
    selected, focused = widgets(view)[-2], widgets(view)[-1]
    text = selected.body.answer.segments[0].text_view
    cursor = QTextCursor(text.document())
    cursor.select(QTextCursor.SelectionType.WordUnderCursor)
    text.setTextCursor(cursor)
    focused.setFocus()
    view.verticalScrollBar().setValue(0)
    settle(qtbot, view)
    assert {TURNS - 2, TURNS - 1} <= set(built(view))
    assert text.textCursor().selectedText() == "Part"
    assert focused.hasFocus()
    cursor.clearSelection()
    text.setTextCursor(cursor)
    widgets(view)[0].setFocus()
    view.verticalScrollBar().setValue(300)
    settle(qtbot, view)
    assert not {TURNS - 2, TURNS - 1} & set(built(view))


def test_what_was_unfolded_is_unfolded_when_it_comes_back(
    qtbot: QtBot, view: ConversationView
) -> None:
    conversation = answers.conversation(40)
    turn = conversation.turns[-1]
    turn.answer = "```\nfirst\n```\n\n```\n" + "line\n" * 60 + "```\n"
    turn.reasoning = "Long thought."
    view.set_conversation(conversation)
    widget = view.turn_widget(turn)
    assert widget is not None
    settle(qtbot, view)
    long_one = widget.body.answer.segments[1]
    assert isinstance(long_one, CodeBlock)
    long_one.look_like(unfolded=True, wrapped=True)
    widget.body.thinking.open()
    settle(qtbot, view)
    height = widget.height()
    view.verticalScrollBar().setValue(0)
    settle(qtbot, view)
    assert not widget.built
    assert widget.height() == height
    view.go_to_end()
    settle(qtbot, view)
    assert widget.body.answer.unfolded == ((False, False), (True, True))
    assert widget.body.thinking.opened
    assert widget.height() == height


def test_an_answer_that_is_read_grows_downwards_and_does_not_move(
    qtbot: QtBot, view: ConversationView, long: Conversation
) -> None:
    turn = long.turns[-1]
    turn.answer, turn.state = "".join(answers.tokens(1200)), TurnState.ANSWERING
    view.update_turn(turn)
    waiting = long.add(user("And then?"))
    view.add_turn(waiting)
    settle(qtbot, view)
    widget = view.turn_widget(turn)
    assert widget is not None
    bar = view.verticalScrollBar()
    bar.setValue(widget.y() + 900)
    assert not view.following
    settle(qtbot, view)
    before = place(view, widget)
    for _ in range(5):
        end = bar.maximum()
        turn.answer += "\n\nAnother paragraph of the answer.\n\nAnd one more."
        view.update_turn(turn)
        qtbot.waitUntil(lambda end=end: bar.maximum() > end)
        assert place(view, widget) == before


def test_an_answer_that_grows_out_of_sight_is_not_made_for_it(
    qtbot: QtBot, view: ConversationView, long: Conversation
) -> None:
    turn = long.turns[-1]
    turn.state = TurnState.ANSWERING
    view.update_turn(turn)
    view.verticalScrollBar().setValue(0)
    settle(qtbot, view)
    widget = view.turn_widget(turn)
    assert widget is not None
    assert not widget.built
    height = widget.height()
    turn.answer += "word " * 2000
    view.update_turn(turn)
    qtbot.waitUntil(lambda: widget.height() > height)
    assert not widget.built
    (latest,) = (b for b in view.findChildren(QPushButton) if b.text() == "Latest")
    assert latest.isVisible()
    QTest.mouseClick(latest, Qt.MouseButton.LeftButton)
    settle(qtbot, view)
    assert view.verticalScrollBar().value() == view.verticalScrollBar().maximum()
    assert not widget.visibleRegion().isEmpty()
    assert widget.body.answer.segments[-1].text_view.caret_shown


def test_a_page_that_was_filled_out_of_sight_is_right_when_it_is_shown(
    qtbot: QtBot, theme: Theme, background: Background
) -> None:
    view = ConversationView(theme, background)
    qtbot.addWidget(view)
    view.resize(700, 500)
    view.set_conversation(answers.conversation(TURNS))
    assert built(view) == []
    view.show()
    settle(qtbot, view)
    assert TURNS - 1 in built(view)
    last = widgets(view)[-1]
    assert last.height() == last.body.wanted_height(last.width())
    assert view.verticalScrollBar().value() == view.verticalScrollBar().maximum()


def test_a_turn_taken_out_closes_the_gap(
    qtbot: QtBot, view: ConversationView, long: Conversation
) -> None:
    settle(qtbot, view)
    gone: Turn = long.turns[-1]
    view.remove_turn(gone)
    settle(qtbot, view)
    assert view.turn_widget(gone) is None
    assert [widget.number for widget in widgets(view)] == list(range(TURNS - 1))
    assert TURNS - 2 in built(view)
    assert view.verticalScrollBar().value() == view.verticalScrollBar().maximum()


def test_a_turn_that_is_searched_for_is_shown_from_its_beginning(
    qtbot: QtBot, view: ConversationView, long: Conversation
) -> None:
    settle(qtbot, view)
    for number in (50, 3, 0, 90):
        turn = long.turns[number]
        view.go_to_turn(turn)
        widget = view.turn_widget(turn)
        assert widget is not None
        before = place(view, widget)
        assert 0 <= before <= 24
        settle(qtbot, view)
        assert place(view, widget) == before
        assert not view.following


def test_what_is_let_go_is_gone(qtbot: QtBot, view: ConversationView, long: Conversation) -> None:
    settle(qtbot, view)
    widget = view.turn_widget(long.turns[-1])
    assert widget is not None
    body = weakref.ref(widget.body)
    view.go_to_turn(long.turns[0])
    settle(qtbot, view)
    gc.collect()
    assert body() is None


class LargerText(Theme):
    """A theme whose text can be made larger."""

    scale = 1

    def font(self, style: TypeStyle) -> QFont:
        font = super().font(style)
        if font.pixelSize() > 0:
            font.setPixelSize(font.pixelSize() * self.scale)
        return font


def test_another_size_of_text_makes_everything_anew(
    qtbot: QtBot, qapp: QApplication, background: Background
) -> None:
    theme = LargerText(qapp)
    view = ConversationView(theme, background)
    qtbot.addWidget(view)
    view.resize(700, 500)
    view.show()
    conversation = answers.conversation(TURNS)
    view.set_conversation(conversation)
    settle(qtbot, view)
    last = widgets(view)[-1]
    height = last.height()
    theme.changed.emit()
    settle(qtbot, view)
    assert last.height() == height
    theme.scale = 2
    theme.changed.emit()
    settle(qtbot, view)
    assert last.height() > 1.3 * height
    assert view.verticalScrollBar().value() == view.verticalScrollBar().maximum()


def test_turns_stand_in_the_middle_with_the_bar_on_either_side(
    qtbot: QtBot, view: ConversationView
) -> None:
    view.resize(1200, 500)
    view.set_conversation(answers.conversation(TURNS))
    for direction in (Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft):
        view.setLayoutDirection(direction)
        view.resize(view.width() - 2, 500)
        settle(qtbot, view)
        turn = widgets(view)[-1]
        left = turn.mapTo(view, QPoint()).x()
        assert abs(left - (view.width() - left - turn.width())) <= 1
