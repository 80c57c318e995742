"""The palette above a window: keyboard and mouse, what it says, where the keyboard is after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow

from app.ui.palette import CommandPalette, Entry
from app.ui.palette.command_palette import SHOWN_ROWS
from app.ui.palette.row_model import spoken

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.ui.theme import Theme


class Desk:
    """A window with one field, and entries that note what was done."""

    def __init__(self, qtbot: QtBot, theme: Theme) -> None:
        self.qtbot = qtbot
        self.done: list[str] = []
        self.window = QMainWindow()
        self.editor = QLineEdit()
        self.window.setCentralWidget(self.editor)
        self.window.resize(900, 600)
        self.palette = CommandPalette(theme, self.window)
        qtbot.addWidget(self.window)
        with qtbot.waitActive(self.window):
            self.window.show()
        self.editor.setFocus()

    def entry(self, title: str, reason: str = "") -> Entry:
        return Entry(title, title, "action", lambda: self.done.append(title), reason=reason)

    def open(self, *titles: str, recent=()) -> None:
        self.palette.open([self.entry(title) for title in titles], recent)

    def press(self, key: Qt.Key) -> None:
        self.qtbot.keyClick(self.palette.field, key)

    @property
    def current(self) -> str:
        return self.palette.list.currentIndex().data()


@pytest.fixture
def desk(qtbot: QtBot, theme: Theme) -> Desk:
    return Desk(qtbot, theme)


def test_it_takes_the_keyboard_and_gives_it_back(desk: Desk) -> None:
    desk.open("Copy", "Stop")
    assert QApplication.focusWidget() is desk.palette.field
    desk.press(Qt.Key.Key_Escape)
    assert desk.palette.isHidden()
    assert QApplication.focusWidget() is desk.editor
    assert desk.done == []


def test_letters_and_enter_do_what_they_name(desk: Desk, qtbot: QtBot) -> None:
    desk.open("Copy", "Stop")
    qtbot.keyClicks(desk.palette.field, "st")
    with qtbot.waitSignal(desk.palette.chosen) as told:
        desk.press(Qt.Key.Key_Return)
    assert told.args == ["Stop"]
    assert desk.done == ["Stop"]
    assert desk.palette.isHidden()
    assert QApplication.focusWidget() is desk.editor


def test_arrows_go_around_and_pages_do_not(desk: Desk) -> None:
    names = [f"Row {letter}" for letter in "abcdefghijklmno"]
    desk.open(*names)
    desk.press(Qt.Key.Key_Up)
    assert desk.current == names[-1]
    desk.press(Qt.Key.Key_Down)
    assert desk.current == names[0]
    desk.press(Qt.Key.Key_PageDown)
    assert desk.current == names[SHOWN_ROWS - 1]
    desk.press(Qt.Key.Key_PageUp)
    desk.press(Qt.Key.Key_PageUp)
    assert desk.current == names[0]


def test_tab_stays(desk: Desk) -> None:
    desk.open("Copy")
    desk.press(Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is desk.palette.field


def test_a_click_chooses_and_one_beside_it_closes(desk: Desk, qtbot: QtBot) -> None:
    desk.open("Copy", "Stop")
    rows = desk.palette.list
    place = rows.visualRect(desk.palette.model.index(1, 0)).center()
    qtbot.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert desk.done == ["Stop"]
    desk.open("Copy", "Stop")
    qtbot.mouseClick(desk.editor, Qt.MouseButton.LeftButton)
    assert desk.palette.isHidden()


def test_what_is_off_says_why_and_stays_open(desk: Desk) -> None:
    desk.palette.open([desk.entry("Stop", "No answer is being written")], ())
    desk.press(Qt.Key.Key_Return)
    assert desk.done == []
    assert desk.palette.isVisible()
    index = desk.palette.model.index(0, 0)
    words = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert words == "Stop, not available: No answer is being written"
    assert index.data(Qt.ItemDataRole.ToolTipRole) == "No answer is being written"


def test_it_says_that_nothing_fits(desk: Desk, qtbot: QtBot) -> None:
    desk.open("Copy")
    qtbot.keyClicks(desk.palette.field, "exq")
    assert desk.palette.nothing == "No command or conversation matches ‘exq’."
    desk.press(Qt.Key.Key_Return)
    assert desk.palette.isVisible()


@pytest.mark.parametrize(("width", "expected"), [(900, 480), (1100, 550), (1440, 640)])
def test_its_size_and_place(desk: Desk, width: int, expected: int) -> None:
    desk.open(*(f"Row {n}" for n in range(30)))
    desk.window.resize(width, 600)
    assert desk.palette.width() == expected
    assert abs(desk.palette.geometry().center().x() - width // 2) <= 1
    assert desk.palette.y() < 600 / 3
    rows = desk.palette.list
    assert rows.height() // rows.sizeHintForRow(0) == SHOWN_ROWS
    assert desk.palette.geometry().bottom() < 600


def test_typed_letters_are_bold_in_both_themes(desk: Desk, theme: Theme) -> None:
    for choice in ("light", "dark"):
        theme.set_choice(choice)
        desk.open("Wwwwwwww")
        before = desk.palette.list.grab().toImage()
        desk.palette.field.setText("wwww")
        assert desk.palette.list.grab().toImage() != before
        desk.palette.close_palette()


def test_rows_are_heard_with_kind_and_keys() -> None:
    entry = Entry("a", "Export", "action", lambda: None, "Batch", "Ctrl+E")
    assert spoken(entry) == "Export, Batch, Ctrl+E"
