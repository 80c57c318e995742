from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QImage,
)
from PySide6.QtWidgets import QApplication, QMainWindow

from app.ui.composer_editor import ComposerEditor
from app.ui.drop_overlay import DropOverlay
from app.ui.theme import Theme

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

COPY = Qt.DropAction.CopyAction
LEFT = Qt.MouseButton.LeftButton
PLAIN = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    made = QMainWindow()
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    return made


@pytest.fixture
def overlay(window: QMainWindow) -> DropOverlay:
    made = DropOverlay(Theme(), window)
    made.install(window)
    return made


def files(*names: str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(f"/home/{name}") for name in names])
    return data


def enter(window: QMainWindow, data: QMimeData) -> QDragEnterEvent:
    event = QDragEnterEvent(QPoint(5, 5), COPY, data, LEFT, PLAIN)
    event.ignore()
    QApplication.sendEvent(window, event)
    return event


def drop(window: QMainWindow, data: QMimeData, at: QPointF) -> QDropEvent:
    event = QDropEvent(at, COPY, data, LEFT, PLAIN)
    event.ignore()
    QApplication.sendEvent(window, event)
    return event


def test_files_dragged_over_the_window_are_counted_by_kind(
    window: QMainWindow, overlay: DropOverlay
) -> None:
    event = enter(window, files("a.pdf", "b.PDF", "c.png"))

    assert event.isAccepted()
    assert overlay.isVisible()
    assert overlay.geometry() == window.rect()
    assert (overlay.title, overlay.contents) == ("Drop to add 3 files", "2 PDFs, 1 image")


def test_drop_anywhere_asks_here(qtbot: QtBot, window: QMainWindow, overlay: DropOverlay) -> None:
    data = files("a.pdf")
    enter(window, data)

    with qtbot.waitSignal(overlay.dropped) as dropped:
        event = drop(window, data, QPointF(3, 3))

    assert event.isAccepted()
    assert dropped.args == [[Path("/home/a.pdf")], None, False]
    assert overlay.isHidden()


def test_drop_in_the_second_zone_starts_a_new_conversation(
    qtbot: QtBot, window: QMainWindow, overlay: DropOverlay
) -> None:
    data = files("a.pdf")
    enter(window, data)
    second = overlay.zone(1).center()
    move = QDragMoveEvent(second.toPoint(), COPY, data, LEFT, PLAIN)
    QApplication.sendEvent(window, move)
    assert move.isAccepted()
    overlay.grab()  # draws with the second zone chosen

    with qtbot.waitSignal(overlay.dropped) as dropped:
        drop(window, data, second)

    assert dropped.args[2] is True


def test_raw_picture_is_handed_over(
    qtbot: QtBot, window: QMainWindow, overlay: DropOverlay
) -> None:
    data = QMimeData()
    image = QImage(20, 10, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.blue)
    data.setImageData(image)
    enter(window, data)
    assert overlay.title == "Drop to add the picture"

    with qtbot.waitSignal(overlay.dropped) as dropped:
        drop(window, data, QPointF(1, 1))

    paths, picture, new = dropped.args
    assert (paths, new) == ([], False)
    assert (picture.width(), picture.height()) == (20, 10)


def test_text_is_left_to_whoever_else_wants_it(window: QMainWindow, overlay: DropOverlay) -> None:
    data = QMimeData()
    data.setText("words")

    assert not enter(window, data).isAccepted()
    assert overlay.isHidden()


def test_leaving_the_window_takes_the_overlay_away(
    window: QMainWindow, overlay: DropOverlay
) -> None:
    enter(window, files("a.pdf"))
    QApplication.sendEvent(window, QDragLeaveEvent())

    assert overlay.isHidden()


def test_address_on_the_net_is_not_a_file(window: QMainWindow, overlay: DropOverlay) -> None:
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/a.pdf")])

    assert not enter(window, data).isAccepted()
    assert overlay.isHidden()


def test_files_over_the_text_field_reach_the_window(
    qtbot: QtBot, window: QMainWindow, overlay: DropOverlay
) -> None:
    editor = ComposerEditor(Theme())
    editor.setMinimumHeight(200)
    window.setCentralWidget(editor)
    QApplication.processEvents()
    handle = window.windowHandle()
    spot = QPointF(editor.geometry().center())
    assert window.childAt(spot.toPoint()) is editor.viewport()
    data = files("a.pdf")

    # Through the native window, so that Qt itself looks for who takes it.
    entered = QDragEnterEvent(spot.toPoint(), COPY, data, LEFT, PLAIN)
    QApplication.sendEvent(handle, entered)
    assert overlay.isVisible()
    with qtbot.waitSignal(overlay.dropped):
        QApplication.sendEvent(handle, QDropEvent(spot, COPY, data, LEFT, PLAIN))
    assert editor.toPlainText() == ""


def test_a_picture_dragged_from_a_browser_is_its_pixels_not_its_address(
    qtbot: QtBot, window: QMainWindow, overlay: DropOverlay
) -> None:
    image = QImage(20, 10, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.blue)
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    data = QMimeData()
    data.setData("image/png", content)
    data.setHtml('<img src="https://example.org/a.png">')
    data.setUrls([QUrl("https://example.org/a.png")])
    assert enter(window, data).isAccepted()
    assert overlay.title == "Drop to add the picture"
    with qtbot.waitSignal(overlay.dropped) as dropped:
        drop(window, data, QPointF(1, 1))
    paths, picture, _ = dropped.args
    assert paths == []
    assert picture.pixelColor(3, 3) == QColor(Qt.GlobalColor.blue)


def test_a_tag_without_pixels_is_not_taken(window: QMainWindow, overlay: DropOverlay) -> None:
    data = QMimeData()
    data.setHtml('<img src="https://example.org/a.png">')
    assert not enter(window, data).isAccepted()
    assert overlay.isHidden()
