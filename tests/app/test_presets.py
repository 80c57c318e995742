"""Presets on disk, and instructions of conversations: shown, priced, changed, used for new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from app.presets import Preset, PresetStore
from app.ui.instructions_dialog import InstructionsDialog
from app.ui.preset_dialog import PresetDialog
from engine import CountTokens, TokensCounted, system

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.startup import Program


def test_presets_are_kept_in_their_order(qtbot: QtBot, tmp_path: Path) -> None:
    store = PresetStore(tmp_path / "presets.json")
    with qtbot.waitSignal(store.changed):
        first = store.add("Short", "Answer in one sentence.")
    second = store.add("Ärzte", "Kein Latein.")
    store.replace_all((second, first))
    again = PresetStore(tmp_path / "presets.json")
    assert again.all == (second, first)
    assert again.get(first.id) == first
    assert again.get("gone") is None


def test_a_damaged_file_is_set_aside(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "presets.json"
    path.write_text("{")
    assert PresetStore(path).all == ()
    assert "presets.json cannot be used" in caplog.text
    assert (tmp_path / "presets.json.damaged-1").read_text() == "{"


def test_the_list_is_edited(qtbot: QtBot, theme) -> None:
    one, two = Preset(name="One", text="1"), Preset(name="Two", text="2")
    dialog = PresetDialog(theme, (one, two), None)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.down.click()
    assert [preset.name for preset in dialog.presets] == ["Two", "One"]
    dialog.name.clear()
    qtbot.keyClicks(dialog.name, "First")
    assert [preset.name for preset in dialog.presets] == ["Two", "First"]
    assert dialog.presets[1].id == one.id
    dialog.text.setPlainText("eins")
    assert dialog.presets[1].text == "eins"
    dialog.remove.click()
    dialog.add.click()
    assert [preset.text for preset in dialog.presets] == ["2", ""]
    dialog.remove.click()
    dialog.remove.click()
    assert dialog.presets == ()
    assert not dialog.name.isEnabled()


@pytest.fixture
def ready(qtbot: QtBot, program: Program, script) -> Program:
    script.count = lambda ticket: ticket.emit(
        TokensCounted(ticket.request.request_id, 1000, 0, 12, 2048, 600, 2.0)
    )
    with qtbot.waitSignals([program.models.ready, program.library.listed]):
        program.show()
    return program


def edit(qtbot: QtBot, program: Program, text: str) -> InstructionsDialog:
    program.window.registry["instructions"].trigger()
    dialog = program.window.findChild(InstructionsDialog)
    assert isinstance(dialog, InstructionsDialog)
    dialog.editor.setPlainText(text)
    qtbot.waitUntil(lambda: "600 kept, 400 to read, about 2.0 s" in dialog.cost.text())
    qtbot.mouseClick(dialog.apply, Qt.MouseButton.LeftButton)
    return dialog


def ask(qtbot: QtBot, program: Program, text: str) -> None:
    with qtbot.waitSignal(program.session.answer_finished):
        qtbot.keyClicks(program.page.composer.editor, text)
        qtbot.keyClick(program.page.composer.editor, Qt.Key.Key_Return)


def test_instructions_reach_the_model_and_the_disk(qtbot: QtBot, ready: Program, script) -> None:
    program = ready
    button = program.page.composer.instructions
    assert not button.isChecked()
    edit(qtbot, program, "Answer in German.")
    asked = [r.messages[0] for r in script.requests if isinstance(r, CountTokens)]
    assert system("Answer in German.") in asked  # its cost was known before
    assert button.isChecked()
    assert button.accessibleName() == "Instructions: Answer in German."
    ask(qtbot, program, "Where?")
    assert script.generated[-1].messages[0] == system("Answer in German.")
    edit(qtbot, program, "Answer in French.")
    ask(qtbot, program, "Where?")
    assert script.generated[-1].messages[0] == system("Answer in French.")

    read = []
    program.library.read(program.session.current.id, read.append, pytest.fail)
    qtbot.waitUntil(lambda: bool(read))
    assert read[0].conversation.system_prompt == "Answer in French."


def test_a_change_counts_what_is_written_anew(qtbot: QtBot, ready: Program) -> None:
    qtbot.keyClicks(ready.page.composer.editor, "Where?")
    qtbot.waitSignal(ready.counting.counted).wait()
    with qtbot.waitSignal(ready.counting.counted):
        edit(qtbot, ready, "Answer in German.")


def test_new_conversations_begin_with_the_default(qtbot: QtBot, ready: Program) -> None:
    program = ready
    preset = program.presets.add("Short", "One sentence.")
    program.settings.change("default_preset", preset.id)
    assert program.session.current.system_prompt == "One sentence."  # it is still empty
    ask(qtbot, program, "Where?")
    program.settings.change("default_preset", "")
    assert program.session.current.system_prompt == "One sentence."
    program.window.registry["new_conversation"].trigger()
    assert program.session.current.system_prompt == ""
    program.settings.change("default_preset", preset.id)
    assert program.page.composer.instructions.isChecked()


def test_a_preset_fills_the_text(ready: Program) -> None:
    ready.presets.add("Short", "One sentence.")
    ready.instructions.open()
    dialog = ready.window.findChild(InstructionsDialog)
    assert isinstance(dialog, InstructionsDialog)
    menu = dialog.presets.menu()
    menu.actions()[0].trigger()
    assert dialog.text == "One sentence."
    dialog.editor.undo()
    assert dialog.text == ""
    dialog.reject()
    assert ready.session.current.system_prompt == ""
