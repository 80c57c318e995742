"""The registry of actions: keys as the design has them, menus without dead entries, reasons."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenuBar

from app.ui.actions import SPECS, Actions, keys_of, plain_text

KEYS = {
    "new_conversation": "Ctrl+N",
    "open_files": "Ctrl+O",
    "find": "Ctrl+F",
    "find_next": "F3",
    "copy_answer": "Ctrl+Shift+C",
    "regenerate": "Ctrl+R",
    "export_conversation": "Ctrl+Shift+E",
    "toggle_sidebar": "Ctrl+B",
    "palette": "Ctrl+K",
    "stop": "Esc",
    "next_pane": "F6",
    "previous_pane": "Shift+F6",
    "full_screen": "F11",
    "quit": "Ctrl+Q",
    "shortcuts": "Ctrl+/",
}


@pytest.mark.parametrize(("name", "keys"), KEYS.items())
def test_keys_are_those_of_the_design(actions: Actions, name: str, keys: str) -> None:
    assert actions[name].shortcut().toString() == keys


def test_no_keys_mean_two_things(actions: Actions) -> None:
    keys = Counter(key.toString() for spec in SPECS for key in actions[spec.name].shortcuts())
    assert [key for key, count in keys.items() if count > 1] == []


def test_every_action_is_in_a_menu_and_menus_are_in_their_order(qtbot, actions: Actions) -> None:
    bar = QMenuBar()
    qtbot.addWidget(bar)
    actions.fill(bar)
    titles = [plain_text(action) for action in bar.actions()]
    assert titles == ["File", "Edit", "Conversation", "View", "Help"]
    for spec in SPECS:
        assert actions[spec.name].associatedObjects()


def test_what_is_off_has_a_reason_from_the_start(actions: Actions) -> None:
    for spec in SPECS:
        assert bool(actions.reason(spec.name)) == (not actions[spec.name].isEnabled())


def test_a_reason_turns_an_action_off_and_its_end_turns_it_on(actions: Actions) -> None:
    actions.set_reason("open_files", "There is no disk")
    assert not actions["open_files"].isEnabled()
    assert actions.reason("open_files") == "There is no disk"
    actions.set_reason("open_files", "")
    assert actions["open_files"].isEnabled()
    assert actions.reason("open_files") == ""
    actions["open_files"].setEnabled(False)
    assert actions.reason("open_files")


def test_names_can_be_asked_for(actions: Actions) -> None:
    assert "stop" in actions
    assert "no such" not in actions


def test_the_list_of_shortcuts_holds_what_has_keys(actions: Actions) -> None:
    shown = dict(actions.shortcuts())
    assert shown["Command palette"] == QKeySequence("Ctrl+K").toString(
        QKeySequence.SequenceFormat.NativeText
    )
    assert "Open a model folder" not in shown
    assert keys_of(actions["back_up"]) == ""
