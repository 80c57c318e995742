"""The window's parts in their places, at every width."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QByteArray, QRect, Qt
from PySide6.QtWidgets import QWidget

from app.ui.main_window import MINIMUM, MainWindow
from app.ui.placement import on_screen
from app.ui.sidebar import WIDTH
from app.ui.strip import HEIGHT as STRIP_HEIGHT


@pytest.fixture
def window(qtbot, theme) -> MainWindow:
    window = MainWindow(theme)
    window.set_page(QWidget(), ())
    qtbot.addWidget(window)
    window.resize(1440, 900)
    with qtbot.waitExposed(window):
        window.show()
    return window


def test_the_measures_of_the_frame(window: MainWindow) -> None:
    assert window.sidebar.width() == WIDTH
    assert window.header.height() == 48
    assert window.strip.height() == STRIP_HEIGHT == 28
    assert not window.rail.isVisible()
    assert (window.minimumWidth(), window.minimumHeight()) == MINIMUM == (900, 600)


def test_collapsing_leaves_the_rail(window: MainWindow) -> None:
    window.registry["toggle_sidebar"].trigger()
    assert window.sidebar_collapsed
    assert not window.sidebar.isVisible()
    assert window.rail.width() == 52
    assert window.header.toggle.isVisible()
    window.registry["toggle_sidebar"].trigger()
    assert window.sidebar.isVisible()
    assert not window.header.toggle.isVisible()


def test_ctrl_b_works_while_the_menu_is_hidden(qtbot, window: MainWindow) -> None:
    assert not window.menuBar().isVisible()
    qtbot.keyClick(window, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    assert window.sidebar_collapsed


def test_alt_alone_shows_the_menu_and_gives_the_focus_back(qtbot, window: MainWindow) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    button = window.header.machine
    button.setFocus()
    bar = window.menuBar()
    qtbot.keyClick(window.windowHandle(), Qt.Key.Key_Alt)
    qtbot.waitUntil(bar.isVisible)
    qtbot.keyClick(bar, Qt.Key.Key_Escape)
    assert not bar.isVisible()
    assert button.hasFocus()


def test_a_chord_with_alt_shows_no_menu(qtbot, window: MainWindow) -> None:
    handle = window.windowHandle()
    qtbot.keyPress(handle, Qt.Key.Key_Alt)
    qtbot.keyClick(handle, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    qtbot.keyRelease(handle, Qt.Key.Key_Alt)
    assert not window.menuBar().isVisible()


def test_a_narrow_window_has_the_rail_and_a_sidebar_that_floats(window: MainWindow) -> None:
    window.resize(900, 600)
    assert window.rail.isVisible()
    assert not window.sidebar.isVisible()
    assert not window.sidebar_collapsed, "the person did not collapse it"
    window.toggle_sidebar()
    assert window.sidebar.isVisible()
    assert window.sidebar.width() == WIDTH
    assert window.sidebar.parentWidget() is window.centralWidget()
    window.toggle_sidebar()
    assert not window.sidebar.isVisible()


def test_the_floating_sidebar_closes_by_esc_and_by_a_click_beside_it(
    qtbot, window: MainWindow
) -> None:
    window.resize(900, 600)
    window.toggle_sidebar()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.sidebar.isVisible()
    window.toggle_sidebar()
    qtbot.mouseClick(window.header.title, Qt.MouseButton.LeftButton)
    assert not window.sidebar.isVisible()


def test_a_window_that_grows_has_its_sidebar_back(window: MainWindow) -> None:
    window.resize(900, 600)
    window.toggle_sidebar()
    window.resize(1440, 900)
    assert window.sidebar.isVisible()
    assert not window.rail.isVisible()
    assert window.sidebar.width() == WIDTH


def test_every_action_is_in_a_menu_and_has_its_keys(window: MainWindow) -> None:
    menus = [action.text() for action in window.menuBar().actions()]
    assert menus == ["&File", "&Edit", "&Conversation", "&View", "&Help"]
    keys = dict(window.registry.shortcuts())
    assert keys["New conversation"] == "Ctrl+N"
    assert keys["Open files"] == "Ctrl+O"
    assert keys["Stop"] == "Esc"
    assert keys["Copy last answer"] == "Ctrl+Shift+C"
    assert keys["Shortcut list"] == "Ctrl+/"
    assert len(set(keys.values())) == len(keys)


def test_geometry_is_restored(window: MainWindow) -> None:
    window.resize(1000, 700)
    kept = window.saveGeometry()
    window.resize(1200, 800)
    window.restore(kept)
    assert (window.width(), window.height()) == (1000, 700) or window.width() <= 1000


def test_geometry_that_cannot_be_read_is_ignored(window: MainWindow) -> None:
    before = window.geometry()
    window.restore(QByteArray(b"nonsense"))
    assert window.geometry() == before


SCREEN = QRect(0, 0, 1920, 1080)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (QRect(100, 100, 900, 600), QRect(100, 100, 900, 600)),
        (QRect(-500, 100, 900, 600), QRect(0, 100, 900, 600)),
        (QRect(1800, 900, 900, 600), QRect(1020, 480, 900, 600)),
        (QRect(5000, 5000, 900, 600), QRect(1020, 480, 900, 600)),
        (QRect(0, 0, 4000, 3000), QRect(0, 0, 1920, 1080)),
    ],
)
def test_a_window_is_moved_back_onto_the_screen(place: QRect, expected: QRect) -> None:
    assert on_screen(place, [SCREEN]) == expected


def test_a_window_stays_on_the_screen_it_is_mostly_on() -> None:
    second = QRect(1920, 0, 1920, 1080)
    assert on_screen(QRect(1900, -20, 900, 600), [SCREEN, second]) == QRect(1920, 0, 900, 600)
