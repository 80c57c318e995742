"""The sidebar of the whole program: what a person does in it reaches the disk, and comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.conversation import TurnState
from app.drafts import Draft
from app.startup import Program
from app.store import open_store
from engine.paths import data_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

    from app.conversation import Turn
    from engine import EngineClient


@pytest.fixture
def program(qtbot: QtBot, new_client: Callable[[], EngineClient]) -> Iterator[Program]:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    program = Program(application, new_client())
    qtbot.addWidget(program.window)
    with qtbot.waitSignals([program.library.listed, program.models.ready]):
        program.show()
    yield program
    program.window.close()
    program.close()


def ask(qtbot: QtBot, program: Program, text: str) -> Turn:
    program.session.send(Draft(text))
    turn = program.session.current.turns[-1]
    qtbot.waitUntil(lambda: turn.state is TurnState.DONE)
    return turn


def asked_in_new(qtbot: QtBot, program: Program, text: str) -> str:
    program.session.open_new()
    ask(qtbot, program, text)
    return program.session.current.id


def kept_titles() -> list[str]:
    """What is on the disk once everything has been written."""
    store = open_store(data_dir()).store
    titles = sorted(row.title for row in store.conversations.rows())
    store.close()
    return titles


def test_a_deleted_conversation_can_be_had_back(qtbot: QtBot, program: Program) -> None:
    conversation = asked_in_new(qtbot, program, "Keep me?")
    program.window.sidebar.delete_requested.emit(conversation)
    assert program.session.current.id != conversation
    assert program.library.rows.all == []
    assert "Keep me?" in program.window.undo_bar.sentence

    program.window.registry["undo_delete"].trigger()
    assert [row.title for row in program.library.rows.all] == ["Keep me?"]
    qtbot.waitUntil(lambda: program.session.current.id == conversation)


def test_what_is_deleted_is_gone_once_the_window_closes(qtbot: QtBot, program: Program) -> None:
    asked_in_new(qtbot, program, "Stays")
    deleted = asked_in_new(qtbot, program, "Goes")
    program.window.sidebar.delete_requested.emit(deleted)
    program.close()
    assert kept_titles() == ["Stays"]


def test_a_folder_is_deleted_with_its_conversations_and_both_can_be_had_back(
    qtbot: QtBot, program: Program
) -> None:
    sidebar = program.window.sidebar
    one, two = (asked_in_new(qtbot, program, text) for text in ("One", "Two"))
    sidebar.folder_created.emit("Numbers", one)
    (folder,) = program.library.rows.folders
    sidebar.moved.emit(two, folder.id)
    sidebar.folder_deleted.emit(folder.id, True)
    assert program.library.rows.all == []
    assert program.library.rows.folders == []

    program.window.undo_bar.undo()
    assert {row.title for row in program.library.rows.all} == {"One", "Two"}
    assert all(row.folder_id is None for row in program.library.rows.all)


def test_a_folder_is_deleted_and_its_conversations_stay(qtbot: QtBot, program: Program) -> None:
    one = asked_in_new(qtbot, program, "One")
    program.window.sidebar.folder_created.emit("Numbers", one)
    (folder,) = program.library.rows.folders
    program.window.sidebar.folder_deleted.emit(folder.id, False)
    assert [row.folder_id for row in program.library.rows.all] == [None]


def test_a_name_written_in_the_header_is_the_rows(qtbot: QtBot, program: Program) -> None:
    conversation = asked_in_new(qtbot, program, "What is this?")
    program.window.header.title_renamed.emit("Herons")
    row = program.library.rows.get(conversation)
    assert row is not None
    assert row.title == "Herons"
    assert program.window.windowTitle() == "Herons – Tanka"


def test_what_is_found_is_opened_at_its_turn_on_its_branch(qtbot: QtBot, program: Program) -> None:
    conversation = asked_in_new(qtbot, program, "Where do herons nest?")
    (old,) = program.session.current.turns
    program.session.edit(old, "Where do storks nest?")
    (new,) = program.session.current.turns
    qtbot.waitUntil(lambda: new.state is TurnState.DONE)
    program.session.open_new()
    qtbot.waitUntil(lambda: program.library.unwritten == 0)

    sidebar = program.window.sidebar
    with qtbot.waitSignal(program.search.found):
        qtbot.keyClicks(sidebar.search, "heron")
    qtbot.waitUntil(sidebar.hits.isVisible)
    qtbot.keyClick(sidebar.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: program.session.current.id == conversation)
    assert [turn.id for turn in program.session.current.turns] == [old.id]
    assert program.page.view.turn_widget(old) is not None


def test_nothing_is_found_of_what_is_deleted(qtbot: QtBot, program: Program) -> None:
    deleted = asked_in_new(qtbot, program, "Where do herons nest?")
    program.window.sidebar.delete_requested.emit(deleted)
    qtbot.waitUntil(lambda: program.library.unwritten == 0)
    sidebar = program.window.sidebar
    with qtbot.waitSignal(program.search.found):
        qtbot.keyClicks(sidebar.search, "heron")
    assert not sidebar.hits.isVisible()


def test_editing_a_question_says_what_it_costs(qtbot: QtBot, program: Program) -> None:
    asked_in_new(qtbot, program, "Where do herons nest?")
    (turn,) = program.session.current.turns
    with qtbot.waitSignal(program.counting.priced):
        program.page.view.edit_question(turn)
    widget = program.page.view.turn_widget(turn)
    assert widget is not None
    assert "40 to read" in " ".join(
        label.text() for label in widget.findChildren(type(program.page.composer.meter))
    )
