"""The last answer by keys: once more with Ctrl+R; Up in an empty field asks for the question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.conversation import TurnState
from app.startup import Program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from engine import EngineClient

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def program(qtbot: QtBot, client: EngineClient) -> Iterator[Program]:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    program = Program(application, client)
    qtbot.addWidget(program.window)
    with qtbot.waitSignal(program.models.ready), qtbot.waitActive(program.window):
        program.show()
    yield program
    program.close()


def ask(qtbot: QtBot, program: Program) -> None:
    program.page.composer.focus_text()
    qtbot.keyClicks(program.page.composer.editor, "Where?")
    qtbot.keyClick(program.page.composer.editor, Qt.Key.Key_Return)


def test_ctrl_r_answers_once_more_beside_the_old_answer(qtbot: QtBot, program: Program) -> None:
    actions = program.window.registry
    assert actions.reason("regenerate") == "Nothing has been asked here yet"
    with qtbot.waitSignal(program.session.answer_finished):
        ask(qtbot, program)
    (first,) = program.session.current.turns
    with qtbot.waitSignal(program.session.answer_finished):
        qtbot.keyClick(program.window.windowHandle(), Qt.Key.Key_R, CTRL)
    (second,) = program.session.current.turns
    assert second is not first
    assert program.session.current.versions(second).count == 2


def test_while_it_is_written_it_cannot_be_asked_for_again(
    qtbot: QtBot, program: Program, script
) -> None:
    script.generate = script.answer_until_stopped
    ask(qtbot, program)
    (turn,) = program.session.current.turns
    qtbot.waitUntil(lambda: turn.state is TurnState.ANSWERING)
    assert program.window.registry.reason("regenerate") == "An answer is being written"
    assert program.window.registry.reason("stop") == ""
    with qtbot.waitSignal(program.session.state_changed):
        program.window.registry["stop"].trigger()
    qtbot.waitUntil(lambda: not program.window.registry.reason("regenerate"))


def test_up_asks_for_the_last_question_only_where_nothing_is_written(
    qtbot: QtBot, program: Program
) -> None:
    composer = program.page.composer
    composer.focus_text()
    with qtbot.waitSignal(composer.edit_last_requested):
        qtbot.keyClick(composer.editor, Qt.Key.Key_Up)
    qtbot.keyClicks(composer.editor, "a")
    with qtbot.assertNotEmitted(composer.edit_last_requested):
        qtbot.keyClick(composer.editor, Qt.Key.Key_Up)
