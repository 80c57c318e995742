"""The palette of the whole window: what it offers, and what it remembers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from app.settings_store import SettingsStore
from app.startup import Program
from app.ui.actions import SPECS
from app.ui.palette import Entry

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
    with qtbot.waitSignal(program.library.listed), qtbot.waitActive(program.window):
        program.show()
    yield program
    program.close()


def ask(qtbot: QtBot, program: Program, text: str) -> None:
    with qtbot.waitSignal(program.session.answer_finished):
        program.page.composer.focus_text()
        qtbot.keyClicks(program.page.composer.editor, text)
        qtbot.keyClick(program.page.composer.editor, Qt.Key.Key_Return)


def shown(program: Program) -> dict[str, Entry]:
    return {row.entry.key: row.entry for row in program.palette_control.palette.model.rows}


def choose(qtbot: QtBot, program: Program, typed: str) -> None:
    palette = program.palette_control.palette
    program.window.registry["palette"].trigger()
    palette.field.clear()
    qtbot.keyClicks(palette.field, typed)
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)


def test_ctrl_k_opens_it_from_the_composer(qtbot: QtBot, program: Program) -> None:
    program.page.composer.focus_text()
    qtbot.keyClick(program.window.windowHandle(), Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert program.palette_control.palette.isVisible()
    assert QApplication.focusWidget() is program.palette_control.palette.field


def test_every_action_that_can_be_seen_is_offered(program: Program) -> None:
    program.palette_control.open(">")
    offered = {key.removeprefix("action:") for key in shown(program)}
    visible = {spec.name for spec in SPECS if program.window.registry[spec.name].isVisible()}
    assert offered == visible - {"palette"}


def test_what_is_off_has_its_reason(qtbot: QtBot, program: Program) -> None:
    program.palette_control.open(">")
    assert shown(program)["action:stop"].reason == "No answer is being written"
    assert shown(program)["action:copy_answer"].reason == "Nothing has been answered here yet"
    program.palette_control.palette.close_palette()
    ask(qtbot, program, "Where?")
    program.palette_control.open(">")
    assert shown(program)["action:copy_answer"].reason == ""


def test_a_conversation_is_opened_from_it_and_comes_first_then(
    qtbot: QtBot, program: Program
) -> None:
    ask(qtbot, program, "Nitrate in the wells?")
    first = program.session.current
    program.window.registry["new_conversation"].trigger()
    ask(qtbot, program, "Something else?")
    other = QWidget()
    program.window.add_page("other", other, ())
    program.window.show_page("other")
    choose(qtbot, program, "#nitr")
    assert program.session.current is first
    assert program.window.page == "conversation"
    key = f"conversation:{first.id}"
    assert SettingsStore().window.recent_commands == (key,)
    choose(qtbot, program, "dark")
    assert SettingsStore().window.recent_commands == ("action:theme_dark", key)
    program.palette_control.open()
    assert list(shown(program))[:2] == ["action:theme_dark", key]


def test_pages_are_offered_by_their_titles(qtbot: QtBot, program: Program) -> None:
    page = QWidget()
    page.setAccessibleName("Kept batches")
    program.window.add_page("batch", page, ())
    choose(qtbot, program, "kept b")
    assert program.window.page == "batch"


def test_others_can_add_what_they_have(qtbot: QtBot, program: Program) -> None:
    done: list[str] = []

    class Models:
        def entries(self) -> list[Entry]:
            return [Entry("model:a", "Qwen3-VL 4B", "model", lambda: done.append("a"), "Model")]

    program.palette_control.add_source(Models())
    choose(qtbot, program, "qwen")
    assert done == ["a"]
