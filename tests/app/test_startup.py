"""The whole window on a scripted engine: shown first, then the engine, and a clean end."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from app.conversation import TurnState
from app.settings_store import SettingsStore
from app.ui.fault_dialog import FaultDialog
from engine import (
    ContextTooLong,
    CountTokens,
    Failed,
    LoadModel,
    ModelNotUsable,
    TokensCounted,
    assistant,
    network,
)
from engine.settings import Settings

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.startup import Program


def ask(qtbot: QtBot, program: Program, text: str) -> None:
    qtbot.keyClicks(program.page.composer.editor, text)
    qtbot.keyClick(program.page.composer.editor, Qt.Key.Key_Return)


def test_the_engine_starts_only_once_the_window_is_painted(
    qtbot: QtBot, program: Program, script
) -> None:
    assert script.requests == []
    with qtbot.waitSignals([program.window.first_painted, program.models.ready], order="strict"):
        program.show()
    assert isinstance(script.requests[0], LoadModel)
    assert script.requests[0].folder is None
    assert script.requests[0].resume_bytes == Settings().resume_bytes() > 0


def told(program: Program) -> set[str]:
    """What the strip's cells say."""
    return {cell.accessibleName() for cell in program.window.strip.findChildren(QWidget)}


def test_while_the_first_model_loads_the_strip_says_so_as_the_header_does(
    qtbot: QtBot, program: Program, script
) -> None:
    script.load = script.load_when_opened
    program.show()
    assert program.window.header.model.text() == "Loading the model…"
    assert "Loading the model" in told(program)
    assert not any("tok/s" in words for words in told(program))
    assert any(words.startswith("RAM") and "–" not in words for words in told(program))
    script.gate.set()
    qtbot.waitUntil(lambda: "Loading the model" not in told(program))


def test_while_another_model_loads_the_strip_says_so_at_once(
    qtbot: QtBot, program: Program, script, tmp_path
) -> None:
    with qtbot.waitSignal(program.models.ready):
        program.show()
    script.load = script.load_when_opened
    program.models.load(tmp_path)
    assert "Loading the model" in told(program)


def test_a_question_typed_is_answered_and_listed(qtbot: QtBot, program: Program) -> None:
    with qtbot.waitSignal(program.models.ready):
        program.show()
    with qtbot.waitSignal(program.session.answer_finished):
        ask(qtbot, program, "Where is the tower?")
    assert program.session.current.turns[0].answer == "Paris."
    assert program.window.header.title.full == "Where is the tower?"
    assert program.page.view.isVisible()
    assert not program.page.first_run.isVisible()
    assert SettingsStore().window.answered_once


def test_a_question_that_waits_goes_back_into_the_composer(
    qtbot: QtBot, program: Program, script
) -> None:
    script.load = script.load_when_opened
    program.show()
    qtbot.waitUntil(lambda: program.models.loading)
    ask(qtbot, program, "Early?")
    assert program.session.current.turns[0].state is TurnState.QUEUED
    program.control.stop()
    assert program.session.current.turns == []
    assert program.page.composer.draft().text == "Early?"
    assert program.page.first_run.isVisible()
    assert program.window.header.title.full == "New conversation"


def test_a_question_taken_back_stands_before_what_is_written(
    qtbot: QtBot, program: Program, script, make_files
) -> None:
    script.load = script.load_when_opened
    program.show()
    qtbot.waitUntil(lambda: program.models.loading)
    ask(qtbot, program, "Early?")
    qtbot.keyClicks(program.page.composer.editor, "Later")
    program.page.composer.add_paths([make_files.text("a.txt", "hello")])
    program.page.view.withdraw_requested.emit(program.session.current.turns[0])
    assert program.page.composer.draft().text == "Early?\n\nLater"
    assert [chip.name for chip in program.page.composer.attachments.chips] == ["a.txt"]


def test_drafts_stay_with_their_conversations(qtbot: QtBot, program: Program) -> None:
    with qtbot.waitSignal(program.models.ready):
        program.show()
    with qtbot.waitSignal(program.session.answer_finished):
        ask(qtbot, program, "First?")
    first = program.session.current
    qtbot.keyClicks(program.page.composer.editor, "half a thought")
    program.window.registry["new_conversation"].trigger()
    assert program.page.composer.draft().empty
    program.session.open(first.id)
    assert program.page.composer.draft().text == "half a thought"


