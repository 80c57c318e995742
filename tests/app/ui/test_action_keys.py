"""Keys of actions: given, taken, refused, given back, and kept in words that can be read again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence

from app.ui.action_keys import ActionKeys, can_be_keys
from app.ui.shortcut_section import ShortcutRow, ShortcutSection

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.ui.actions import Actions
    from app.ui.theme import Theme


@pytest.fixture
def keys(actions: Actions) -> ActionKeys:
    return ActionKeys(actions, actions)


def row_of(section: ShortcutSection, words: str) -> ShortcutRow:
    return next(row for row in section.rows if row.words == words)


@pytest.fixture
def section(qtbot: QtBot, theme: Theme, keys: ActionKeys) -> ShortcutSection:
    section = ShortcutSection(theme, keys)
    qtbot.addWidget(section)
    for row in section.rows:
        qtbot.addWidget(row)
        row.show()
    return section


def test_keys_apply_at_once_and_are_kept(qtbot: QtBot, keys: ActionKeys, actions: Actions) -> None:
    assert keys.own == {}
    with qtbot.waitSignal(keys.changed):
        keys.give("toggle_sidebar", QKeySequence("Ctrl+Alt+S"))
    assert actions["toggle_sidebar"].shortcut() == QKeySequence("Ctrl+Alt+S")
    assert keys.own == {"toggle_sidebar": "Ctrl+Alt+S"}
    kept = keys.own
    keys.reset_all()
    keys.load(kept | {"gone": "F9"})
    assert keys.own == kept
    keys.load({})
    assert keys.own == {}


def test_further_keys_of_an_action_count_as_held(keys: ActionKeys) -> None:
    assert keys.holder(QKeySequence("Ctrl++"), "quit") == "zoom_in"


def test_taking_keys_leaves_the_other_action_without(keys: ActionKeys) -> None:
    keys.give("quit", QKeySequence("Ctrl+B"))
    assert keys.keys("toggle_sidebar").isEmpty()
    assert keys.own == {"quit": "Ctrl+B", "toggle_sidebar": ""}
    keys.reset("toggle_sidebar")
    assert keys.keys("toggle_sidebar") == QKeySequence("Ctrl+B")
    assert keys.keys("quit").isEmpty()


@pytest.mark.parametrize(
    ("words", "can"),
    [
        ("Ctrl+K", True),
        ("F5", True),
        ("Shift+F5", True),
        ("Alt+Left", True),
        ("", True),
        ("A", False),
        ("Shift+A", False),
        ("Space", False),
        ("Return", False),
    ],
)
def test_what_writes_text_is_no_shortcut(words: str, can: bool) -> None:
    assert can_be_keys(QKeySequence(words)) is can


def test_a_conflict_names_the_other_action_and_can_be_settled(
    qtbot: QtBot, section: ShortcutSection, keys: ActionKeys
) -> None:
    row = row_of(section, "Quit")
    qtbot.keyClick(row.field, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(row.conflict.isVisible)
    assert "Show or hide the sidebar" in row.conflict.text()
    assert keys.keys("quit") == QKeySequence("Ctrl+Q")
    qtbot.mouseClick(row.take, Qt.MouseButton.LeftButton)
    assert keys.keys("quit") == QKeySequence("Ctrl+B")
    assert not row.conflict.isVisible()
    assert row.reset.isVisible()


def test_a_letter_alone_is_refused_with_the_reason(
    qtbot: QtBot, section: ShortcutSection, keys: ActionKeys
) -> None:
    row = row_of(section, "Quit")
    qtbot.keyClick(row.field, Qt.Key.Key_X)
    qtbot.waitUntil(row.conflict.isVisible)
    assert "Hold Ctrl or Alt" in row.conflict.text()
    assert not row.take.isVisible()
    assert keys.own == {}


def test_backspace_takes_keys_away(
    qtbot: QtBot, section: ShortcutSection, keys: ActionKeys
) -> None:
    row = row_of(section, "Quit")
    qtbot.keyClick(row.field, Qt.Key.Key_Backspace)
    assert keys.keys("quit").isEmpty()
    qtbot.mouseClick(row.reset, Qt.MouseButton.LeftButton)
    assert keys.keys("quit") == QKeySequence("Ctrl+Q")
