"""A conversation is dragged onto a folder, and onto nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from sidebar_rows import grouped, row

from app.ui.sidebar.conversation_model import ROW_HEIGHT
from app.ui.sidebar.folder_drops import MIME

if TYPE_CHECKING:
    from app.ui.sidebar import Sidebar

MOVE, LEFT = Qt.DropAction.MoveAction, Qt.MouseButton.LeftButton
PLAIN = Qt.KeyboardModifier.NoModifier


def dragged(conversation_id: str) -> QMimeData:
    data = QMimeData()
    data.setData(MIME, QByteArray(conversation_id.encode()))
    return data


def place(sidebar: Sidebar, key: str) -> QPoint:
    rows = sidebar.list.rows
    return sidebar.list.visualRect(rows.index(rows.row_of(key))).center()


def drag_to(sidebar: Sidebar, data: QMimeData, spot: QPoint) -> QDragMoveEvent:
    view = sidebar.list.viewport()
    QApplication.sendEvent(view, QDragEnterEvent(spot, MOVE, data, LEFT, PLAIN))
    event = QDragMoveEvent(spot, MOVE, data, LEFT, PLAIN)
    QApplication.sendEvent(view, event)
    return event


def drop(sidebar: Sidebar, data: QMimeData, spot: QPoint) -> QDropEvent:
    event = QDropEvent(QPointF(spot), MOVE, data, LEFT, PLAIN)
    QApplication.sendEvent(sidebar.list.viewport(), event)
    return event


def frame_pixels(sidebar: Sidebar, key: str, theme) -> int:
    rows = sidebar.list.rows
    rect = sidebar.list.visualRect(rows.index(rows.row_of(key)))
    picture = sidebar.list.viewport().grab(rect).toImage()
    accent = theme.colors.accent.rgb()
    return sum(picture.pixel(120, y) == accent for y in range(ROW_HEIGHT))


def test_a_folder_under_the_drag_has_a_frame_and_takes_the_drop(
    qtbot, sidebar: Sidebar, theme
) -> None:
    spot = place(sidebar, "folder f2")
    assert frame_pixels(sidebar, "folder f2", theme) == 0
    assert drag_to(sidebar, dragged("c"), spot).isAccepted()
    assert frame_pixels(sidebar, "folder f2", theme) == 2
    with qtbot.waitSignal(sidebar.moved) as moved:
        assert drop(sidebar, dragged("c"), spot).isAccepted()
    assert moved.args == ["c", "f2"]
    assert frame_pixels(sidebar, "folder f2", theme) == 0


def test_rows_headings_and_the_room_between_take_nothing(qtbot, sidebar: Sidebar) -> None:
    heading = sidebar.list.visualRect(sidebar.list.rows.index(2)).center()
    for spot in (place(sidebar, "d"), heading, QPoint(100, 700)):
        assert not drag_to(sidebar, dragged("c"), spot).isAccepted()
        with qtbot.assertNotEmitted(sidebar.moved):
            assert not drop(sidebar, dragged("c"), spot).isAccepted()


def test_the_folder_it_is_in_is_no_move(qtbot, sidebar: Sidebar) -> None:
    with qtbot.assertNotEmitted(sidebar.moved):
        drop(sidebar, dragged("x"), place(sidebar, "folder f1"))


def test_files_are_left_to_the_window(sidebar: Sidebar) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/home/a.pdf")])
    assert not drag_to(sidebar, data, place(sidebar, "folder f1")).isAccepted()


def test_leaving_takes_the_frame_away(sidebar: Sidebar, theme) -> None:
    drag_to(sidebar, dragged("c"), place(sidebar, "folder f1"))
    QApplication.sendEvent(sidebar.list.viewport(), QDragLeaveEvent())
    assert frame_pixels(sidebar, "folder f1", theme) == 0


def test_near_its_end_the_list_scrolls_until_the_drag_leaves(qtbot, sidebar: Sidebar) -> None:
    rows = [row(str(n), f"Number {n}", n / 100) for n in range(60)]
    sidebar.show_groups(grouped(rows), "0", ())
    view = sidebar.list
    end = QPoint(100, view.viewport().height() - 4)
    drag_to(sidebar, dragged("0"), end)
    qtbot.waitUntil(lambda: view.verticalOffset() >= 48)
    QApplication.sendEvent(view.viewport(), QDragLeaveEvent())
    assert not view._drops._scrolling.isActive()


def test_the_pointer_must_go_some_way_before_a_drag_begins(
    qtbot, sidebar: Sidebar, monkeypatch
) -> None:
    begun: list[str] = []
    drops = sidebar.list._drops
    monkeypatch.setattr(drops, "start", lambda key, _picture: begun.append(key))
    view, spot = sidebar.list.viewport(), place(sidebar, "c")
    qtbot.mousePress(view, LEFT, pos=spot)
    qtbot.mouseMove(view, spot + QPoint(2, 2))
    assert begun == []
    qtbot.mouseMove(view, spot + QPoint(20, 20))
    qtbot.mouseMove(view, spot + QPoint(30, 30))
    assert begun == ["c"]
    qtbot.mouseRelease(view, LEFT, pos=spot + QPoint(30, 30))
