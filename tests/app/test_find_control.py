"""Finding in the conversation that is open: keys, counts, and where the page goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.startup import Program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from engine import EngineClient

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def program(qtbot: QtBot, client: EngineClient) -> Iterator[Program]:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    program = Program(application, client)
    qtbot.addWidget(program.window)
    with qtbot.waitSignal(program.models.ready), qtbot.waitActive(program.window):
        program.show()
    for question in ("Where is Paris?", *("More?",) * 8, "And where is Rome?"):
        with qtbot.waitSignal(program.session.answer_finished):
            program.page.composer.focus_text()
            qtbot.keyClicks(program.page.composer.editor, question)
            qtbot.keyClick(program.page.composer.editor, Qt.Key.Key_Return)
    yield program
    program.close()


def press(qtbot: QtBot, program: Program, key: Qt.Key, held=Qt.KeyboardModifier.NoModifier) -> None:
    qtbot.keyClick(program.window.windowHandle(), key, held)


def look_for(qtbot: QtBot, program: Program, text: str) -> None:
    press(qtbot, program, Qt.Key.Key_F, CTRL)
    qtbot.keyClicks(program.page.find_bar.field, text)


def test_it_counts_and_goes_to_the_turn(qtbot: QtBot, program: Program) -> None:
    first = program.page.view.turn_widget(program.session.current.turns[0])
    assert first is not None
    assert first.visibleRegion().isEmpty()
    look_for(qtbot, program, "where")
    bar = program.page.find_bar
    assert bar.told == "1 of 2"
    assert not first.visibleRegion().isEmpty()
    press(qtbot, program, Qt.Key.Key_F3)
    assert bar.told == "2 of 2"
    press(qtbot, program, Qt.Key.Key_F3)
    assert bar.told == "1 of 2"
    press(qtbot, program, Qt.Key.Key_Return, SHIFT)
    assert bar.told == "2 of 2"


def test_esc_gives_the_keyboard_back_and_stops_nothing(qtbot: QtBot, program: Program) -> None:
    program.page.composer.focus_text()
    editor = QApplication.focusWidget()
    stop = program.window.registry["stop"]
    look_for(qtbot, program, "rome")
    stop.setEnabled(True)
    with qtbot.assertNotEmitted(stop.triggered):
        press(qtbot, program, Qt.Key.Key_Escape)
    assert program.page.find_bar.isHidden()
    assert QApplication.focusWidget() is editor


def test_what_is_not_there_is_said(qtbot: QtBot, program: Program) -> None:
    look_for(qtbot, program, "madrid")
    assert program.page.find_bar.told == "Not found"
    assert not program.page.find_bar.next.isEnabled()


def test_f3_opens_nothing_in_an_empty_conversation_and_says_why(
    qtbot: QtBot, program: Program
) -> None:
    look_for(qtbot, program, "rome")
    program.window.registry["new_conversation"].trigger()
    assert program.page.find_bar.isHidden()
    assert program.window.registry.reason("find") == "Nothing has been asked here yet"
    press(qtbot, program, Qt.Key.Key_F, CTRL)
    assert program.page.find_bar.isHidden()


def test_an_answer_that_grew_is_looked_through_at_the_next_step(
    qtbot: QtBot, program: Program
) -> None:
    look_for(qtbot, program, "rome")
    assert program.page.find_bar.told == "1 of 1"
    with qtbot.waitSignal(program.session.answer_finished):
        program.page.composer.focus_text()
        qtbot.keyClicks(program.page.composer.editor, "Rome again?")
        qtbot.keyClick(program.page.composer.editor, Qt.Key.Key_Return)
    program.window.registry["find_next"].trigger()
    assert program.page.find_bar.told == "2 of 2"
