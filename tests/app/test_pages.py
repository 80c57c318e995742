"""The pages beside the conversation: the ways there, what marks them, and the ways back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from app.ui.main_window import CONVERSATION
from app.ui.models_page import ModelsPage
from engine import network

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.startup import Program


@pytest.fixture
def shown(qtbot: QtBot, program: Program) -> Program:
    with qtbot.waitSignals([program.library.listed, program.models.ready]):
        program.show()
    return program


def link(program: Program, name: str) -> QPushButton:
    buttons = program.window.sidebar.links.findChildren(QPushButton)
    return next(button for button in buttons if button.accessibleName() == name)


def marked(program: Program) -> list[str]:
    buttons = program.window.sidebar.links.findChildren(QPushButton)
    return [button.accessibleName() for button in buttons if button.isChecked()]


@pytest.mark.parametrize(("name", "page"), [("Models", "models"), ("Settings", "settings")])
def test_a_link_shows_its_page_and_is_marked(
    qtbot: QtBot, shown: Program, name: str, page: str
) -> None:
    assert marked(shown) == []
    qtbot.mouseClick(link(shown, name), Qt.MouseButton.LeftButton)
    assert shown.window.page == page
    assert marked(shown) == [name]
    qtbot.mouseClick(link(shown, name), Qt.MouseButton.LeftButton)
    assert marked(shown) == [name]


@pytest.mark.parametrize("action", ["new_conversation", "open_files"])
def test_what_belongs_to_a_conversation_leads_back_to_it(shown: Program, action: str) -> None:
    shown.window.registry["models"].trigger()
    shown.window.registry[action].trigger()
    assert shown.window.page == CONVERSATION
    assert marked(shown) == []


def test_a_conversation_chosen_in_the_sidebar_is_shown(qtbot: QtBot, shown: Program) -> None:
    qtbot.keyClicks(shown.page.composer.editor, "Where?")
    qtbot.keyClick(shown.page.composer.editor, Qt.Key.Key_Return)
    shown.window.registry["models"].trigger()
    shown.window.sidebar.chosen.emit(shown.session.current.id)
    assert shown.window.page == CONVERSATION


def test_the_page_of_models_knows_the_machine_and_the_list(qtbot: QtBot, shown: Program) -> None:
    shown.window.registry["models"].trigger()
    (page,) = shown.window.findChildren(ModelsPage)
    assert len(shown.model_pages.library.listed()) >= 8
    qtbot.waitUntil(lambda: shown.model_pages.library.machine is not None)
    assert page.isVisible()


def test_a_download_is_refused_while_the_offline_switch_is_on(qtbot: QtBot, shown: Program) -> None:
    qtbot.waitUntil(lambda: shown.model_pages.library is not None)
    library = shown.model_pages.library
    entry = library.listed()[0].id
    network.go_offline()
    try:
        with qtbot.waitSignal(library.failed) as told:
            shown.page.first_run.model_wanted.emit(entry, "download")
    finally:
        network.go_online()
    assert "offline" in told.args[0]
