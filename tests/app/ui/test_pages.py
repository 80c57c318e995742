"""Pages beside the conversation: shown in its place, visited by the keyboard, left again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.ui.main_window import CONVERSATION, MainWindow

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.ui.theme import Theme


@pytest.fixture
def window(qtbot: QtBot, theme: Theme) -> MainWindow:
    window = MainWindow(theme)
    qtbot.addWidget(window)
    window.set_page(QLineEdit("conversation"), ())
    page = QWidget()
    column = QVBoxLayout(page)
    column.addWidget(QLineEdit("filter"))
    column.addWidget(QPushButton("act"))
    window.add_page("models", page, (page,))
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    return window


def test_the_conversation_is_there_first(window: MainWindow) -> None:
    assert window.page == CONVERSATION
    assert window.header.isVisible()


def test_another_page_takes_its_place_and_the_focus(qtbot: QtBot, window: MainWindow) -> None:
    with qtbot.waitSignal(window.page_changed) as told:
        window.show_page("models")
    assert told.args == ["models"]
    assert window.page == "models"
    assert not window.header.isVisible()
    focus = window.focusWidget()
    assert isinstance(focus, QLineEdit)
    assert focus.text() == "filter"

    seen = set()
    for _ in range(8):
        qtbot.keyClick(window, Qt.Key.Key_F6)
        focus = window.focusWidget()
        assert focus is not None
        assert focus.isVisible()
        seen.add(type(focus).__name__)
    assert "QLineEdit" in seen


def test_showing_the_page_that_is_there_says_nothing(qtbot: QtBot, window: MainWindow) -> None:
    with qtbot.assertNotEmitted(window.page_changed):
        window.show_page(CONVERSATION)
