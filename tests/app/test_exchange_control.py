"""Out as files and in again, through the menu's own dialogs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog

from app.exchange_control import file_name
from app.startup import Program

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from engine import EngineClient


@pytest.fixture
def program(qtbot: QtBot, client: EngineClient) -> Iterator[Program]:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    program = Program(application, client)
    qtbot.addWidget(program.window)
    with qtbot.waitSignal(program.library.listed):
        program.show()
    yield program
    program.close()


def ask(qtbot: QtBot, program: Program, text: str) -> None:
    with qtbot.waitSignal(program.session.answer_finished):
        qtbot.keyClicks(program.page.composer.editor, text)
        qtbot.keyClick(program.page.composer.editor, Qt.Key.Key_Return)


def dialog(program: Program) -> QFileDialog:
    return next(d for d in program.window.findChildren(QFileDialog) if d.isVisible())


def choose(qtbot: QtBot, program: Program, action: str, path: Path) -> str:
    """Trigger `action`, choose `path`, and wait for what is told."""
    program.page.notice.hide()
    program.window.registry[action].trigger()
    shown = dialog(program)
    shown.fileSelected.emit(str(path))
    shown.close()
    qtbot.waitUntil(lambda: bool(program.page.notice.sentence))
    return program.page.notice.sentence


def test_before_anything_was_asked_there_is_nothing_to_export(program: Program) -> None:
    actions = program.window.registry
    assert actions.reason("export_conversation") == "Nothing has been asked here yet"
    assert actions.reason("back_up") == ""


@pytest.mark.parametrize(
    ("action", "suffix", "holds"),
    [
        ("export_conversation", ".md", "Paris."),
        ("export_json", ".json", "Where is the tower?"),
        ("export_html", ".html", "<html"),
    ],
)
def test_a_conversation_is_exported(
    qtbot: QtBot, program: Program, tmp_path: Path, action: str, suffix: str, holds: str
) -> None:
    ask(qtbot, program, "Where is the tower?")
    path = tmp_path / f"kept{suffix}"
    told = choose(qtbot, program, action, path)
    assert told == f"The conversation was exported to kept{suffix}."
    assert holds in path.read_text(encoding="utf-8")


def test_the_dialog_proposes_the_title_as_a_name(qtbot: QtBot, program: Program) -> None:
    ask(qtbot, program, "Where: is/the tower?")
    program.window.registry["export_json"].trigger()
    shown = dialog(program)
    assert [name.rpartition("/")[2] for name in shown.selectedFiles()] == [
        "Where is the tower.json"
    ]
    assert shown.defaultSuffix() == "json"
    shown.close()


def test_everything_is_backed_up_and_brought_back(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    ask(qtbot, program, "First?")
    program.window.registry["new_conversation"].trigger()
    ask(qtbot, program, "Second?")
    path = tmp_path / "all.json"
    assert choose(qtbot, program, "back_up", path).startswith("All conversations were backed up")
    assert "First?" in json.dumps(json.loads(path.read_text(encoding="utf-8")))
    before = len(program.library.rows.all)
    told = choose(qtbot, program, "import_conversations", path)
    assert told == "2 conversations were imported."
    qtbot.waitUntil(lambda: len(program.library.rows.all) == before + 2)


def test_what_cannot_be_imported_is_said_in_a_sentence(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    path = tmp_path / "odd.json"
    path.write_text("no JSON", encoding="utf-8")
    told = choose(qtbot, program, "import_conversations", path)
    assert "JSON" in told or "conversations" in told
    assert "imported." not in told


def test_where_nothing_can_be_written_it_says_so(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    ask(qtbot, program, "First?")
    told = choose(qtbot, program, "back_up", tmp_path / "missing" / "all.json")
    assert "backed up to" not in told


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Why: a/b?", "Why a b.md"),
        ("...", "Conversation.md"),
        ("", "Conversation.md"),
        ("x" * 200, "x" * 80 + ".md"),
        ("Größe", "Größe.md"),
    ],
)
def test_titles_become_names_of_files(title: str, name: str) -> None:
    assert file_name(title, ".md") == name
