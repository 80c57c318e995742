"""The ring shows where the keyboard is, and leaves the mouse alone."""

from __future__ import annotations

import pytest
import shiboken6
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QApplication, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.ui.focus_ring import FocusRing
from app.ui.parts import TextButton


@pytest.fixture
def ring(theme, qapp: QApplication) -> FocusRing:
    return FocusRing(theme, qapp)


@pytest.fixture
def window(qtbot, ring: FocusRing) -> QWidget:
    assert ring.around is None
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    for name in ("one", "two"):
        button = QPushButton(name)
        button.setObjectName(name)
        column.addWidget(button)
    with qtbot.waitActive(window):
        window.show()
    return window


def press(qtbot, window: QWidget, key: Qt.Key) -> None:
    """A key as it comes from the system: to the window first, then to the widget."""
    qtbot.keyClick(window.windowHandle(), key)


def test_tab_shows_the_ring_and_moving_on_takes_it_along(qtbot, window, ring) -> None:
    press(qtbot, window, Qt.Key.Key_Tab)
    assert ring.around is QApplication.focusWidget()
    before = ring.around
    press(qtbot, window, Qt.Key.Key_Tab)
    assert ring.around is QApplication.focusWidget()
    assert ring.around is not before


def test_a_click_shows_none(qtbot, window, ring) -> None:
    press(qtbot, window, Qt.Key.Key_Tab)
    qtbot.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, pos=window.rect().center())
    assert ring.around is None


def test_the_ring_stays_two_pixels_away_while_its_target_moves(qtbot, window, ring) -> None:
    press(qtbot, window, Qt.Key.Key_Tab)
    window.resize(500, 300)
    target = ring.around
    assert ring._ring.geometry() == target.geometry().adjusted(-4, -4, 4, 4)


def test_a_target_that_goes_takes_its_ring_along(qtbot, window, ring) -> None:
    press(qtbot, window, Qt.Key.Key_Tab)
    ring.around.deleteLater()
    qtbot.waitUntil(lambda: ring.around is None or ring.around.parent() is window)


def test_a_target_deleted_at_once_leaves_the_next_one_its_own_ring(qtbot, ring, theme) -> None:
    going, other = QWidget(), TextButton(theme, "other")
    qtbot.addWidget(going)
    qtbot.addWidget(other)
    column = QVBoxLayout(going)
    # The Python side of the target outlives it.
    first, second = TextButton(theme, "one"), TextButton(theme, "two")
    column.addWidget(first)
    column.addWidget(second)
    with qtbot.waitActive(going):
        going.show()
    while ring.around is not second:
        press(qtbot, going, Qt.Key.Key_Tab)
    with qtbot.captureExceptions() as exceptions:
        shiboken6.delete(second)
        with qtbot.waitActive(other):
            other.show()
        other.setFocus()
    assert exceptions == []
    assert ring.around in (None, other)


def test_in_a_scroll_area_the_ring_scrolls_along(qtbot, ring) -> None:
    area = QScrollArea()
    qtbot.addWidget(area)
    content = QWidget()
    content.setFixedSize(200, 2000)
    for place, name in enumerate(("first", "second")):
        QPushButton(name, content).setGeometry(QRect(20, 100 + 50 * place, 80, 30))
    area.setWidget(content)
    with qtbot.waitActive(area):
        area.show()
    while ring.around is None:
        press(qtbot, area, Qt.Key.Key_Tab)
    assert ring._ring.parentWidget() is content
