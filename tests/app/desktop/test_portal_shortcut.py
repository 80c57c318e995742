"""Keys from a desktop portal: a real bus, and a program on it that answers as a portal does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.desktop import Chord

if sys.platform != "linux":
    pytest.skip("portals are Linux's", allow_module_level=True)

from app.desktop.portal_shortcut import PortalShortcut

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

PORTAL = Path(__file__).parents[2] / "support" / "portal_desktop.py"
KEYS = Chord.parse("Ctrl+Alt+S")


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    program = shutil.which("dbus-daemon")
    if program is None:
        pytest.skip("there is no dbus-daemon here")
    command = [program, "--session", "--nofork", "--print-address=1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as daemon:
        assert daemon.stdout is not None
        address = daemon.stdout.readline().strip()
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        yield address
        daemon.terminate()


@contextmanager
def portal(manner: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, str(PORTAL), manner]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    ) as desktop:
        assert desktop.stdout is not None
        assert desktop.stdout.readline().strip() == "ready"
        yield desktop
        desktop.terminate()


@pytest.fixture
def shortcut(qapp: QApplication) -> Iterator[PortalShortcut]:
    shortcut = PortalShortcut(qapp)
    yield shortcut
    shortcut.stop()


@pytest.mark.usefixtures("bus")
def test_keys_that_are_granted_are_heard(qtbot: QtBot, shortcut: PortalShortcut) -> None:
    with portal("grant") as desktop:
        with qtbot.waitSignal(shortcut.granted) as told:
            shortcut.start(KEYS)
        assert told.args == ["given CTRL+ALT+s"]
        assert desktop.stdin is not None
        for _ in range(2):
            with qtbot.waitSignal(shortcut.pressed):
                print("press", file=desktop.stdin, flush=True)


@pytest.mark.usefixtures("bus")
def test_a_desktop_that_says_no(qtbot: QtBot, shortcut: PortalShortcut) -> None:
    with portal("deny"), qtbot.waitSignal(shortcut.refused) as told:
        shortcut.start(KEYS)
    assert told.args == ["The desktop did not allow these keys."]


@pytest.mark.usefixtures("bus")
def test_a_desktop_without_a_portal(qtbot: QtBot, shortcut: PortalShortcut) -> None:
    with qtbot.waitSignal(shortcut.refused) as told:
        shortcut.start(KEYS)
    assert "portal for global shortcuts is missing" in told.args[0]


def test_a_system_without_a_bus(
    qtbot: QtBot, shortcut: PortalShortcut, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'none'}")
    with qtbot.waitSignal(shortcut.refused) as told:
        shortcut.start(KEYS)
    assert "no session bus" in told.args[0]
