"""The real program on a real X server: dragged onto, typed at, stopped, closed and started again.

Everything is done from outside by mouse and keys, and read back from what is kept on the disk.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine.settings import Settings, save_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SUPPORT = Path(__file__).parents[1] / "support"
PATIENCE_S = 240.0
SCREEN = (1540, 960)
# Where the window is put: beside the source of the drag.
LEFT, TOP, WIDTH, HEIGHT = 100, 20, 1400, 900

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or not (shutil.which("Xvfb") and shutil.which("xdotool")),
    reason="needs Xvfb and xdotool",
)


def wait_until(holds: Callable[[], bool]) -> None:
    """Look again and again: there is no signal from another program."""
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


class Desktop:
    """An X server of its own, and the hands of a person at it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        reading, writing = os.pipe()
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{SCREEN[0]}x{SCREEN[1]}x24"],
            pass_fds=[writing],
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        with os.fdopen(reading) as told:
            number = told.readline().strip()
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if name not in ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
        } | {"DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb", "TANKA_HOME": str(home)}
        self._programs: list[subprocess.Popen[str]] = []

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        program = subprocess.Popen(
            [sys.executable, *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._programs.append(program)
        return program

    def hands(self, *arguments: str) -> str:
        done = subprocess.run(
            ["xdotool", *arguments],
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
        )
        return done.stdout.strip()

    def close(self) -> None:
        for program in self._programs:
            if program.poll() is None:
                program.kill()
            program.communicate()
        self._server.terminate()
        self._server.wait()


class Tanka:
    """The program, seen from outside."""

    def __init__(self, desktop: Desktop) -> None:
        self._desktop = desktop
        self.process = desktop.start("-m", "app")
        self.window = self.wait_for_title("Tanka")
        desktop.hands("windowmove", "--sync", self.window, str(LEFT), str(TOP))
        desktop.hands("windowsize", self.window, str(WIDTH), str(HEIGHT))
        desktop.hands("windowfocus", "--sync", self.window)

    def wait_for_title(self, title: str) -> str:
        """The window with this title, once there is one."""
        found = self._desktop.hands("search", "--sync", "--onlyvisible", "--name", f"^{title}$")
        return found.splitlines()[-1]

    def type(self, text: str) -> None:
        self._desktop.hands("type", "--delay", "5", text)

    def press(self, *keys: str) -> None:
        self._desktop.hands("key", *keys)

    def quit(self) -> tuple[int, str]:
        """Close it as a person does; its exit status and what it complained of."""
        self.press("ctrl+q")
        _, complaints = self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode, complaints

    @property
    def turns(self) -> list[tuple[str, str, str, str]]:
        """Question, state, answer and parent of what is kept, in the order of asking."""
        path = self._desktop.home / "data" / "conversations.sqlite3"
        if not path.exists():
            return []
        connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
        try:
            query = "SELECT question, state, answer, parent_id FROM turn ORDER BY rowid"
            return connection.execute(query).fetchall()
        except sqlite3.OperationalError:
            return []  # the tables are being made
        finally:
            connection.close()

    def ask(self, question: str, state: str = "done") -> tuple[str, str, str, str]:
        """Type and send; the turn once it has ended."""
        before = len(self.turns)
        self.type(question)
        self.press("Return")
        self.wait_for_turns(before + 1)
        wait_until(lambda: self.turns[before][1] == state)
        return self.turns[before]

    def wait_for_turns(self, count: int) -> None:
        wait_until(lambda: len(self.turns) == count)


@pytest.fixture
def desktop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desktop]:
    home = tmp_path / "home"
    monkeypatch.setenv("TANKA_HOME", str(home))
    (home / "config").mkdir(parents=True)
    save_settings(home / "config" / "settings.json", Settings(max_tokens=400))
    desktop = Desktop(home)
    yield desktop
    desktop.close()


def drag(desktop: Desktop, path: Path) -> None:
    """Drag the file at `path` from another program onto the middle of the window."""
    source = desktop.start(str(SUPPORT / "drag_source.py"), str(path))
    assert source.stdout is not None
    assert source.stdout.readline() == "shown\n"
    desktop.hands("mousemove", "--sync", "40", "40", "mousedown", "1")
    for step in range(1, 21):
        x, y = 40 + step * (LEFT + WIDTH // 2 - 40) // 20, 40 + step * 20
        desktop.hands("mousemove", "--sync", str(x), str(y))
    desktop.hands("mousemove", "--sync", str(LEFT + WIDTH // 2), str(TOP + HEIGHT // 2))
    desktop.hands("mouseup", "1")
    # It stays: the window asks it for the file's address once the mouse has been let go.
    assert source.stdout.readline() == "CopyAction\n"


def test_a_day_at_the_desk(desktop: Desktop, tmp_path: Path) -> None:
    note = tmp_path / "opening hours.txt"
    note.write_text("The harbour office opens at 8:30 on Monday.\n")
    tanka = Tanka(desktop)

    assert tanka.ask("Hello")[2]

    drag(desktop, note)
    desktop.hands("windowfocus", "--sync", tanka.window)
    question, _, answer, _ = tanka.ask("When does the harbour office open?")
    assert "opening hours.txt" in question
    assert answer

    tanka.type("Tell me a long story about the harbour.")
    tanka.press("Return")
    tanka.wait_for_turns(3)
    tanka.press("Escape")
    wait_until(lambda: tanka.turns[2][1] in ("cancelled", "done"))

    status, complaints = tanka.quit()
    assert (status, complaints) == (0, "")
    kept = tanka.turns

    again = Tanka(desktop)
    again.wait_for_title("Hello – Tanka")
    last = again.ask("And who are you?")
    assert again.turns[:3] == kept
    assert last[3] is not None
    assert again.quit() == (0, "")
