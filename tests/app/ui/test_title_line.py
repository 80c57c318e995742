"""The open conversation's title is written where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.ui.header import Header
from app.ui.main_window import MainWindow

if TYPE_CHECKING:
    from app.ui.actions import Actions
    from app.ui.inline_editor import InlineEditor

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def header(qtbot, theme, actions: Actions) -> Header:
    header = Header(theme, actions)
    qtbot.addWidget(header)
    header.resize(900, 48)
    with qtbot.waitActive(header):
        header.show()
    header.show_title("Alder Valley nitrate report")
    actions["rename_conversation"].setEnabled(True)
    return header


def begin(qtbot, header: Header) -> InlineEditor:
    header.machine.setFocus()
    qtbot.mouseDClick(header.title, LEFT)
    editor = header.title.editor
    assert editor is not None
    assert editor.hasFocus()
    return editor


def test_enter_saves_and_the_focus_goes_back(qtbot, header: Header) -> None:
    editor = begin(qtbot, header)
    assert editor.selectedText() == "Alder Valley nitrate report"
    qtbot.keyClicks(editor, " Nitrate  in wells ")
    with qtbot.waitSignal(header.title_renamed) as renamed:
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert renamed.args == ["Nitrate in wells"]
    assert header.title.editor is None
    assert header.machine.hasFocus()


def test_the_letters_stand_where_they_stood(qtbot, header: Header) -> None:
    title = header.title
    begin(qtbot, header)
    place = title.editor.geometry()
    assert place.left() == title.geometry().left() - 8
    assert abs(place.center().y() - title.geometry().center().y()) <= 1
    assert place.width() == 480
    header.resize(500, 48)
    assert title.editor.geometry().right() == title.geometry().right()


@pytest.mark.parametrize("written", ["", "  ", "Alder Valley nitrate report"])
def test_nothing_and_the_same_change_nothing(qtbot, header: Header, written: str) -> None:
    editor = begin(qtbot, header)
    editor.setText(written)
    with qtbot.assertNotEmitted(header.title_renamed):
        qtbot.keyClick(editor, Qt.Key.Key_Return)


def test_esc_restores(qtbot, header: Header) -> None:
    editor = begin(qtbot, header)
    qtbot.keyClicks(editor, "Other")
    with qtbot.assertNotEmitted(header.title_renamed):
        qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert header.title.full == "Alder Valley nitrate report"
    assert header.title.editor is None


def test_going_elsewhere_saves(qtbot, header: Header) -> None:
    editor = begin(qtbot, header)
    qtbot.keyClicks(editor, "Other")
    with qtbot.waitSignal(header.title_renamed) as renamed:
        header.model.setFocus()
    assert renamed.args == ["Other"]
    assert header.model.hasFocus()


def test_a_title_that_comes_meanwhile_does_not_touch_what_is_written(qtbot, header: Header) -> None:
    editor = begin(qtbot, header)
    qtbot.keyClicks(editor, "Half a na")
    header.show_title("By itself")
    assert editor.text() == "Half a na"


def test_without_a_conversation_there_is_no_title_to_write(
    qtbot, header: Header, actions: Actions
) -> None:
    actions["rename_conversation"].setEnabled(False)
    qtbot.mouseDClick(header.title, LEFT)
    assert header.title.editor is None


def test_esc_in_the_field_stops_no_answer(qtbot, theme) -> None:
    window = MainWindow(theme)
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
    window.registry["stop"].setEnabled(True)
    window.registry["rename_conversation"].setEnabled(True)
    window.registry["rename_conversation"].trigger()
    editor = window.header.title.editor
    assert QApplication.focusWidget() is editor
    with qtbot.assertNotEmitted(window.registry["stop"].triggered):
        qtbot.keyClick(window.windowHandle(), Qt.Key.Key_Escape)
    assert window.header.title.editor is None
    with qtbot.waitSignal(window.registry["stop"].triggered):
        qtbot.keyClick(window.windowHandle(), Qt.Key.Key_Escape)
