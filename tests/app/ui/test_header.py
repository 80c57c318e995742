"""The header: title, what this machine keeps, and the model that is in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from app.facts import facts
from app.ui.header import STARTER_NAME, Header, ModelState
from engine.paths import data_dir, resume_dir

if TYPE_CHECKING:
    from app.ui.actions import Actions


@pytest.fixture
def header(qtbot, theme, actions: Actions) -> Header:
    header = Header(theme, actions)
    qtbot.addWidget(header)
    header.resize(900, 48)
    header.show()
    return header


def offered(header: Header) -> dict[str, bool]:
    menu = header.model.menu()
    return {a.text(): a.isChecked() for a in menu.actions() if a.isVisible() and a.text()}


def test_a_long_title_is_elided_and_kept(header: Header) -> None:
    header.show_title("A question that is very much longer than its place " * 4)
    assert header.title.text().endswith("…")
    assert header.title.toolTip() == header.title.full


def test_the_picker_says_what_is_loading_and_what_is_loaded(header: Header) -> None:
    assert header.model.text() == "No model"
    header.show_model(ModelState("loading", progress="Reading weights"))
    assert header.model.text() == "Loading the model…"
    assert header.model.toolTip() == "Reading weights"
    header.show_model(ModelState("ready", STARTER_NAME))
    assert header.model.text() == STARTER_NAME
    assert offered(header) == {STARTER_NAME: True, "Open a &model folder…": False}


def test_a_long_model_name_leaves_room_for_the_rest(header: Header) -> None:
    name = "Qwen3.5-4B-Instruct-with-a-very-long-name-that-somebody-gave-to-a-folder-Q4"
    header.show_title("A title")
    header.show_model(ModelState("ready", name, starter=False))
    header.fit(900)
    shown = header.model.text()
    assert shown.startswith("Qwen3.5")
    assert shown.endswith("Q4")
    assert "…" in shown
    assert header.model.sizeHint().width() <= 220 + 64
    assert header.minimumSizeHint().width() < 620  # what 900 px leave beside a wide sidebar
    assert header.model.toolTip() == name
    assert header.model.accessibleName() == f"Model: {name}"


def test_another_model_is_listed_beside_the_starter(qtbot, header: Header) -> None:
    header.show_model(ModelState("ready", "Qwen3.5-4B", starter=False))
    assert offered(header)["Qwen3.5-4B"]
    assert not offered(header)[STARTER_NAME]
    with qtbot.waitSignal(header.starter_chosen):
        header.model.menu().actions()[0].trigger()


def test_in_a_narrow_window_the_machine_button_is_its_icon(header: Header) -> None:
    header.fit(900)
    assert header.machine.text() == ""
    assert header.machine.toolTip() == header.machine.accessibleName() == "On this machine"
    header.fit(1200)
    assert header.machine.text() == "On this machine"


def test_the_popover_states_what_is_true(qtbot, header: Header) -> None:
    header.show_facts(facts(None, None, warm_resume=False))
    qtbot.mouseClick(header.machine, Qt.MouseButton.LeftButton)
    assert header.popover.isVisible()
    told = " ".join(label.text() for label in header.popover.findChildren(QLabel))
    assert "None is loaded." in told
    assert "Nothing. No connection was ever made." in told
    assert f"Conversations, their attachments and drafts, in {data_dir()}" in told
    assert "computed" not in told
    header.show_facts(facts(None, None, warm_resume=True))
    told = " ".join(label.text() for label in header.popover.findChildren(QLabel))
    assert (
        f"stays, with their text, so that it need not read the same again: in {resume_dir()}"
        in told
    )
    header.popover.close()
