"""The strip and the whole screen: chosen in the menu, remembered, in step with the window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from app.settings_store import SettingsStore
from app.ui.main_window import MainWindow
from app.view_control import ViewControl


@pytest.fixture
def window(qtbot, theme) -> MainWindow:
    window = MainWindow(theme)
    qtbot.addWidget(window)
    window.set_page(QLineEdit(), ())
    return window


def test_the_strip_can_be_hidden_and_stays_so(qtbot, theme, window: MainWindow) -> None:
    ViewControl(window, SettingsStore())
    with qtbot.waitExposed(window):
        window.show()
    assert window.strip.isVisible()
    window.registry["toggle_strip"].trigger()
    assert not window.strip.isVisible()
    again = MainWindow(theme)
    qtbot.addWidget(again)
    ViewControl(again, SettingsStore())
    assert again.strip.isHidden()
    assert not again.registry["toggle_strip"].isChecked()


def test_full_screen_and_back_to_what_it_was(qtbot, window: MainWindow) -> None:
    ViewControl(window, SettingsStore())
    with qtbot.waitExposed(window):
        window.showMaximized()
    action = window.registry["full_screen"]
    action.trigger()
    assert window.isFullScreen()
    assert action.isChecked()
    action.trigger()
    assert not window.isFullScreen()
    assert window.isMaximized()


def test_the_mark_follows_the_desktop(qtbot, window: MainWindow) -> None:
    ViewControl(window, SettingsStore())
    with qtbot.waitExposed(window):
        window.show()
    window.setWindowState(Qt.WindowState.WindowFullScreen)
    assert window.registry["full_screen"].isChecked()
    window.setWindowState(Qt.WindowState.WindowNoState)
    assert not window.registry["full_screen"].isChecked()
