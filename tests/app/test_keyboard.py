"""The whole window by keyboard: every button answers Return, and Tab goes through it in order."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from app.conversation import TurnState
from app.startup import Program
from app.ui.parts import Button, TextButton
from app.ui.turn_widget import TurnWidget

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from engine import EngineClient


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


def press(qtbot: QtBot, program: Program, key: Qt.Key, held=Qt.KeyboardModifier.NoModifier) -> None:
    """A key as it comes from the system: to the window first, then to the widget."""
    qtbot.keyClick(program.window.windowHandle(), key, held)


def ask(qtbot: QtBot, program: Program, text: str) -> None:
    with qtbot.waitSignal(program.session.answer_finished):
        program.page.composer.focus_text()
        qtbot.keyClicks(program.page.composer.editor, text)
        qtbot.keyClick(program.page.composer.editor, Qt.Key.Key_Return)


def pane_of(program: Program, widget: QWidget) -> str:
    page = program.page
    panes = {
        "sidebar": program.window.sidebar,
        "rail": program.window.rail,
        "header": program.window.header,
        "view": page.view,
        "first run": page.first_run,
        "composer": page.composer,
        "strip": program.window.strip,
    }
    return next(name for name, pane in panes.items() if pane.isAncestorOf(widget))


def panes(program: Program, widgets: list[QWidget]) -> list[str]:
    return [name for name, _ in groupby(widgets, lambda widget: pane_of(program, widget))]


def stops(qtbot: QtBot, program: Program, key: Qt.Key) -> list[QWidget]:
    """Everything that `key` stops at, from the composer on and around to it again."""
    program.page.composer.focus_text()
    seen: list[QWidget] = []
    while not seen or seen[-1] is not program.page.composer.editor:
        press(qtbot, program, key)
        seen.append(QApplication.focusWidget())
        assert len(seen) < 100
    return seen


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_return_and_enter_press_a_button(qtbot: QtBot, theme, key: Qt.Key) -> None:
    button = TextButton(theme, "Copy")
    qtbot.addWidget(button)
    with qtbot.waitSignal(button.clicked):
        qtbot.keyClick(button, key)


def test_every_button_of_the_window_is_such_a_one(qtbot: QtBot, program: Program) -> None:
    ask(qtbot, program, "Where?")
    others = [b for b in program.window.findChildren(QPushButton) if not isinstance(b, Button)]
    assert others == []


def test_return_opens_the_menu_of_models(qtbot: QtBot, program: Program) -> None:
    program.window.header.model.setFocus()
    press(qtbot, program, Qt.Key.Key_Return)
    menu = program.window.header.model.menu()
    qtbot.waitUntil(menu.isVisible)
    menu.close()


def test_tab_goes_from_pane_to_pane_and_back_the_same_way(qtbot: QtBot, program: Program) -> None:
    ask(qtbot, program, "First?")
    ask(qtbot, program, "Second?")
    qtbot.keyClicks(program.page.composer.editor, "x")
    forward = stops(qtbot, program, Qt.Key.Key_Tab)
    around = ["composer", "strip", "sidebar", "header", "view", "composer"]
    assert panes(program, forward) == around
    turns = [w.turn.question.text for w in forward if isinstance(w, TurnWidget)]
    assert turns == ["First?", "Second?"]
    assert len(set(forward)) == len(forward)
    backward = stops(qtbot, program, Qt.Key.Key_Backtab)
    assert panes(program, backward) == ["view", "header", "sidebar", "strip", "composer"]


def test_tab_brings_what_it_stops_at_into_sight(qtbot: QtBot, program: Program, script) -> None:
    long = "\n\n".join("A paragraph." for _ in range(80))
    script.generate = lambda ticket: (script.say(ticket, long), script.answer(ticket))
    for question in ("First?", "Second?"):
        ask(qtbot, program, question)
    first = program.page.view.turn_widget(program.session.current.turns[0])
    press(qtbot, program, Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    assert QApplication.focusWidget() is first
    assert not first.visibleRegion().isEmpty()


def test_f6_goes_to_the_next_pane_and_shows_where(qtbot: QtBot, program: Program) -> None:
    program.page.composer.focus_text()
    seen = []
    for _ in range(5):
        press(qtbot, program, Qt.Key.Key_F6)
        seen.append(pane_of(program, QApplication.focusWidget()))
        if seen[-1] == "sidebar":
            assert program.focus_ring.around is QApplication.focusWidget()
    assert seen == ["strip", "sidebar", "header", "first run", "composer"]


def test_the_focus_of_a_button_that_goes_stays_in_its_turn(
    qtbot: QtBot, program: Program, script
) -> None:
    script.generate = script.answer_until_stopped
    program.page.composer.focus_text()
    qtbot.keyClicks(program.page.composer.editor, "Tell me.")
    press(qtbot, program, Qt.Key.Key_Return)
    (turn,) = program.session.current.turns
    qtbot.waitUntil(lambda: turn.state is TurnState.ANSWERING)
    program.session.stop()
    widget = program.page.view.turn_widget(turn)
    qtbot.waitUntil(widget.body.note.isVisible)
    button = next(b for b in widget.findChildren(QPushButton) if b.text() == "Continue")
    button.setFocus()
    strayed: list[bool] = []

    def note(_old: QWidget | None, now: QWidget | None) -> None:
        strayed.append(now is not widget)

    QApplication.instance().focusChanged.connect(note)
    press(qtbot, program, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not button.isVisible())
    QApplication.instance().focusChanged.disconnect(note)
    assert strayed == [False]