def test_files_still_being_read_stay_with_their_conversation(
    qtbot: QtBot, program: Program, make_files
) -> None:
    with qtbot.waitSignal(program.models.ready):
        program.show()
    with qtbot.waitSignal(program.session.answer_finished):
        ask(qtbot, program, "First?")
    first, composer = program.session.current, program.page.composer
    composer.add_paths([make_files.text("a.txt", "hello")])
    program.window.registry["new_conversation"].trigger()
    assert composer.attachments.chips == ()
    program.session.open(first.id)
    qtbot.waitUntil(lambda: not composer.attachments.reading)
    assert [part.name for part in composer.draft().attachments] == ["a.txt"]


def test_a_half_written_question_in_a_new_conversation_is_found_again(
    qtbot: QtBot, program: Program
) -> None:
    with qtbot.waitSignal(program.models.ready):
        program.show()
    with qtbot.waitSignal(program.session.answer_finished):
        ask(qtbot, program, "First?")
    first = program.session.current
    program.window.registry["new_conversation"].trigger()
    qtbot.keyClicks(program.page.composer.editor, "half a thought")
    program.session.open(first.id)
    program.window.registry["new_conversation"].trigger()
    assert program.page.composer.draft().text == "half a thought"


def test_a_question_that_is_too_long_goes_back_with_its_attachments(
    qtbot: QtBot, program: Program, script, make_files
) -> None:
    with qtbot.waitSignal(program.models.ready):
        program.show()
    error = ContextTooLong(5_000, 2_048)
    script.generate = lambda ticket: ticket.emit(Failed(ticket.request.request_id, error))
    composer = program.page.composer
    composer.add_paths([make_files.text("long.txt", "hello")])
    qtbot.keyClicks(composer.editor, "What?")
    qtbot.waitUntil(composer.send.isEnabled)
    qtbot.keyClick(composer.editor, Qt.Key.Key_Return)
    (turn,) = program.session.current.turns
    qtbot.waitUntil(lambda: program.page.view.turn_widget(turn).body.error.isVisible())
    card = program.page.view.turn_widget(turn).body.error
    offered = [b for b in card.findChildren(QPushButton) if b.isVisible()]
    assert [b.text() for b in offered] == ["Take it back into the composer"]

    qtbot.mouseClick(offered[0], Qt.MouseButton.LeftButton)

    assert program.session.current.turns == []
    assert composer.draft().text == "What?"
    assert [part.name for part in composer.draft().attachments] == ["long.txt"]


def test_attachments_take_their_token_counts_along(
    qtbot: QtBot, program: Program, make_files
) -> None:
    with qtbot.waitSignal(program.models.ready):
        program.show()
    composer = program.page.composer
    composer.add_paths([make_files.text("a.txt", "hello")])
    qtbot.waitUntil(lambda: bool(composer.attachments.tokens))
    with qtbot.waitSignal(program.session.answer_finished):
        ask(qtbot, program, "What?")
    (turn,) = program.session.current.turns
    row = program.page.view.turn_widget(turn)
    (tokens,) = turn.attachment_tokens.values()
    assert any(f"{tokens} tokens" in w.accessibleName() for w in row.findChildren(QWidget))


def test_a_question_for_which_there_is_no_room_goes_into_a_new_conversation(
    qtbot: QtBot, program: Program, script
) -> None:
    with qtbot.waitSignal(program.models.ready):
        program.show()
    with qtbot.waitSignal(program.session.answer_finished):
        ask(qtbot, program, "First?")
    full, composer = program.session.current, program.page.composer
    script.count = lambda ticket: ticket.emit(
        TokensCounted(ticket.request.request_id, 2_050, 0, 20, 2_048)
    )
    qtbot.keyClicks(composer.editor, "Second?")
    qtbot.waitUntil(composer.way_out.isVisible)
    qtbot.mouseClick(composer.way_out.new_conversation, Qt.MouseButton.LeftButton)
    assert program.session.current is not full
    assert composer.draft().text == "Second?"
    program.session.open(full.id)
    assert composer.draft().empty


