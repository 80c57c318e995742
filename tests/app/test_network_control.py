"""The offline switch and the list of connections, as a person finds them in the window."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from app.network_control import NetworkControl
from app.settings_store import SettingsStore
from app.ui.main_window import MainWindow
from engine import network
from engine.settings import Settings, save_settings, settings_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot


@pytest.fixture(autouse=True)
def _online_again() -> Iterator[None]:
    yield
    network.go_online()


@pytest.fixture
def window(qtbot: QtBot, theme) -> MainWindow:
    window = MainWindow(theme)
    qtbot.addWidget(window)
    window.show()
    return window


@pytest.fixture
def control(theme, window: MainWindow) -> NetworkControl:
    return NetworkControl(SettingsStore(), theme, window)


def look_up() -> None:
    socket.getaddrinfo("example.invalid", 443)


def test_the_switch_works_at_once_and_is_kept(
    qtbot: QtBot, control: NetworkControl, window: MainWindow
) -> None:
    window.header.machine.click()
    switch = window.header.popover.offline
    assert not switch.isChecked()
    with qtbot.waitSignal(control.changed) as changed:
        qtbot.mouseClick(switch, Qt.MouseButton.LeftButton)
    assert changed.args == [True]
    with pytest.raises(network.Offline):
        look_up()
    assert SettingsStore().engine.offline
    with qtbot.waitSignal(control.changed) as changed:
        qtbot.keyClick(switch, Qt.Key.Key_Return)
    assert changed.args == [False]
    assert not network.is_offline()
    assert not SettingsStore().engine.offline
    window.header.popover.close()


def test_a_start_is_offline_where_the_settings_say_so(theme, window: MainWindow) -> None:
    save_settings(settings_path(), Settings(offline=True))
    NetworkControl(SettingsStore(), theme, window)
    assert window.header.popover.offline.isChecked()
    with pytest.raises(network.Offline):
        look_up()


def test_a_switch_that_is_held_says_why(window: MainWindow) -> None:
    popover = window.header.popover
    popover.show_offline(True, held=True)
    assert popover.offline.isChecked()
    assert not popover.offline.isEnabled()
    told = " ".join(label.text() for label in popover.findChildren(QLabel))
    assert "Tanka was started offline. This holds until it is closed." in told


def test_connections_are_listed_and_can_be_cleared(
    control: NetworkControl, window: MainWindow
) -> None:
    window.header.machine.click()
    assert control.connections == 0
    network.require("models.example", "Download of a model").count(received=5_000)
    window.header.machine.click()
    assert control.connections == 1
    window.header.popover.connections.click()
    assert not window.header.popover.isVisible()
    dialog = window.findChild(type(control.open_ledger()))
    assert dialog is not None
    assert [entry.host for entry in dialog.page.model.entries] == ["models.example"]
    dialog.page.clear.click()
    dialog.page.confirm.click()
    assert network.ledger() == ()
    assert dialog.page.empty_text
    for opened in window.findChildren(type(dialog)):
        opened.close()


def test_the_list_can_be_exported(control: NetworkControl, tmp_path: Path) -> None:
    network.require("models.example", "Download of a model")
    dialog = control.open_ledger()
    control.export(dialog, tmp_path / "connections.csv")
    assert "models.example,Download of a model" in (tmp_path / "connections.csv").read_text()
    control.export(dialog, tmp_path / "gone" / "connections.csv")
    told = [label.text() for label in dialog.page.findChildren(QLabel) if label.isVisible()]
    assert any("could not be saved" in text for text in told)
    dialog.close()


def test_a_list_that_cannot_be_read_is_said_so(control: NetworkControl) -> None:
    network.ledger_path().mkdir()
    dialog = control.open_ledger()
    told = [label.text() for label in dialog.page.findChildren(QLabel) if label.isVisible()]
    assert any("cannot be read" in text for text in told)
    dialog.close()
