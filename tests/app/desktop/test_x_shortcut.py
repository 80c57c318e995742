"""Keys under X11: a real X server, and keys pressed on it as from a keyboard."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from app.desktop import Chord
from app.desktop.x_shortcut import XShortcut

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

KEYS = Chord.parse("Ctrl+Alt+S")


@pytest.fixture
def display(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    server = shutil.which("Xvfb")
    if sys.platform != "linux" or server is None or shutil.which("xdotool") is None:
        pytest.skip("there is no X server to try here")
    reading, writing = os.pipe()
    with subprocess.Popen(
        [server, "-displayfd", str(writing), "-nolisten", "tcp"],
        pass_fds=(writing,), stderr=subprocess.DEVNULL,
    ) as running:  # fmt: skip
        os.close(writing)
        with os.fdopen(reading) as told:
            name = f":{told.readline().strip()}"
        monkeypatch.setenv("DISPLAY", name)
        yield name
        running.terminate()


@pytest.fixture
def shortcut(qapp: QApplication) -> Iterator[XShortcut]:
    shortcut = XShortcut(qapp)
    yield shortcut
    shortcut.stop()


def press(keys: str) -> None:
    subprocess.run(["xdotool", "key", keys], check=True, timeout=30)


@pytest.mark.usefixtures("display")
def test_keys_are_heard_with_caps_lock_too_and_no_others_are(
    qtbot: QtBot, shortcut: XShortcut
) -> None:
    with qtbot.waitSignal(shortcut.granted):
        shortcut.start(KEYS)
    for _ in range(2):
        with qtbot.waitSignal(shortcut.pressed):
            press("ctrl+alt+s")
        press("Caps_Lock")
    with qtbot.assertNotEmitted(shortcut.pressed, wait=200):
        press("ctrl+s")


@pytest.mark.usefixtures("display")
def test_keys_that_another_has_are_refused_and_had_once_it_lets_go(
    qtbot: QtBot, qapp: QApplication, shortcut: XShortcut
) -> None:
    other = XShortcut(qapp)
    other.start(KEYS)
    with qtbot.waitSignal(shortcut.refused) as told:
        shortcut.start(KEYS)
    assert told.args == ["Another program has taken these keys already."]
    other.stop()
    with qtbot.waitSignal(shortcut.granted):
        shortcut.start(KEYS)
    with qtbot.waitSignal(shortcut.pressed):
        press("ctrl+alt+s")


def test_without_a_display(
    qtbot: QtBot, shortcut: XShortcut, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":4711")
    with qtbot.waitSignal(shortcut.refused) as told:
        shortcut.start(KEYS)
    assert "display" in told.args[0]
