"""The sidebar as a part of the window: its keys from anywhere, and as a rail and an overlay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from sidebar_rows import ROWS, grouped

from app.store import Hit
from app.ui.main_window import MainWindow

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot: QtBot, theme) -> MainWindow:
    window = MainWindow(theme)
    page = QWidget()
    field = QLineEdit()
    QVBoxLayout(page).addWidget(field)
    window.set_page(page, (page,))
    qtbot.addWidget(window)
    window.resize(1440, 900)
    with qtbot.waitActive(window):
        window.show()
    window.sidebar.show_groups(grouped(ROWS), "a", ())
    field.setFocus()
    return window


def press(
    qtbot: QtBot, window: MainWindow, key: Qt.Key, held=Qt.KeyboardModifier.NoModifier
) -> None:
    """A key as it comes from the system: to the window first, then to the widget."""
    qtbot.keyClick(window.windowHandle(), key, held)


def test_ctrl_shift_f_goes_to_the_search_wherever_it_is(qtbot, window: MainWindow) -> None:
    press(qtbot, window, Qt.Key.Key_F, CTRL | SHIFT)
    assert window.sidebar.search.hasFocus()
    window.set_sidebar_collapsed(True)
    assert not window.sidebar.isVisible()
    press(qtbot, window, Qt.Key.Key_F, CTRL | SHIFT)
    assert window.sidebar.search.hasFocus()
    window.resize(900, 600)
    assert not window.sidebar.isVisible()
    press(qtbot, window, Qt.Key.Key_F, CTRL | SHIFT)
    assert window.sidebar.isVisible()
    assert window.sidebar.search.hasFocus()


def test_ctrl_page_keys_go_through_the_conversations(qtbot, window: MainWindow) -> None:
    with qtbot.waitSignal(window.sidebar.chosen) as chosen:
        press(qtbot, window, Qt.Key.Key_PageDown, CTRL)
    assert chosen.args == ["b"]
    with qtbot.waitSignal(window.sidebar.chosen) as chosen:
        press(qtbot, window, Qt.Key.Key_PageUp, CTRL)
    assert chosen.args == ["pin"]


def test_ctrl_shift_e_exports_the_open_conversation(qtbot, window: MainWindow) -> None:
    with qtbot.waitSignal(window.sidebar.export_requested) as wanted:
        press(qtbot, window, Qt.Key.Key_E, CTRL | SHIFT)
    assert wanted.args == ["a", "markdown"]


def test_f2_renames_the_row_of_the_keyboard_or_else_the_title(qtbot, window: MainWindow) -> None:
    press(qtbot, window, Qt.Key.Key_F2)
    assert window.header.title.editor is not None
    press(qtbot, window, Qt.Key.Key_Escape)
    window.sidebar.list.setFocus(Qt.FocusReason.TabFocusReason)
    press(qtbot, window, Qt.Key.Key_F2)
    assert window.sidebar.list.renaming
    assert window.header.title.editor is None


def test_in_the_overlay_esc_ends_the_search_before_the_overlay(qtbot, window: MainWindow) -> None:
    window.resize(900, 600)
    press(qtbot, window, Qt.Key.Key_F, CTRL | SHIFT)
    qtbot.keyClicks(window.sidebar.search, "nitrate")
    press(qtbot, window, Qt.Key.Key_Escape)
    assert window.sidebar.isVisible()
    assert window.sidebar.search.text() == ""
    press(qtbot, window, Qt.Key.Key_Escape)
    assert not window.sidebar.isVisible()


def test_in_the_overlay_esc_ends_a_name_before_the_overlay(qtbot, window: MainWindow) -> None:
    window.resize(900, 600)
    window.toggle_sidebar()
    window.sidebar.list.setFocus(Qt.FocusReason.TabFocusReason)
    press(qtbot, window, Qt.Key.Key_F2)
    assert window.sidebar.list.renaming
    press(qtbot, window, Qt.Key.Key_Escape)
    assert not window.sidebar.list.renaming
    assert window.sidebar.isVisible()


def test_a_menu_that_reaches_beyond_the_overlay_does_not_close_it(
    qtbot, window: MainWindow
) -> None:
    window.resize(900, 600)
    window.toggle_sidebar()
    window.sidebar.list.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(window.sidebar.list, Qt.Key.Key_Menu)
    menu = QApplication.activePopupWidget()
    assert menu is not None
    menu.move(window.mapToGlobal(QPoint(400, 200)))
    with qtbot.waitSignal(window.sidebar.pinned):
        pin = menu.actions()[1]
        qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(pin).center())
    assert window.sidebar.isVisible()
    menu.close()


def test_esc_closes_a_menu_before_the_overlay(qtbot, window: MainWindow) -> None:
    window.resize(900, 600)
    window.toggle_sidebar()
    window.sidebar.list.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(window.sidebar.list, Qt.Key.Key_Menu)
    assert QApplication.activePopupWidget() is not None
    press(qtbot, window, Qt.Key.Key_Escape)
    assert QApplication.activePopupWidget() is None
    assert window.sidebar.isVisible()


@pytest.mark.parametrize("by_search", [False, True])
def test_what_is_opened_closes_the_overlay_and_gives_the_focus_back(
    qtbot, window: MainWindow, by_search: bool
) -> None:
    field = QApplication.focusWidget()
    window.resize(900, 600)
    window.toggle_sidebar()
    window.sidebar.list.setFocus(Qt.FocusReason.TabFocusReason)
    if by_search:
        window.sidebar.search.setFocus()
        with qtbot.waitSignal(window.sidebar.search_changed):
            qtbot.keyClicks(window.sidebar.search, "tide")
        window.sidebar.show_hits("tide", [Hit(ROWS[5], ((0, 4),), "title")])
    press(qtbot, window, Qt.Key.Key_Return)
    assert not window.sidebar.isVisible()
    assert QApplication.focusWidget() is field


def test_the_keyboard_stops_at_field_list_and_button(qtbot, window: MainWindow) -> None:
    window.sidebar.search.setFocus()
    press(qtbot, window, Qt.Key.Key_Tab)
    assert window.sidebar.list.hasFocus()
    press(qtbot, window, Qt.Key.Key_Tab)
    assert QApplication.focusWidget().accessibleName() == "More for ‘Alder Valley nitrate report’"
    press(qtbot, window, Qt.Key.Key_Backtab)
    assert window.sidebar.list.hasFocus()
