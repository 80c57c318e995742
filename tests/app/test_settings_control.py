"""Settings as they are changed: in force at once, kept, shown, and all of it deleted on demand."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.idle_memory import IdleMemory
from app.settings_store import SettingsStore
from app.storage import measure
from app.ui.erase_dialog import EraseDialog
from app.ui.main_window import CONVERSATION
from app.ui.setting_controls import NumberBox, Picker, Segments, Stepper, SwitchControl
from app.ui.setting_fields import GROUPS
from engine import LoadModel, UnloadModel
from engine.paths import resume_dir

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.startup import Program


@pytest.fixture
def ready(qtbot: QtBot, program: Program) -> Program:
    with qtbot.waitSignals([program.models.ready, program.library.listed]):
        program.show()
    return program


def control(program: Program, key: str) -> QWidget:
    return program.settings.page._controls[key]


def ask(qtbot: QtBot, program: Program, text: str) -> None:
    with qtbot.waitSignal(program.session.answer_finished):
        qtbot.keyClicks(program.page.composer.editor, text)
        qtbot.keyClick(program.page.composer.editor, Qt.Key.Key_Return)


def test_every_field_is_a_setting_and_shows_it(ready: Program) -> None:
    ready.settings.open()
    for group in GROUPS:
        for field in group.fields:
            source = ready.store.window if hasattr(ready.store.window, field.key) else None
            assert hasattr(source or ready.store.engine, field.key), field.key
            assert control(ready, field.key).isEnabled()


def test_changes_apply_at_once_and_are_kept(qtbot: QtBot, ready: Program) -> None:
    ready.settings.open()
    theme = control(ready, "theme")
    assert isinstance(theme, Segments)
    dark = next(b for b in theme.findChildren(QWidget) if b.accessibleName() == "Theme: Dark")
    qtbot.mouseClick(dark, Qt.MouseButton.LeftButton)
    assert ready.theme.dark
    assert ready.window.registry["theme_dark"].isChecked()
    size = control(ready, "text_size")
    assert isinstance(size, Stepper)
    qtbot.mouseClick(size.more, Qt.MouseButton.LeftButton)
    assert ready.theme.text_size == 115
    switch = control(ready, "reduced_motion")
    assert isinstance(switch, SwitchControl)
    qtbot.mouseClick(switch, Qt.MouseButton.LeftButton)
    assert not ready.theme.moves
    again = SettingsStore().window
    assert (again.theme, again.text_size, again.reduced_motion) == ("dark", 115, True)
    for key, value in (("theme", "light"), ("text_size", 100), ("reduced_motion", False)):
        ready.settings.change(key, value)


def test_numbers_are_typed_and_may_be_none(qtbot: QtBot, ready: Program) -> None:
    ready.settings.open()
    longest, temperature = control(ready, "max_tokens"), control(ready, "temperature")
    assert isinstance(longest, NumberBox)
    assert isinstance(temperature, NumberBox)
    assert longest.text() == "1,024 tokens"
    longest.selectAll()
    qtbot.keyClicks(longest, "64")
    qtbot.keyClick(longest, Qt.Key.Key_Return)
    assert ready.store.engine.max_tokens == 64
    longest.setValue(longest.minimum())
    assert longest.text() == "No limit"
    assert SettingsStore().engine.max_tokens is None
    longest.stepBy(1)
    assert ready.store.engine.max_tokens == 256
    temperature.stepBy(7)
    assert SettingsStore().engine.temperature == 0.7
    assert ready.store.answer_settings()[0].temperature == 0.7


def test_the_keys_for_text_size(ready: Program) -> None:
    registry = ready.window.registry
    registry["zoom_in"].trigger()
    registry["zoom_in"].trigger()
    assert ready.theme.text_size == 130
    registry["zoom_out"].trigger()
    assert ready.theme.text_size == 115
    ready.settings.open()
    registry["zoom_reset"].trigger()
    assert ready.theme.text_size == 100
    size = control(ready, "text_size")
    assert isinstance(size, Stepper)
    assert size.value.text() == "100 %"


def test_ctrl_enter_sends_where_that_is_chosen(qtbot: QtBot, ready: Program) -> None:
    ready.settings.change("send_key", "ctrl_enter")
    editor = ready.page.composer.editor
    qtbot.keyClicks(editor, "One")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.keyClicks(editor, "two")
    assert editor.toPlainText() == "One\ntwo"
    assert ready.page.composer.send.toolTip() == "Send (Ctrl+Enter)"
    with qtbot.waitSignal(ready.session.answer_finished):
        qtbot.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert ready.session.current.turns[0].question.text == "One\ntwo"


def test_what_reloads_the_model_says_so(qtbot: QtBot, ready: Program, script) -> None:
    ready.settings.open()
    line = ready.settings._reload
    assert line is not None
    assert not line.pending
    weights = control(ready, "weights")
    assert isinstance(weights, Picker)
    weights.menu().actions()[3].trigger()
    assert line.pending
    assert line.text == "Reloads the model, about 0.1 s."
    with qtbot.waitSignal(ready.models.ready):
        qtbot.mouseClick(line.button, Qt.MouseButton.LeftButton)
    loads = [request for request in script.requests if isinstance(request, LoadModel)]
    assert loads[-1].weights == "full"
    assert not line.pending


def test_the_page_is_searched_and_left(qtbot: QtBot, ready: Program) -> None:
    with qtbot.waitActive(ready.window):
        ready.window.activateWindow()
    ready.window.registry["settings"].trigger()
    page = ready.settings.page
    assert ready.window.page == "settings"
    page.search.setText("contrast")
    shown = [name for name, group in page.groups.items() if group.isVisible()]
    assert shown == ["general"]
    assert not control(ready, "theme").isVisible()
    assert control(ready, "high_contrast").isVisible()
    page.search.setText("qqq")
    assert page._nothing.text() == "Nothing found for ‘qqq’."
    qtbot.keyClick(page.search, Qt.Key.Key_Escape)
    assert page.search.text() == ""
    assert ready.window.page == "settings"
    qtbot.keyClick(page.search, Qt.Key.Key_Escape)
    assert ready.window.page == CONVERSATION
    assert ready.window.focusWidget() is ready.page.composer.editor
    ready.settings.open()
    ready.window.registry["new_conversation"].trigger()
    assert ready.window.page == CONVERSATION


def test_what_cannot_be_removed_is_said(qtbot: QtBot, ready: Program, script) -> None:
    (resume_dir()).write_text("no folder")  # where a folder is expected
    with qtbot.waitSignal(ready.eraser.failed):
        ready.eraser.erase()
    assert "Not everything could be removed" in ready.page.notice.sentence
    qtbot.waitUntil(lambda: isinstance(script.requests[-1], LoadModel))


def test_others_put_their_own_parts_into_groups(ready: Program) -> None:
    early, late = QWidget(), QWidget()
    ready.settings.add_section("about", lambda: early, "licences")
    assert not ready.settings.page.groups["about"].empty
    ready.settings.add_section("privacy", lambda: late, "offline")
    ready.settings.open("about")
    assert early.isVisible()
    ready.settings.page.search.setText("offline")
    assert late.isVisible()
    assert not early.isVisible()


def test_an_idle_model_rests_and_wakes(qtbot: QtBot, ready: Program, script) -> None:
    idle = IdleMemory(ready.models, ready.session, ready)
    assert not idle.waits
    idle.set_minutes(0.002)
    qtbot.waitUntil(lambda: ready.models.resting)
    idle.set_minutes(0)
    assert isinstance(script.requests[-1], UnloadModel)
    ask(qtbot, ready, "Where?")
    assert ready.session.current.turns[0].answer == "Paris."
    assert not ready.models.resting


def test_typing_wakes_a_resting_model(qtbot: QtBot, ready: Program) -> None:
    ready.models.rest()
    qtbot.waitUntil(lambda: ready.models.resting)
    with qtbot.waitSignal(ready.models.ready):
        qtbot.keyClicks(ready.page.composer.editor, "Wh")


SECRET = "the vault is under the third willow"


def everything_in(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())


def test_sizes_are_told_by_kind(qtbot: QtBot, ready: Program) -> None:
    ask(qtbot, ready, SECRET)
    kept = {one.name: one for one in measure()}
    assert set(kept) == {"conversations", "attachments", "models", "resume"}
    assert kept["conversations"].size > 0
    assert kept["resume"].size == 0
    resume_dir().mkdir()
    (resume_dir() / "prefix").write_bytes(b"x" * 1000)
    assert {one.name: one.size for one in measure()}["resume"] == 1000
    ready.settings.open()
    storage = ready.settings._storage
    assert storage is not None
    qtbot.waitUntil(lambda: "MB" in storage._sizes["conversations"].text())


def test_everything_is_deleted_once_the_word_is_typed(
    qtbot: QtBot, ready: Program, make_files
) -> None:
    home = Path(os.environ["TANKA_HOME"])
    composer = ready.page.composer
    composer.add_paths([make_files.text("note.txt", f"{SECRET} attached")])
    qtbot.keyClicks(composer.editor, SECRET)
    qtbot.waitUntil(composer.send.isEnabled)
    with qtbot.waitSignal(ready.session.answer_finished):
        qtbot.keyClick(composer.editor, Qt.Key.Key_Return)
    ready.window.registry["new_conversation"].trigger()
    qtbot.keyClicks(composer.editor, f"{SECRET} drafted")
    ready.presets.add("Short", SECRET)
    ready.settings.change("theme", "dark")
    ready.settings.change("max_tokens", 99)
    resume_dir().mkdir()
    (resume_dir() / "prefix").write_text(SECRET)
    qtbot.waitUntil(lambda: not ready.library.unwritten)
    assert SECRET.encode() in everything_in(home)

    ready.settings.open()
    storage = ready.settings._storage
    assert storage is not None
    storage.erase.click()
    dialog = ready.window.findChild(EraseDialog)
    assert isinstance(dialog, EraseDialog)
    assert not dialog.erase.isEnabled()
    qtbot.keyClicks(dialog.word, "delete")
    with qtbot.waitSignal(ready.eraser.erased):
        qtbot.mouseClick(dialog.erase, Qt.MouseButton.LeftButton)

    assert SECRET.encode() not in everything_in(home)
    assert ready.library.rows.all == []
    assert composer.draft().empty
    assert not ready.theme.dark
    assert ready.presets.all == ()
    assert ready.store.engine.max_tokens == 1024
    assert ready.window.page == CONVERSATION
    assert "Everything was deleted" in ready.page.notice.sentence
    ask(qtbot, ready, "A fresh start")
    qtbot.waitUntil(lambda: not ready.library.unwritten)
    assert b"A fresh start" in everything_in(home)


def test_an_answer_being_written_is_stopped_before_all_is_deleted(
    qtbot: QtBot, ready: Program, script
) -> None:
    script.generate = script.answer_until_stopped
    qtbot.keyClicks(ready.page.composer.editor, SECRET)
    qtbot.keyClick(ready.page.composer.editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(ready.session.current.turns[0].answer))
    with qtbot.waitSignal(ready.eraser.erased):
        ready.eraser.erase()
    assert ready.library.rows.all == []
    assert SECRET.encode() not in everything_in(Path(os.environ["TANKA_HOME"]))
