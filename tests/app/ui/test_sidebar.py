"""The sidebar lists this run's conversations and says that they end with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from app.ui.conversation_list import ROW_HEIGHT, ConversationList, Row
from app.ui.sidebar import RAIL_WIDTH, Rail, Sidebar

if TYPE_CHECKING:
    from app.ui.actions import Actions

ROWS = (Row("b", "Second question", answering=True), Row("a", "First question"))


@pytest.fixture
def sidebar(qtbot, theme, actions: Actions) -> Sidebar:
    sidebar = Sidebar(theme, actions)
    qtbot.addWidget(sidebar)
    sidebar.resize(264, 600)
    sidebar.show()
    return sidebar


def visible_texts(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]


def test_empty_it_says_what_will_be_here(sidebar: Sidebar) -> None:
    texts = visible_texts(sidebar)
    assert "No conversations yet" in texts
    assert "They appear here and are kept until Tanka is closed." in texts
    assert "Today" not in texts


def test_rows_stand_under_today(sidebar: Sidebar) -> None:
    sidebar.show_rows(ROWS, "a")
    assert "Today" in visible_texts(sidebar)
    assert "No conversations yet" not in visible_texts(sidebar)
    listed = sidebar.findChild(ConversationList)
    assert [listed.item(i).text() for i in range(listed.count())] == [row.title for row in ROWS]
    assert listed.currentRow() == 1
    assert listed.sizeHintForRow(0) == ROW_HEIGHT


def test_a_click_opens_a_conversation(qtbot, sidebar: Sidebar) -> None:
    sidebar.show_rows(ROWS, "a")
    listed = sidebar.findChild(ConversationList)
    spot = listed.visualItemRect(listed.item(0)).center()
    with qtbot.waitSignal(sidebar.chosen) as chosen:
        qtbot.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert chosen.args == ["b"]


def washed(listed: ConversationList) -> list[str]:
    return [item.text() for item in listed.selectedItems()]


def ring_pixels(listed: ConversationList, row: int, theme) -> int:
    picture = listed.viewport().grab(listed.visualItemRect(listed.item(row))).toImage()
    return sum(picture.pixel(30, y) == theme.colors.focus.rgb() for y in range(ROW_HEIGHT))


def test_arrow_keys_move_a_ring_and_leave_the_open_row_alone(
    qtbot, sidebar: Sidebar, theme
) -> None:
    sidebar.show_rows((*ROWS, Row("c", "Third")), "a")
    listed = sidebar.findChild(ConversationList)
    sidebar.activateWindow()
    listed.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(listed.hasFocus)
    assert ring_pixels(listed, 1, theme) == 4  # two pixels above and two below
    qtbot.keyClick(listed, Qt.Key.Key_Down)

    assert [ring_pixels(listed, row, theme) for row in range(3)] == [0, 0, 4]
    assert washed(listed) == ["First question"]
    sidebar.show_rows((Row("n", "New"), *ROWS, Row("c", "Third, renamed")), "a")
    assert listed.currentItem().text() == "Third, renamed"
    assert washed(listed) == ["First question"]
    with qtbot.waitSignal(sidebar.chosen) as chosen:
        qtbot.keyClick(listed, Qt.Key.Key_Return)
    assert chosen.args == ["c"]
    sidebar.show_rows((*ROWS, Row("c", "Third")), "b")
    assert listed.currentItem().text() == "Second question"
    assert washed(listed) == ["Second question"]


def test_a_click_on_a_row_draws_no_ring(qtbot, sidebar: Sidebar, theme) -> None:
    sidebar.show_rows(ROWS, "a")
    listed = sidebar.findChild(ConversationList)
    spot = listed.visualItemRect(listed.item(0)).center()
    qtbot.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    listed.setFocus(Qt.FocusReason.MouseFocusReason)
    assert ring_pixels(listed, 0, theme) == 0
    assert washed(listed) == ["First question"]


def test_a_row_that_is_answering_says_so_and_shows_a_dot(sidebar: Sidebar, theme) -> None:
    sidebar.show_rows(ROWS, None)
    listed = sidebar.findChild(ConversationList)
    spoken = listed.item(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Second question, answering"
    picture = listed.viewport().grab(listed.visualItemRect(listed.item(0))).toImage()
    accent = theme.colors.accent.rgb()
    dots = sum(
        picture.pixel(x, y) == accent
        for x in range(picture.width())
        for y in range(picture.height())
    )
    assert dots >= 12


def test_buttons_stand_for_actions(qtbot, theme, actions: Actions) -> None:
    rail = Rail(theme, actions)
    qtbot.addWidget(rail)
    assert rail.width() == RAIL_WIDTH or rail.minimumWidth() == RAIL_WIDTH
    button = next(c for c in rail.findChildren(QWidget) if "New conv" in c.accessibleName())
    with qtbot.waitSignal(actions["new_conversation"].triggered):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
