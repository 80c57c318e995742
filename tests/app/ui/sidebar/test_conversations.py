"""The list of conversations: groups, opening, and what stays while it changes."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QModelIndex, QRect, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QLabel, QWidget
from sidebar_rows import FOLDERS, ROWS, grouped, month_heading, row

from app.ui.sidebar import RAIL_WIDTH, Rail, Sidebar
from app.ui.sidebar.conversation_model import HEADING_HEIGHT, LIST_GAP, ROW_HEIGHT

if TYPE_CHECKING:
    from app.ui.actions import Actions

LEFT = Qt.MouseButton.LeftButton
TITLES = [
    "Pinned", "Household paperwork",
    "Today", "Alder Valley nitrate report", "Workshop days into my calendar",
    "Yesterday", "Rental contract, clause 14",
    "Previous 7 days", "Letter to the housing office",
    "Previous 30 days", "Tide table for Friday",
    month_heading(50), "Old photograph, who is where",
    "Folders", "Field work", "Tax 2024",
]  # fmt: skip


def shown(sidebar: Sidebar) -> list[str]:
    rows = sidebar.list.rows
    return [rows.index(place).data() for place in range(rows.rowCount())]


def index_of(sidebar: Sidebar, key: str) -> QModelIndex:
    return sidebar.list.rows.index(sidebar.list.rows.row_of(key))


def rect_of(sidebar: Sidebar, key: str) -> QRect:
    return sidebar.list.visualRect(index_of(sidebar, key))


def click(qtbot, sidebar: Sidebar, key: str) -> None:
    spot = rect_of(sidebar, key).center()
    qtbot.mouseClick(sidebar.list.viewport(), LEFT, pos=spot)


def press(qtbot, sidebar: Sidebar, *keys: Qt.Key) -> None:
    for key in keys:
        qtbot.keyClick(sidebar.list, key)


def go_to(sidebar: Sidebar, key: str) -> None:
    sidebar.list.setFocus(Qt.FocusReason.TabFocusReason)
    flag = sidebar.list.selectionModel().SelectionFlag.NoUpdate
    sidebar.list.selectionModel().setCurrentIndex(index_of(sidebar, key), flag)


def at_keyboard(sidebar: Sidebar) -> str:
    return sidebar.list.currentIndex().data()


def open_rows(sidebar: Sidebar) -> list[str]:
    return [index.data() for index in sidebar.list.selectedIndexes()]


def test_empty_it_says_what_will_be_here(sidebar: Sidebar) -> None:
    sidebar.show_groups((), None, ())
    texts = [label.text() for label in sidebar.findChildren(QLabel) if label.isVisible()]
    assert "No conversations yet" in texts
    assert "They appear here by date and are kept only on this computer." in texts
    assert not sidebar.list.isVisible()


def test_groups_stand_under_their_headings_and_folders_last(sidebar: Sidebar) -> None:
    assert shown(sidebar) == TITLES
    assert open_rows(sidebar) == ["Alder Valley nitrate report"]
    tops = [rect_of(sidebar, key) for key in ("pin", "a", "b", "c")]
    assert [rect.height() for rect in tops] == [ROW_HEIGHT] * 4
    assert tops[0].top() == HEADING_HEIGHT - LIST_GAP
    assert tops[1].top() - tops[0].bottom() - 1 == HEADING_HEIGHT
    assert tops[0].left() == 12
    assert tops[0].right() == 264 - 12 - 1


def test_a_month_of_another_year_says_which(sidebar: Sidebar) -> None:
    sidebar.show_groups(grouped([row("old", "Old", 800)]), None, ())
    assert shown(sidebar)[0] == month_heading(800)
    assert shown(sidebar)[0][-4:].isdigit()


def test_a_click_opens_a_conversation(qtbot, sidebar: Sidebar) -> None:
    with qtbot.waitSignal(sidebar.chosen) as chosen:
        click(qtbot, sidebar, "c")
    assert chosen.args == ["c"]


def test_a_heading_can_be_neither_opened_nor_gone_to(qtbot, sidebar: Sidebar) -> None:
    heading = sidebar.list.visualRect(sidebar.list.rows.index(2))
    with qtbot.assertNotEmitted(sidebar.chosen):
        qtbot.mouseClick(sidebar.list.viewport(), LEFT, pos=heading.center())
    go_to(sidebar, "pin")
    press(qtbot, sidebar, Qt.Key.Key_Down)
    assert at_keyboard(sidebar) == "Alder Valley nitrate report"
    press(qtbot, sidebar, Qt.Key.Key_Up)
    assert at_keyboard(sidebar) == "Household paperwork"


def test_home_end_and_pages_stop_at_rows(qtbot, sidebar: Sidebar) -> None:
    sidebar.show_groups(grouped([row(str(n), f"Number {n}", n / 100) for n in range(200)]), "0", ())
    go_to(sidebar, "0")
    press(qtbot, sidebar, Qt.Key.Key_End)
    assert at_keyboard(sidebar) == "Tax 2024"
    assert rect_of(sidebar, "folder f2").bottom() < sidebar.list.viewport().height()
    press(qtbot, sidebar, Qt.Key.Key_PageUp)
    assert at_keyboard(sidebar).startswith("Number")
    press(qtbot, sidebar, Qt.Key.Key_PageDown, Qt.Key.Key_PageDown)
    assert at_keyboard(sidebar) == "Tax 2024"
    press(qtbot, sidebar, Qt.Key.Key_Home)
    assert at_keyboard(sidebar) == "Number 0"
    assert sidebar.list.verticalOffset() == 0


def ring_pixels(sidebar: Sidebar, key: str, theme) -> int:
    picture = sidebar.list.viewport().grab(rect_of(sidebar, key)).toImage()
    return sum(picture.pixel(30, y) == theme.colors.focus.rgb() for y in range(ROW_HEIGHT))


def test_arrow_keys_move_a_ring_and_leave_the_open_row_alone(
    qtbot, sidebar: Sidebar, theme
) -> None:
    go_to(sidebar, "a")
    assert ring_pixels(sidebar, "a", theme) == 4  # two pixels above and two below
    press(qtbot, sidebar, Qt.Key.Key_Down)
    assert [ring_pixels(sidebar, key, theme) for key in "ab"] == [0, 4]
    assert open_rows(sidebar) == ["Alder Valley nitrate report"]
    with qtbot.waitSignal(sidebar.chosen) as chosen:
        press(qtbot, sidebar, Qt.Key.Key_Return)
    assert chosen.args == ["b"]


def test_a_click_draws_no_ring(qtbot, sidebar: Sidebar, theme) -> None:
    click(qtbot, sidebar, "b")
    assert sidebar.list.hasFocus()
    assert ring_pixels(sidebar, "b", theme) == 0


def test_the_keyboard_stays_at_its_row_while_others_come_and_go(sidebar: Sidebar) -> None:
    go_to(sidebar, "c")
    rows = (row("new", "New"), *(r for r in ROWS if r.id != "b"))
    sidebar.show_groups(grouped(rows), "a", ())
    assert at_keyboard(sidebar) == "Rental contract, clause 14"
    assert open_rows(sidebar) == ["Alder Valley nitrate report"]
    sidebar.show_groups(grouped(rows), "d", ())
    assert at_keyboard(sidebar) == open_rows(sidebar)[0] == "Letter to the housing office"


def test_the_keyboard_goes_to_the_next_row_where_its_own_is_deleted(sidebar: Sidebar) -> None:
    go_to(sidebar, "a")
    sidebar.show_groups(grouped([r for r in ROWS if r.id != "a"]), None, ())
    assert at_keyboard(sidebar) == "Workshop days into my calendar"
    assert sidebar.list.hasFocus()


def test_what_is_in_sight_stays_where_it_is(sidebar: Sidebar) -> None:
    rows = [row(str(n), f"Number {n}", n / 100) for n in range(300)]
    sidebar.show_groups(grouped(rows), "0", ())
    sidebar.list.verticalScrollBar().setValue(3000)
    place = rect_of(sidebar, "100").top()
    sidebar.show_groups(grouped([row("new", "New"), *rows[1:]]), "0", ())
    assert rect_of(sidebar, "100").top() == place
    rows[250] = replace(rows[250], changed=rows[0].changed + 9)
    sidebar.show_groups(grouped([row("new", "New"), *rows]), "0", ())
    assert rect_of(sidebar, "100").top() == place


def test_the_keyboard_and_the_sight_stay_where_a_thousand_rows_come_between(
    qtbot, sidebar: Sidebar
) -> None:
    rows = [row(str(n), f"Number {n}", n / 100) for n in range(1200)]
    sidebar.show_groups(grouped(rows[::2]), "0", ())
    go_to(sidebar, "600")
    sidebar.list.scrollTo(index_of(sidebar, "600"))
    place = rect_of(sidebar, "600").top()
    with qtbot.waitSignal(sidebar.list.rows.modelReset):
        sidebar.show_groups(grouped(rows), "0", ())
    assert at_keyboard(sidebar) == "Number 600"
    assert 0 <= rect_of(sidebar, "600").top() < sidebar.list.viewport().height() + ROW_HEIGHT
    assert abs(rect_of(sidebar, "600").top() - place) < sidebar.list.viewport().height() / 2
    assert open_rows(sidebar) == ["Number 0"]


def test_at_its_top_the_list_shows_what_is_new(sidebar: Sidebar) -> None:
    rows = [row(str(n), f"Number {n}", n / 100) for n in range(300)]
    sidebar.show_groups(grouped(rows), "0", ())
    sidebar.show_groups(grouped([row("new", "New"), *rows]), "0", ())
    assert sidebar.list.verticalOffset() == 0


def test_only_what_is_different_is_changed(qtbot, sidebar: Sidebar) -> None:
    rows = sidebar.list.rows
    changed: list[int] = []
    rows.dataChanged.connect(lambda first, _last: changed.append(first.row()))
    with qtbot.assertNotEmitted(rows.rowsInserted), qtbot.assertNotEmitted(rows.rowsRemoved):
        sidebar.show_groups(
            grouped([replace(r, title="Renamed") if r.id == "c" else replace(r) for r in ROWS]),
            "a",
            {"d"},
        )
    assert changed == [rows.row_of("c"), rows.row_of("d")]


def test_ten_thousand_rows_change_quickly(sidebar: Sidebar) -> None:
    rows = [row(f"{n:032x}", f"Number {n}", n / 24) for n in range(10_000)]
    sidebar.show_groups(grouped(rows), rows[0].id, ())
    times = []
    for place in (5000, 7000, 9000):
        rows[place] = replace(rows[place], changed=rows[0].changed + place)
        groups = grouped(rows)
        started = time.process_time()
        sidebar.show_groups(groups, rows[0].id, ())
        times.append(time.process_time() - started)
        assert sidebar.list.rows.key(1) == rows[place].id
    assert min(times) < 0.15, "a multiple of what it takes, for machines that do much else"


def test_a_row_that_is_answering_says_so_and_shows_a_dot(sidebar: Sidebar, theme) -> None:
    def dots(key: str) -> int:
        picture = sidebar.list.viewport().grab(rect_of(sidebar, key)).toImage()
        accent = theme.colors.accent.rgb()
        return sum(
            picture.pixel(x, y) == accent
            for x in range(picture.width())
            for y in range(picture.height())
        )

    assert dots("b") == 0
    sidebar.show_groups(grouped(ROWS), "a", {"b", "x"})
    assert dots("b") >= 12
    assert dots("folder f1") >= 12, "a closed folder answers for its conversations"
    spoken = index_of(sidebar, "b").data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Workshop days into my calendar, answering"


def test_a_tooltip_gives_the_whole_title_and_the_date_as_plain_text(sidebar: Sidebar) -> None:
    sidebar.show_groups(grouped([row("t", "<b>Tags</b> & more")]), None, ())
    tip = index_of(sidebar, "t").data(Qt.ItemDataRole.ToolTipRole)
    assert "&lt;b&gt;Tags&lt;/b&gt; &amp; more<br>" in tip
    assert str(time.localtime().tm_year) in tip


def test_folders_open_and_close_by_click_and_by_arrow_keys(qtbot, sidebar: Sidebar) -> None:
    click(qtbot, sidebar, "folder f1")
    assert shown(sidebar)[-4:] == ["Field work", "Sampling plan", "Bottle labels", "Tax 2024"]
    assert sidebar.unfolded == {"f1"}
    go_to(sidebar, "y")
    press(qtbot, sidebar, Qt.Key.Key_Left)
    assert at_keyboard(sidebar) == "Field work"
    press(qtbot, sidebar, Qt.Key.Key_Left)
    assert shown(sidebar) == TITLES
    press(qtbot, sidebar, Qt.Key.Key_Right)
    assert "Sampling plan" in shown(sidebar)
    press(qtbot, sidebar, Qt.Key.Key_Right)
    assert "Sampling plan" in shown(sidebar)
    press(qtbot, sidebar, Qt.Key.Key_Return)
    assert shown(sidebar) == TITLES


def test_a_folder_says_what_it_is(sidebar: Sidebar) -> None:
    role = Qt.ItemDataRole.AccessibleTextRole
    assert (
        index_of(sidebar, "folder f1").data(role) == "Field work, folder, 2 conversations, closed"
    )
    sidebar.set_unfolded(["f1"])
    assert index_of(sidebar, "folder f1").data(role) == "Field work, folder, 2 conversations, open"


def test_screen_readers_find_the_rows_where_they_are(sidebar: Sidebar) -> None:
    sidebar.show_groups(grouped(ROWS), "a", {"b"})
    view = QAccessible.queryAccessibleInterface(sidebar.list)
    assert view.text(QAccessible.Text.Name) == "Conversations"
    names = [view.child(n).text(QAccessible.Text.Name) for n in range(view.childCount())]
    assert names[2:5] == [
        "Today",
        "Alder Valley nitrate report",
        "Workshop days into my calendar, answering",
    ]
    child = view.child(sidebar.list.rows.row_of("a"))
    assert child.state().selected
    corner = sidebar.list.viewport().mapToGlobal(rect_of(sidebar, "a").topLeft())
    assert child.rect().topLeft() == corner


def test_folders_are_there_without_any_conversation(sidebar: Sidebar) -> None:
    sidebar.show_groups(grouped((), FOLDERS), None, ())
    assert shown(sidebar) == ["Folders", "Field work", "Tax 2024"]
    assert sidebar.list.isVisible()


def test_next_and_previous_conversation_by_action(
    qtbot, sidebar: Sidebar, actions: Actions
) -> None:
    with qtbot.waitSignal(sidebar.chosen) as chosen:
        actions["next_conversation"].trigger()
    assert chosen.args == ["b"]
    with qtbot.waitSignal(sidebar.chosen) as chosen:
        actions["previous_conversation"].trigger()
    assert chosen.args == ["pin"]
    sidebar.show_groups(grouped(ROWS), "pin", ())
    with qtbot.assertNotEmitted(sidebar.chosen):
        actions["previous_conversation"].trigger()


@pytest.mark.parametrize("current", ["a", None, "not kept yet"])
def test_actions_on_the_open_conversation_need_one(
    sidebar: Sidebar, actions: Actions, current: str | None
) -> None:
    sidebar.show_groups(grouped(ROWS), current, ())
    for name in ("rename_conversation", "delete_conversation", "export_conversation"):
        assert actions[name].isEnabled() == (current == "a")


def test_right_to_left_is_mirrored(sidebar: Sidebar) -> None:
    rows = [row(str(n), f"Number {n}", n / 100) for n in range(100)]
    sidebar.show_groups(grouped(rows), "0", ())
    sidebar.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    button = sidebar.list.more_button("0")
    assert button is not None
    assert button.geometry().left() == rect_of(sidebar, "0").left() + 2
    bar = sidebar.list.width() - sidebar.list.viewport().width()
    assert rect_of(sidebar, "0").left() == max(0, 12 - bar)
    assert rect_of(sidebar, "0").right() == sidebar.list.viewport().width() - 12 - 1


def test_buttons_of_the_rail_stand_for_actions(qtbot, theme, actions: Actions) -> None:
    rail = Rail(theme, actions)
    qtbot.addWidget(rail)
    assert rail.minimumWidth() == RAIL_WIDTH
    for start, name in (("New conv", "new_conversation"), ("Search", "search_conversations")):
        button = next(c for c in rail.findChildren(QWidget) if c.accessibleName().startswith(start))
        with qtbot.waitSignal(actions[name].triggered):
            qtbot.mouseClick(button, LEFT)
