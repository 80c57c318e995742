"""The window closed and opened again, and a process killed in the middle of an answer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.conversation import TurnState
from app.startup import Program
from app.store import open_store
from engine.paths import data_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

    from app.conversation import Turn


@pytest.fixture
def start(qtbot: QtBot, new_client) -> Iterator[Callable[[], Program]]:
    """Starts the program anew; the one before is ended first."""
    running: list[Program] = []

    def end() -> None:
        for program in running:
            program.window.close()
            program.close()
        running.clear()

    def act() -> Program:
        end()
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        program = Program(application, new_client())
        qtbot.addWidget(program.window)
        running.append(program)
        with qtbot.waitSignals([program.library.listed, program.models.ready]):
            program.show()
        return program

    yield act
    end()


def ask(qtbot: QtBot, program: Program, text: str) -> Turn:
    qtbot.keyClicks(program.page.composer.editor, text)
    qtbot.keyClick(program.page.composer.editor, Qt.Key.Key_Return)
    turn: Turn = program.session.current.turns[-1]
    qtbot.waitUntil(lambda: turn.state is TurnState.DONE)
    return turn


def test_tomorrow_the_conversation_is_there_and_goes_on(
    qtbot: QtBot, start: Callable[[], Program], script
) -> None:
    program = start()
    ask(qtbot, program, "Where is the tower?")
    opened = program.session.current.id

    program = start()
    qtbot.waitUntil(lambda: program.session.current.id == opened)
    assert [turn.answer for turn in program.session.current.turns] == ["Paris."]
    assert program.window.header.title.full == "Where is the tower?"
    ask(qtbot, program, "And when?")
    assert [message.text for message in script.generated[-1].messages] == [
        "Where is the tower?",
        "Paris.",
        "And when?",
    ]


def test_the_version_that_was_shown_is_shown_again(
    qtbot: QtBot, start: Callable[[], Program]
) -> None:
    program = start()
    first = ask(qtbot, program, "Where?")
    program.session.edit(first, "When?")
    second = program.session.current.turns[0]
    qtbot.waitUntil(lambda: second.state is TurnState.DONE)
    program.session.show_version(second, -1)

    program = start()
    qtbot.waitUntil(lambda: bool(program.session.current.turns))
    (shown,) = program.session.current.turns
    assert shown.id == first.id
    assert program.session.current.versions(shown).ids == (first.id, second.id)


def test_what_was_being_written_is_in_the_composer_again(
    qtbot: QtBot, start: Callable[[], Program], tmp_path
) -> None:
    note = tmp_path / "note.txt"
    note.write_text("Herons nest in April.")
    program = start()
    program.page.composer.add_paths([note])
    qtbot.waitUntil(lambda: not program.page.composer.attachments.reading)
    qtbot.keyClicks(program.page.composer.editor, "Half a ques")

    program = start()
    draft = program.page.composer.draft()
    assert draft.text == "Half a ques"
    assert [part.name for part in draft.attachments] == ["note.txt"]
    assert program.library.rows.all == []


def test_drafts_stay_with_their_conversations(qtbot: QtBot, start: Callable[[], Program]) -> None:
    program = start()
    ask(qtbot, program, "Where?")
    begun = program.session.current.id
    qtbot.keyClicks(program.page.composer.editor, "in the old one")
    program.window.registry["new_conversation"].trigger()
    qtbot.keyClicks(program.page.composer.editor, "in the new one")

    program = start()
    assert program.page.composer.draft().text == "in the new one"
    program.session.open(begun)
    qtbot.waitUntil(lambda: program.session.current.id == begun)
    assert program.page.composer.draft().text == "in the old one"


STREAM = """
import sys
from endless_engine import endless_client
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from app.drafts import Draft
from app.startup import Program

application = QApplication([])
program = Program(application, endless_client(300))
program.models.ready.connect(lambda: program.session.send(Draft("Count without end")))
def tell():
    if program.session.current.turns:
        print(len(program.session.current.turns[0].answer), flush=True)
timer = QTimer(interval=100)
timer.timeout.connect(tell)
timer.start()
program.show()
application.exec()
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no such signal")
def test_a_killed_window_loses_at_most_the_last_second(
    qtbot: QtBot, start: Callable[[], Program]
) -> None:
    folder = data_dir()
    support = Path(__file__).parents[1] / "support"
    environment = os.environ | {
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": os.pathsep.join([str(support), *sys.path]),
    }
    with subprocess.Popen(
        [sys.executable, "-c", STREAM], stdout=subprocess.PIPE, text=True, env=environment
    ) as child:
        assert child.stdout is not None
        shown = [int(child.stdout.readline()) for _ in range(32)]  # three seconds
        child.send_signal(signal.SIGKILL)

    store = open_store(folder).store
    (row,) = store.conversations.rows()
    (kept,) = store.conversations.read(row.id).turns
    store.close()
    # A beat of the second, and one of what was being written.
    assert len(kept.answer) >= shown[-13] > 0
    numbers = kept.answer.split()
    assert numbers == [str(number) for number in range(len(numbers))]

    program = start()
    program.session.open(row.id)
    qtbot.waitUntil(lambda: program.session.current.id == row.id)
    (turn,) = program.session.current.turns
    assert turn.state is TurnState.INTERRUPTED
    program.session.resume(turn)
    qtbot.waitUntil(lambda: turn.state is TurnState.DONE)
    assert turn.answer == kept.answer + "Paris."
