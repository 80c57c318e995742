"""Names are written where they stand, and nothing that happens meanwhile takes them away."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from sidebar_rows import ROWS, grouped, row

if TYPE_CHECKING:
    from app.ui.sidebar import Sidebar

LEFT = Qt.MouseButton.LeftButton


def editor_of(sidebar: Sidebar) -> QLineEdit:
    (editor,) = sidebar.list.viewport().findChildren(QLineEdit)
    return editor


def place(sidebar: Sidebar, key: str) -> QPoint:
    rows = sidebar.list.rows
    return sidebar.list.visualRect(rows.index(rows.row_of(key))).center()


def go_to(sidebar: Sidebar, key: str) -> None:
    selection, rows = sidebar.list.selectionModel(), sidebar.list.rows
    sidebar.list.setFocus(Qt.FocusReason.TabFocusReason)
    index = rows.index(rows.row_of(key))
    selection.setCurrentIndex(index, selection.SelectionFlag.NoUpdate)


def begin(qtbot, sidebar: Sidebar, key: str) -> QLineEdit:
    go_to(sidebar, key)
    qtbot.keyClick(sidebar.list, Qt.Key.Key_F2)
    return editor_of(sidebar)


def test_f2_and_enter_save_a_name(qtbot, sidebar: Sidebar) -> None:
    editor = begin(qtbot, sidebar, "c")
    assert editor.hasFocus()
    assert editor.selectedText() == "Rental contract, clause 14"
    qtbot.keyClicks(editor, "  Flat,   clause 14 ")
    with qtbot.waitSignal(sidebar.renamed) as renamed:
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert renamed.args == ["c", "Flat, clause 14"]
    assert not sidebar.list.renaming
    assert sidebar.list.hasFocus()


def test_esc_leaves_the_name_as_it_was(qtbot, sidebar: Sidebar) -> None:
    editor = begin(qtbot, sidebar, "c")
    qtbot.keyClicks(editor, "Other")
    assert sidebar.holds_escape
    assert sidebar.renaming == "c"
    with qtbot.assertNotEmitted(sidebar.renamed):
        qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert not sidebar.list.renaming
    assert not sidebar.holds_escape
    assert sidebar.renaming is None


@pytest.mark.parametrize("written", ["", "   ", "Rental contract, clause 14"])
def test_no_name_and_the_same_name_change_nothing(qtbot, sidebar: Sidebar, written: str) -> None:
    editor = begin(qtbot, sidebar, "c")
    editor.setText(written)
    with qtbot.assertNotEmitted(sidebar.renamed):
        qtbot.keyClick(editor, Qt.Key.Key_Return)


def test_going_elsewhere_saves(qtbot, sidebar: Sidebar) -> None:
    editor = begin(qtbot, sidebar, "c")
    qtbot.keyClicks(editor, "Flat")
    with qtbot.waitSignal(sidebar.renamed) as renamed:
        sidebar.search.setFocus()
    assert renamed.args == ["c", "Flat"]
    assert sidebar.search.hasFocus()


def test_tab_saves_and_begins_with_no_other_row(qtbot, sidebar: Sidebar) -> None:
    editor = begin(qtbot, sidebar, "c")
    qtbot.keyClicks(editor, "Flat")
    with qtbot.waitSignal(sidebar.renamed):
        qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert not sidebar.list.renaming


def test_a_name_that_is_written_survives_every_change_of_the_list(qtbot, sidebar: Sidebar) -> None:
    editor = begin(qtbot, sidebar, "c")
    qtbot.keyClicks(editor, "Half a na")
    moved = [
        replace(r, title="By itself", changed=ROWS[1].changed + 9) if r.id == "c" else r
        for r in ROWS
    ]
    sidebar.show_groups(grouped([row("new", "New"), *moved]), "new", {"c"})
    assert editor_of(sidebar) is editor
    assert editor.text() == "Half a na"
    assert editor.hasFocus()
    assert editor.geometry().center().y() == place(sidebar, "c").y()
    with qtbot.waitSignal(sidebar.renamed) as renamed:
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert renamed.args == ["c", "Half a na"]


def test_a_row_that_goes_takes_its_field_along(qtbot, sidebar: Sidebar) -> None:
    begin(qtbot, sidebar, "c")
    with qtbot.assertNotEmitted(sidebar.renamed):
        sidebar.show_groups(grouped([r for r in ROWS if r.id != "c"]), "a", ())
    qtbot.waitUntil(lambda: not sidebar.list.viewport().findChildren(QLineEdit))


def test_the_field_lies_over_the_title_and_hides_the_button(qtbot, sidebar: Sidebar) -> None:
    editor = begin(qtbot, sidebar, "c")
    rows = sidebar.list.rows
    assert editor.geometry() == sidebar.list.visualRect(rows.index(rows.row_of("c")))
    assert sidebar.list.more_button("c") is None
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert sidebar.list.more_button("c") is not None


def test_a_folder_is_renamed_in_the_same_way(qtbot, sidebar: Sidebar) -> None:
    editor = begin(qtbot, sidebar, "folder f1")
    qtbot.keyClicks(editor, "Wells")
    with qtbot.waitSignal(sidebar.folder_renamed) as renamed:
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert renamed.args == ["f1", "Wells"]


def test_a_double_click_opens_once_and_lets_the_name_be_written(qtbot, sidebar: Sidebar) -> None:
    opened: list[str] = []
    sidebar.chosen.connect(opened.append)
    view, spot = sidebar.list.viewport(), place(sidebar, "b")
    qtbot.mouseClick(view, LEFT, pos=spot)
    qtbot.mouseDClick(view, LEFT, pos=spot)
    assert opened == ["b"]
    assert editor_of(sidebar).text() == "Workshop days into my calendar"


def test_a_double_click_on_a_folder_opens_it_and_no_more(qtbot, sidebar: Sidebar) -> None:
    view, spot = sidebar.list.viewport(), place(sidebar, "folder f1")
    qtbot.mouseClick(view, LEFT, pos=spot)
    qtbot.mouseDClick(view, LEFT, pos=spot)
    assert sidebar.unfolded == {"f1"}
    assert not sidebar.list.renaming


def test_a_slow_second_click_lets_the_name_be_written(
    qtbot, sidebar: Sidebar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QApplication, "doubleClickInterval", staticmethod(lambda: 20))
    view, spot = sidebar.list.viewport(), place(sidebar, "a")
    qtbot.mouseClick(view, LEFT, pos=spot)
    assert not sidebar.list._clicks._wait.isActive(), "the first click opens"
    qtbot.mouseClick(view, LEFT, pos=spot)
    qtbot.waitUntil(lambda: sidebar.list.renaming)
    assert editor_of(sidebar).text() == "Alder Valley nitrate report"


def test_a_key_after_the_second_click_begins_no_renaming(qtbot, sidebar: Sidebar) -> None:
    view, spot = sidebar.list.viewport(), place(sidebar, "a")
    qtbot.mouseClick(view, LEFT, pos=spot)
    qtbot.mouseClick(view, LEFT, pos=spot)
    assert sidebar.list._clicks._wait.isActive()
    qtbot.keyClick(sidebar.list, Qt.Key.Key_Down)
    assert not sidebar.list._clicks._wait.isActive()
