"""Tray and keys from anywhere: off at first, kept when wanted, and honest where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QAction, QColor
from PySide6.QtWidgets import QLineEdit, QSystemTrayIcon

from app.desktop import GlobalShortcut
from app.desktop_control import DesktopControl
from app.settings_store import SettingsStore
from app.ui.main_window import MainWindow
from app.ui.notice_bar import NoticeBar
from app.ui.tray_icon import TrayIcon, monochrome_icon

if TYPE_CHECKING:
    from PySide6.QtCore import QObject
    from pytestqt.qtbot import QtBot

    from app.desktop import Chord
    from app.ui.theme import Theme


class Keyboard(GlobalShortcut):
    """Hands out what it is told to, and remembers what was asked of it."""

    def __init__(self, parent: QObject, refusal: str = "") -> None:
        super().__init__(parent)
        self.refusal = refusal
        self.asked: list[Chord | None] = []

    def start(self, chord: Chord) -> None:
        self.asked.append(chord)
        if self.refusal:
            self.refused.emit(self.refusal)
        else:
            self.granted.emit("Super+S")

    def stop(self) -> None:
        self.asked.append(None)


class Desk:
    def __init__(self, qtbot: QtBot, theme: Theme) -> None:
        self.window = MainWindow(theme)
        self.window.set_page(QLineEdit(), ())
        qtbot.addWidget(self.window)
        self.bar = NoticeBar(theme)
        qtbot.addWidget(self.bar)
        self.store = SettingsStore()
        self.control = DesktopControl(theme, self.window, self.bar, self.store)
        self.action = self.window.registry["capture_anywhere"]

    def give(self, keyboard: Keyboard) -> None:
        self.control.use(keyboard)
        self.window.registry.set_reason("capture_anywhere", "")


@pytest.fixture
def desk(qtbot: QtBot, theme: Theme) -> Desk:
    return Desk(qtbot, theme)


def test_both_are_off_at_first(desk: Desk) -> None:
    desk.control.start()
    assert desk.control.tray is None
    assert not desk.action.isChecked()


def test_a_system_without_either_says_so(desk: Desk) -> None:
    actions = desk.window.registry
    assert actions.reason("capture_anywhere").startswith("This system hands keys")
    if not QSystemTrayIcon.isSystemTrayAvailable():
        assert actions.reason("tray_icon") == "This desktop has no tray for icons"


def test_nothing_is_offered_that_could_not_capture(desk: Desk) -> None:
    there = "capture_screen" in desk.window.registry
    assert desk.action.isVisible() == there


def test_the_choice_is_kept_and_the_keys_are_named_as_they_were_given(desk: Desk) -> None:
    keyboard = Keyboard(desk.control)
    desk.give(keyboard)
    desk.action.setChecked(True)
    assert SettingsStore().window.capture_anywhere
    assert [chord.key for chord in keyboard.asked if chord] == ["S"]
    assert "Super+S" in desk.action.text()
    desk.action.setChecked(False)
    assert keyboard.asked[-1] is None
    assert not SettingsStore().window.capture_anywhere


def test_a_refusal_turns_it_off_and_is_told(desk: Desk) -> None:
    desk.give(Keyboard(desk.control, "Another program has taken these keys already."))
    desk.action.setChecked(True)
    assert not desk.action.isChecked()
    assert not SettingsStore().window.capture_anywhere
    assert "Another program has taken these keys already." in desk.bar.sentence


def test_keys_that_cannot_be_asked_for_are_told(desk: Desk) -> None:
    desk.give(Keyboard(desk.control))
    desk.store.change(capture_keys="S")
    desk.action.setChecked(True)
    assert not desk.action.isChecked()
    assert desk.bar.sentence.startswith("Capture from anywhere is off. S are no keys")


def test_the_tray_menu_has_what_there_is(qtbot: QtBot, theme: Theme, desk: Desk) -> None:
    tray = TrayIcon(theme, desk.window.registry, desk.window)
    texts = [action.text().replace("&", "") for action in tray.menu.actions()]
    assert texts[0] == "Show Tanka"
    assert {"New conversation", "Quit"} <= set(texts)
    first = tray.menu.actions()[0]
    assert isinstance(first, QAction)
    with qtbot.waitSignal(tray.wanted):
        first.trigger()
    with qtbot.waitSignal(tray.wanted):
        tray.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize(("size", "unit"), [(16, 1), (22, 2), (24, 2), (32, 3)])
def test_the_mark_has_whole_pixels_in_one_colour(size: int, unit: int) -> None:
    color = QColor("#857C6B")
    image = monochrome_icon(color).pixmap(size, size).toImage()
    seen = {image.pixelColor(x, y).rgba() for x in range(size) for y in range(size)}
    assert seen == {0, color.rgba()}
    edge = (size - 10 * unit) // 2
    row = [image.pixelColor(x, edge).alpha() > 0 for x in range(size)]
    assert sum(row) == 5 * unit
    assert row[edge : edge + unit] == [True] * unit
