"""The switch: turned by mouse and keys, told to screen readers, and not by colour alone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible

from app.ui.switch import Switch


@pytest.fixture
def switch(qtbot, theme) -> Switch:
    switch = Switch(theme, "Offline")
    qtbot.addWidget(switch)
    switch.resize(switch.sizeHint())
    switch.show()
    return switch


def test_mouse_and_keys_turn_it(qtbot, switch: Switch) -> None:
    qtbot.mouseClick(switch, Qt.MouseButton.LeftButton)
    assert switch.isChecked()
    qtbot.keyClick(switch, Qt.Key.Key_Space)
    assert not switch.isChecked()
    qtbot.keyClick(switch, Qt.Key.Key_Return)
    assert switch.isChecked()


def test_screen_readers_hear_name_and_state(switch: Switch) -> None:
    told = QAccessible.queryAccessibleInterface(switch)
    assert told.role() == QAccessible.Role.CheckBox
    assert told.text(QAccessible.Text.Name) == "Offline"
    assert not told.state().checked
    switch.setChecked(True)
    assert told.state().checked


@pytest.mark.parametrize("direction", list(Qt.LayoutDirection)[:2])
def test_its_knob_moves_to_the_end(switch: Switch, direction: Qt.LayoutDirection) -> None:
    switch.setLayoutDirection(direction)
    middle = switch.height() // 2

    def ends() -> tuple[str, str]:
        picture = switch.grab().toImage()
        return picture.pixelColor(8, middle).name(), picture.pixelColor(24, middle).name()

    start_off, end_off = ends() if direction == Qt.LayoutDirection.LeftToRight else ends()[::-1]
    assert start_off != end_off
    switch.setChecked(True)
    start_on, end_on = ends() if direction == Qt.LayoutDirection.LeftToRight else ends()[::-1]
    assert start_on != end_on
    assert end_on != end_off
