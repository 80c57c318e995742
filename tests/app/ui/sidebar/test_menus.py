"""Everything that can be done with a row, from its menu, its button and by keys; and folders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from sidebar_rows import ROWS, grouped, row

from app.store import Folder
from app.ui.sidebar.folder_dialogs import FolderDeletionDialog, FolderNameDialog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.ui.actions import Actions
    from app.ui.sidebar import Sidebar

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(autouse=True)
def _no_menu_left() -> Iterator[None]:
    yield
    while (menu := QApplication.activePopupWidget()) is not None:
        menu.close()


def go_to(sidebar: Sidebar, key: str) -> None:
    selection, rows = sidebar.list.selectionModel(), sidebar.list.rows
    sidebar.list.setFocus(Qt.FocusReason.TabFocusReason)
    index = rows.index(rows.row_of(key))
    selection.setCurrentIndex(index, selection.SelectionFlag.NoUpdate)


def open_menu(qtbot, sidebar: Sidebar, key: str) -> QMenu:
    go_to(sidebar, key)
    qtbot.keyClick(sidebar.list, Qt.Key.Key_Menu)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def texts(menu: QMenu) -> list[str]:
    return [a.text().replace("&", "").split("\t")[0] for a in menu.actions() if a.text()]


def pick(menu: QMenu, *path: str) -> None:
    for name in path[:-1]:
        found = next(a for a in menu.actions() if a.text().replace("&", "") == name)
        menu = found.menu()
    next(
        a for a in menu.actions() if a.text().replace("&", "").split("\t")[0] == path[-1]
    ).trigger()


def submenu(menu: QMenu, name: str) -> QMenu:
    return next(a.menu() for a in menu.actions() if a.text().replace("&", "") == name)


@pytest.mark.parametrize(
    ("key", "held"),
    [(Qt.Key.Key_Menu, Qt.KeyboardModifier.NoModifier), (Qt.Key.Key_F10, SHIFT)],
)
def test_keys_open_the_menu_of_the_row(qtbot, sidebar: Sidebar, key, held) -> None:
    go_to(sidebar, "c")
    qtbot.keyClick(sidebar.list, key, held)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert menu.accessibleName() == "More for ‘Rental contract, clause 14’"
    assert menu.activeAction() is menu.actions()[0]
    assert texts(menu) == ["Rename", "Pin", "Move to folder", "Export", "Delete"]
    assert texts(submenu(menu, "Move to folder")) == [
        "Field work", "Tax 2024", "New folder…", "No folder",
    ]  # fmt: skip
    assert texts(submenu(menu, "Export")) == ["Markdown…", "JSON…", "HTML…"]


def test_the_right_button_opens_the_menu_of_the_row_under_it(sidebar: Sidebar) -> None:
    rows = sidebar.list.rows
    spot = sidebar.list.visualRect(rows.index(rows.row_of("d"))).center()
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, spot, sidebar.list.viewport().mapToGlobal(spot)
    )
    QApplication.sendEvent(sidebar.list.viewport(), event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert menu.accessibleName() == "More for ‘Letter to the housing office’"


def test_the_menu_says_what_is_wanted(qtbot, sidebar: Sidebar) -> None:
    for signal, path, args in (
        (sidebar.pinned, ("Pin",), ["c", True]),
        (sidebar.moved, ("Move to folder", "Tax 2024"), ["c", "f2"]),
        (sidebar.export_requested, ("Export", "Markdown…"), ["c", "markdown"]),
        (sidebar.export_requested, ("Export", "JSON…"), ["c", "json"]),
        (sidebar.export_requested, ("Export", "HTML…"), ["c", "html"]),
        (sidebar.delete_requested, ("Delete",), ["c"]),
    ):
        menu = open_menu(qtbot, sidebar, "c")
        with qtbot.waitSignal(signal) as emitted:
            pick(menu, *path)
        assert emitted.args == args
        menu.close()


def test_what_is_pinned_can_be_unpinned(qtbot, sidebar: Sidebar) -> None:
    menu = open_menu(qtbot, sidebar, "pin")
    with qtbot.waitSignal(sidebar.pinned) as pinned:
        pick(menu, "Unpin")
    assert pinned.args == ["pin", False]


def test_a_conversation_leaves_its_folder_by_menu(qtbot, sidebar: Sidebar) -> None:
    sidebar.set_unfolded(["f1"])
    menu = open_menu(qtbot, sidebar, "x")
    checked = [a.text() for a in submenu(menu, "Move to folder").actions() if a.isChecked()]
    assert checked == ["Field work"]
    with qtbot.waitSignal(sidebar.moved) as moved:
        pick(menu, "Move to folder", "No folder")
    assert moved.args == ["x", None]


def test_the_folder_it_is_in_is_no_move(qtbot, sidebar: Sidebar) -> None:
    sidebar.set_unfolded(["f1"])
    menu = open_menu(qtbot, sidebar, "x")
    with qtbot.assertNotEmitted(sidebar.moved):
        pick(menu, "Move to folder", "Field work")


def test_rename_in_the_menu_lets_the_name_be_written(qtbot, sidebar: Sidebar) -> None:
    menu = open_menu(qtbot, sidebar, "c")
    pick(menu, "Rename")
    menu.close()
    assert sidebar.list.renaming


def test_a_name_with_an_ampersand_is_shown_whole(qtbot, sidebar: Sidebar) -> None:
    sidebar.show_groups(grouped(ROWS, [Folder("q", "Q&A", 1.0)]), "a", ())
    menu = open_menu(qtbot, sidebar, "c")
    assert submenu(menu, "Move to folder").actions()[0].text() == "Q&&A"


def test_a_bare_delete_key_asks_through_the_menu(qtbot, sidebar: Sidebar) -> None:
    go_to(sidebar, "c")
    with qtbot.assertNotEmitted(sidebar.delete_requested):
        qtbot.keyClick(sidebar.list, Qt.Key.Key_Delete)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        assert menu.activeAction().text().startswith("&Delete")
    with qtbot.waitSignal(sidebar.delete_requested) as wanted:
        qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert wanted.args == ["c"]


def test_esc_in_that_menu_deletes_nothing(qtbot, sidebar: Sidebar) -> None:
    go_to(sidebar, "c")
    with qtbot.assertNotEmitted(sidebar.delete_requested):
        qtbot.keyClick(sidebar.list, Qt.Key.Key_Delete)
        qtbot.keyClick(QApplication.activePopupWidget(), Qt.Key.Key_Escape)
    assert sidebar.list.hasFocus()


def test_backspace_does_nothing(qtbot, sidebar: Sidebar) -> None:
    go_to(sidebar, "c")
    with qtbot.assertNotEmitted(sidebar.delete_requested):
        qtbot.keyClick(sidebar.list, Qt.Key.Key_Backspace)
    assert QApplication.activePopupWidget() is None


def test_ctrl_delete_deletes_the_row_of_the_keyboard(qtbot, sidebar: Sidebar) -> None:
    go_to(sidebar, "d")
    with qtbot.waitSignal(sidebar.delete_requested) as wanted:
        qtbot.keyClick(sidebar.list, Qt.Key.Key_Delete, CTRL)
    assert wanted.args == ["d"]


def test_the_open_conversation_is_deleted_and_exported_by_actions(
    qtbot, sidebar: Sidebar, actions: Actions
) -> None:
    with qtbot.waitSignal(sidebar.delete_requested) as wanted:
        actions["delete_conversation"].trigger()
    assert wanted.args == ["a"]
    for name, kind in (("export_conversation", "markdown"), ("export_json", "json")):
        with qtbot.waitSignal(sidebar.export_requested) as wanted:
            actions[name].trigger()
        assert wanted.args == ["a", kind]


def test_the_button_is_at_the_open_row_the_pointed_and_the_focused_one(
    qtbot, sidebar: Sidebar
) -> None:
    view = sidebar.list
    assert [key for key in "abcd" if view.more_button(key)] == ["a"]
    rows = view.rows
    spot = view.visualRect(rows.index(rows.row_of("d"))).center()
    QTest.mouseMove(view.viewport(), spot)
    qtbot.waitUntil(lambda: view.more_button("d") is not None)
    go_to(sidebar, "c")
    assert [key for key in "abcd" if view.more_button(key)] == ["a", "c", "d"]
    button = view.more_button("c")
    assert button.accessibleName() == "More for ‘Rental contract, clause 14’"
    assert button.focusPolicy() == Qt.FocusPolicy.TabFocus
    assert view.more_button("a").focusPolicy() == Qt.FocusPolicy.NoFocus
    assert (button.width(), button.height()) == (28, 28)


def test_the_button_opens_the_menu_and_keeps_the_focus(qtbot, sidebar: Sidebar) -> None:
    go_to(sidebar, "c")
    button = sidebar.list.more_button("c")
    button.setFocus(Qt.FocusReason.TabFocusReason)
    assert sidebar.list.more_button("c") is button
    qtbot.keyClick(button, Qt.Key.Key_Return)
    menu = QApplication.activePopupWidget()
    assert menu.accessibleName() == "More for ‘Rental contract, clause 14’"
    qtbot.keyClick(menu, Qt.Key.Key_Escape)
    assert button.hasFocus()


def test_the_focus_of_a_button_whose_row_goes_stays_in_the_list(sidebar: Sidebar) -> None:
    go_to(sidebar, "c")
    sidebar.list.more_button("c").setFocus(Qt.FocusReason.TabFocusReason)
    sidebar.show_groups(grouped([r for r in ROWS if r.id != "c"]), "a", ())
    assert sidebar.list.has_focus_within


def test_a_new_folder_is_named_first(qtbot, sidebar: Sidebar) -> None:
    pick(open_menu(qtbot, sidebar, "c"), "Move to folder", "New folder…")
    dialog = sidebar.findChild(FolderNameDialog)
    assert not dialog.create_folder.isEnabled()
    qtbot.keyClicks(dialog.name, "  Wells and  rivers ")
    with qtbot.waitSignal(sidebar.folder_created) as created:
        qtbot.keyClick(dialog.name, Qt.Key.Key_Return)
    assert created.args == ["Wells and rivers", "c"]


def test_a_folder_for_nothing_yet_by_action(qtbot, sidebar: Sidebar, actions: Actions) -> None:
    actions["new_folder"].trigger()
    dialog = sidebar.findChild(FolderNameDialog)
    qtbot.keyClicks(dialog.name, "Later")
    with qtbot.waitSignal(sidebar.folder_created) as created:
        dialog.create_folder.click()
    assert created.args == ["Later", None]


def test_no_folder_without_a_name(qtbot, sidebar: Sidebar, actions: Actions) -> None:
    actions["new_folder"].trigger()
    dialog = sidebar.findChild(FolderNameDialog)
    with qtbot.assertNotEmitted(sidebar.folder_created):
        qtbot.keyClicks(dialog.name, "   ")
        qtbot.keyClick(dialog.name, Qt.Key.Key_Return)
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


@pytest.mark.parametrize(("button", "with_conversations"), [("keep", False), ("delete_all", True)])
def test_deleting_a_folder_asks_what_becomes_of_its_conversations(
    qtbot, sidebar: Sidebar, button: str, with_conversations: bool
) -> None:
    menu = open_menu(qtbot, sidebar, "folder f1")
    assert texts(menu) == ["Rename", "New folder…", "Delete…"]
    pick(menu, "Delete…")
    dialog = sidebar.findChild(FolderDeletionDialog)
    assert dialog.keep.text() == "Keep its 2 conversations"
    assert dialog.keep.isDefault()
    assert dialog.delete_all.text() == "Delete them too"
    with qtbot.waitSignal(sidebar.folder_deleted) as deleted:
        getattr(dialog, button).click()
    assert deleted.args == ["f1", with_conversations]


def test_esc_keeps_the_folder(qtbot, sidebar: Sidebar) -> None:
    pick(open_menu(qtbot, sidebar, "folder f1"), "Delete…")
    dialog = sidebar.findChild(FolderDeletionDialog)
    with qtbot.assertNotEmitted(sidebar.folder_deleted):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)


def test_an_empty_folder_is_deleted_without_a_question(qtbot, sidebar: Sidebar) -> None:
    menu = open_menu(qtbot, sidebar, "folder f2")
    with qtbot.waitSignal(sidebar.folder_deleted) as deleted:
        pick(menu, "Delete…")
    assert deleted.args == ["f2", False]


def test_the_empty_part_of_the_list_offers_a_new_folder(sidebar: Sidebar) -> None:
    sidebar.show_groups(grouped([row("one", "One")], ()), "one", ())
    spot = QPoint(100, 500)
    where = sidebar.list.viewport().mapToGlobal(spot)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, spot, where)
    QApplication.sendEvent(sidebar.list.viewport(), event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert texts(menu) == ["New folder…"]
