"""The bar that takes deletions back: its time, its keys, and where the focus goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from app.ui.main_window import MainWindow
from app.ui.tokens import DARK, LIGHT
from app.ui.undo_bar import HEIGHT, UndoBar

if TYPE_CHECKING:
    from app.ui.theme import Theme

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def place(qtbot) -> QWidget:
    place = QWidget()
    qtbot.addWidget(place)
    place.resize(600, 200)
    QVBoxLayout(place).addWidget(QLineEdit())
    with qtbot.waitActive(place):
        place.show()
    return place


@pytest.fixture
def bar(theme: Theme, place: QWidget) -> UndoBar:
    bar = UndoBar(theme, place, lifetime_ms=200)
    bar.place(place.rect(), at_top=False)
    return bar


def test_it_says_what_was_deleted_and_for_how_long_it_can_be_undone(theme, place) -> None:
    bar = UndoBar(theme, place)
    bar.place(place.rect(), at_top=False)
    bar.show_deleted("a", "Why this query is slow")
    assert bar.isVisible()
    assert bar.height() == HEIGHT
    assert bar.sentence == "‘Why this query is slow’ deleted"
    assert bar._seconds.text() == "8 s"
    assert bar.undo_button.accessibleName() == "Undo: ‘Why this query is slow’ deleted"
    bar.show_folder_deleted("f", "Field work", 6)
    assert bar.sentence == "‘Field work’ and 6 conversations deleted"
    bar.show_folder_deleted("f", "Field work", 1)
    assert bar.sentence == "‘Field work’ and 1 conversation deleted"


def test_undo_takes_it_back_and_closes_the_bar(qtbot, bar: UndoBar) -> None:
    bar.show_deleted("a", "First")
    with qtbot.waitSignal(bar.undone) as undone, qtbot.assertNotEmitted(bar.expired):
        bar.undo_button.click()
    assert undone.args == ["a"]
    assert not bar.isVisible()


def test_when_its_time_is_over_it_is_final(qtbot, bar: UndoBar) -> None:
    with qtbot.waitSignal(bar.expired) as expired, qtbot.assertNotEmitted(bar.undone):
        bar.show_deleted("a", "First")
    assert expired.args == ["a"]
    assert not bar.isVisible()


def test_deletions_are_stacked_and_each_keeps_its_time(qtbot, theme, place) -> None:
    bar = UndoBar(theme, place)
    bar.place(place.rect(), at_top=False)
    for key in "abc":
        bar.show_deleted(key, key.upper())
    undone: list[str] = []
    bar.undone.connect(undone.append)
    bar._deletions[0].left_ms = 1
    with qtbot.waitSignal(bar.expired) as expired:
        pass
    assert expired.args == ["a"]
    assert bar.sentence == "‘C’ deleted"
    bar.undo()
    assert bar.sentence == "‘B’ deleted"
    assert bar.isVisible()
    bar.undo()
    bar.undo()
    assert undone == ["c", "b"]
    assert not bar.isVisible()


def test_time_stands_still_under_the_pointer_and_the_keyboard(qtbot, bar: UndoBar, place) -> None:
    spot = QPointF(5, 5)
    bar.show_deleted("a", "First")
    QApplication.sendEvent(bar, QEnterEvent(spot, spot, spot))
    bar.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
    with qtbot.assertNotEmitted(bar.expired, wait=500):
        pass
    bar.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
    bar.undo_button.setFocus()
    with qtbot.assertNotEmitted(bar.expired, wait=500):
        pass
    with qtbot.waitSignal(bar.expired):
        place.findChild(QLineEdit).setFocus()


def test_the_focus_goes_back_to_where_it_came_from(qtbot, bar: UndoBar, place) -> None:
    field = place.findChild(QLineEdit)
    field.setFocus()
    bar.show_deleted("a", "First")
    bar.undo_button.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(bar.undo_button, Qt.Key.Key_Return)
    assert field.hasFocus()


def test_closing_the_window_makes_all_final(bar: UndoBar) -> None:
    bar.show_deleted("a", "First")
    bar.show_deleted("b", "Second")
    expired: list[str] = []
    bar.expired.connect(expired.append)
    bar.expire_all()
    assert expired == ["a", "b"]
    assert not bar.isVisible()


def test_a_long_title_gives_way_and_not_what_happened_to_it(theme, place) -> None:
    bar = UndoBar(theme, place)
    place.resize(264, 200)
    bar.place(place.rect(), at_top=False)
    bar.show_deleted("a", "A title that is very much longer than the bar is wide")
    QApplication.processEvents()
    assert bar._sentence.text().endswith("…’ deleted")
    assert bar._sentence.toolTip().startswith("‘A title that is very much longer")


@pytest.mark.parametrize(
    ("choice", "ground", "other"), [("light", LIGHT, DARK), ("dark", DARK, LIGHT)]
)
def test_its_colours_are_inverted(theme, place, choice, ground, other) -> None:
    theme.set_choice(choice)
    bar = UndoBar(theme, place)
    bar.place(place.rect(), at_top=False)
    bar.show_deleted("a", "First")
    image = bar.grab().toImage()
    assert image.pixelColor(bar.width() // 2, 3) == ground.ink
    assert other.accent_hi.name() in bar.undo_button.styleSheet()


@pytest.fixture
def window(qtbot, theme) -> MainWindow:
    window = MainWindow(theme)
    page = QWidget()
    field = QLineEdit()
    QVBoxLayout(page).addWidget(field)
    window.set_page(page, (page,))
    qtbot.addWidget(window)
    window.resize(1440, 900)
    with qtbot.waitActive(window):
        window.show()
    field.setFocus()
    return window


def test_ctrl_z_restores_as_long_as_the_bar_is_there(qtbot, window: MainWindow) -> None:
    assert not window.registry["undo_delete"].isEnabled()
    window.undo_bar.show_deleted("a", "First")
    assert window.registry["undo_delete"].isEnabled()
    window.sidebar.search.setFocus()
    with qtbot.waitSignal(window.undo_bar.undone) as undone:
        qtbot.keyClick(window.windowHandle(), Qt.Key.Key_Z, CTRL)
    assert undone.args == ["a"]
    assert not window.registry["undo_delete"].isEnabled()


def test_a_field_with_something_to_undo_keeps_ctrl_z(qtbot, window: MainWindow) -> None:
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    qtbot.keyClicks(field, "words")
    window.undo_bar.show_deleted("a", "First")
    with qtbot.assertNotEmitted(window.undo_bar.undone):
        qtbot.keyClick(window.windowHandle(), Qt.Key.Key_Z, CTRL)
    assert field.text() == ""
    with qtbot.waitSignal(window.undo_bar.undone):
        qtbot.keyClick(window.windowHandle(), Qt.Key.Key_Z, CTRL)


def test_it_stands_at_the_foot_of_the_sidebar_and_covers_no_row(window: MainWindow) -> None:
    bar, sidebar = window.undo_bar, window.sidebar
    height = sidebar.search.y() + sidebar._pages.height()
    bar.show_deleted("a", "First")
    QApplication.processEvents()
    assert bar.geometry().left() == 12
    assert bar.width() == sidebar.width() - 24
    assert bar.geometry().bottom() == window.strip.y() - 1 - 12 - 1
    assert sidebar.search.y() + sidebar._pages.height() <= height - HEIGHT - 12
    bar.undo()
    QApplication.processEvents()
    assert sidebar.search.y() + sidebar._pages.height() == height


def test_beside_the_rail_it_stands_under_the_header(window: MainWindow) -> None:
    window.resize(900, 600)
    window.undo_bar.show_deleted("a", "First")
    assert window.undo_bar.x() == 52 + 12
    assert window.undo_bar.y() == 48 + 12
    window.toggle_sidebar()
    assert window.undo_bar.x() == 12
    assert window.undo_bar.y() > 400
    window.toggle_sidebar()
    assert window.undo_bar.y() == 48 + 12


def test_a_sidebar_that_closes_leaves_no_focus_on_the_bar(qtbot, window: MainWindow) -> None:
    field = QApplication.focusWidget()
    window.resize(900, 600)
    window.registry["search_conversations"].trigger()
    assert window.sidebar.search.hasFocus()
    window.undo_bar.show_deleted("a", "First")
    qtbot.keyClick(window.windowHandle(), Qt.Key.Key_Escape)
    assert not window.sidebar.isVisible()
    assert field.hasFocus()


def test_mirrored_it_stands_with_the_sidebar_at_the_right(
    window: MainWindow, request: pytest.FixtureRequest
) -> None:
    request.addfinalizer(lambda: QApplication.setLayoutDirection(Qt.LayoutDirection.LeftToRight))
    QApplication.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    QApplication.processEvents()
    window.undo_bar.show_deleted("a", "First")
    assert window.undo_bar.geometry().right() == window.width() - 12 - 1
    window.resize(900, 600)
    QApplication.processEvents()
    assert window.undo_bar.geometry().right() == 900 - 52 - 12 - 1
    window.toggle_sidebar()
    assert window.sidebar.geometry().right() == 900 - 1
    assert window.undo_bar.geometry().right() == 900 - 12 - 1