def test_what_is_written_is_counted_again_when_the_answer_is_there(
    qtbot: QtBot, program: Program, script
) -> None:
    with qtbot.waitSignal(program.models.ready):
        program.show()
    script.generate = script.answer_until_stopped
    ask(qtbot, program, "First?")
    qtbot.keyClicks(program.page.composer.editor, "Second?")
    with qtbot.waitSignal(program.page.composer.draft_changed):
        pass
    script.gate.set()
    qtbot.waitUntil(
        lambda: any(
            isinstance(r, CountTokens) and assistant("Once") in r.messages for r in script.requests
        )
    )


def test_without_a_model_a_card_says_why_and_the_composer_works(
    qtbot: QtBot, program: Program, script
) -> None:
    error = ModelNotUsable("The starter model is not here. Open a model folder.")
    script.load = lambda ticket: ticket.emit(Failed(ticket.request.request_id, error))
    with qtbot.waitSignal(program.models.failed):
        program.show()
    assert program.page.model_card.isVisible()
    assert program.page.model_card.sentence == error.sentence
    ask(qtbot, program, "Anyone?")
    assert program.session.current.turns[0].state is TurnState.FAILED


def test_a_model_that_fails_beside_another_is_news_that_can_be_put_away(
    qtbot: QtBot, program: Program, script, tmp_path
) -> None:
    with qtbot.waitSignal(program.models.ready):
        program.show()
    error = ModelNotUsable("This folder holds no model.")
    script.load = lambda ticket: ticket.emit(Failed(ticket.request.request_id, error))
    with qtbot.waitSignal(program.models.failed):
        program.models.load(tmp_path)
    card = program.page.model_card
    assert card.isVisible()
    close = next(b for b in card.findChildren(QPushButton) if "Close" in b.accessibleName())
    qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    assert not card.isVisible()
    assert program.window.header.model.text() == "Scripted"
    assert SettingsStore().engine.model_folder is None


def test_a_model_that_loads_is_kept_for_the_next_start(
    qtbot: QtBot, program: Program, tmp_path
) -> None:
    with qtbot.waitSignal(program.models.ready):
        program.show()
    with qtbot.waitSignal(program.models.ready):
        program.models.load(tmp_path)
    assert SettingsStore().engine.model_folder == tmp_path
    assert not program.models.starter


def test_the_window_remembers_what_was_chosen(program: Program) -> None:
    program.window.registry["theme_dark"].trigger()
    program.window.set_sidebar_collapsed(True)
    program.show()
    program.close()
    kept = SettingsStore().window
    assert kept.theme == "dark"
    assert kept.sidebar_collapsed
    assert kept.geometry


def test_the_popover_tells_of_connections_when_it_opens(program: Program) -> None:
    program.show()
    network.require("models.example", "Download of a model")
    program.window.header.machine.click()
    popover = program.window.header.popover
    told = " ".join(label.text() for label in popover.findChildren(QLabel) if label.isVisible())
    assert "Nothing of yours. One connection was made; it is listed under Connections." in told
    assert "No connection was ever made" not in told
    popover.close()


def test_a_fault_is_shown_with_its_report(program: Program) -> None:
    program.show()
    program.show_fault("Something failed.", "Traceback: a report")
    dialog = program.window.findChild(FaultDialog)
    assert dialog is not None
    assert dialog.details.toPlainText() == "Traceback: a report"
    dialog.close()


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise there")
@pytest.mark.parametrize("name", ["SIGINT", "SIGHUP"])
def test_an_interrupt_ends_the_program_in_order(name: str, tmp_path) -> None:
    environment = os.environ | {"TANKA_HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    program = (
        "import os, signal\n"
        "from app.ui.main_window import MainWindow\n"
        "from app import startup\n"
        "start = startup.Program._start\n"
        "def interrupt(self):\n"
        f"    os.kill(os.getpid(), signal.{name})\n"
        "startup.Program._start = interrupt\n"
        "raise SystemExit(startup.run())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "config" / "window.json").exists()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_what_is_there_with_the_model_is_set_aside_from_the_search_for_garbage(
    qtbot: QtBot, program: Program
) -> None:
    with qtbot.waitSignal(program.models.ready):
        program.show()
    assert gc.get_freeze_count() > 0
    program.close()
    assert gc.get_freeze_count() == 0
