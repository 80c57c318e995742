"""One window for a data folder: files are handed over, places change hands, waiting ends."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtNetwork import QLocalSocket

import app
from app.instance_request import MOST_BYTES, REFUSED, TAKEN, Request, decoded
from app.instance_server import InstanceServer
from app.single_instance import NotAnswering, Place, address, claim
from engine.file_lock import FileLock
from engine.paths import data_dir

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

# The whole program, but for the model: it tells what it shows.
WINDOW = """
import sys
from app import __main__, startup
from engine import network

startup.Program._start = lambda self: print("open", flush=True)
come_forward = startup.Program._come_forward
def tell(self, request):
    come_forward(self, request)
    chips = self.page.composer.attachments.chips
    state = "offline" if network.is_offline() else "online"
    print(self.window.isVisible(), state, *(chip.name for chip in chips), flush=True)
startup.Program._come_forward = tell
sys.exit(__main__.main(sys.argv[1:]))
"""


class Starts:
    """Real starts of the program; those that are still open at the end are ended."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: list[subprocess.Popen[str]] = []

    def first(self) -> subprocess.Popen[str]:
        """A start that opens its window."""
        started = self.start()
        assert started.stdout is not None
        assert started.stdout.readline() == "open\n"
        return started

    def start(self, *arguments: str, home: Path | None = None) -> subprocess.Popen[str]:
        changes = {} if home is None else {"TANKA_HOME": str(home)}
        changes["PYTHONPATH"] = str(Path(app.__file__).parents[1])
        started = subprocess.Popen(
            [sys.executable, "-c", WINDOW, *arguments], cwd=self._folder,
            env=os.environ | changes, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._open.append(started)
        return started

    def end(self) -> None:
        for started in self._open:
            started.kill()
            started.communicate()


@pytest.fixture
def starts(tmp_path: Path) -> Iterator[Starts]:
    starts = Starts(tmp_path)
    yield starts
    starts.end()


def line(started: subprocess.Popen[str]) -> str:
    assert started.stdout is not None
    return started.stdout.readline().rstrip()


def test_a_second_start_hands_its_files_over_and_ends(starts: Starts, tmp_path: Path) -> None:
    (tmp_path / "größe.txt").write_text("12")
    first = starts.first()
    second = starts.start("größe.txt")
    assert second.wait(60) == 0
    assert line(second) == "", "it opens no window of its own"
    assert line(first) == "True online größe.txt"
    assert starts.start().wait(60) == 0
    assert line(first) == "True online größe.txt"
    first.terminate()
    assert first.wait(60) == 0


def test_a_start_that_is_to_be_offline_is_not_taken_by_a_window_that_is_not(
    starts: Starts,
) -> None:
    first = starts.first()
    assert starts.start("--offline").wait(60) == 0
    assert line(first) == "True offline"


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise there")
def test_after_a_kill_the_next_start_opens_the_window(starts: Starts) -> None:
    killed = starts.first()
    killed.send_signal(signal.SIGKILL)
    killed.wait(60)
    starts.first()


def test_another_data_folder_has_a_window_of_its_own(starts: Starts, tmp_path: Path) -> None:
    starts.first()
    other = starts.start(home=tmp_path / "other")
    assert line(other) == "open"


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise there")
def test_one_that_does_not_answer_is_said_so(starts: Starts) -> None:
    first = starts.first()
    first.send_signal(signal.SIGSTOP)
    with pytest.raises(NotAnswering, match="open already, but does not answer"):
        claim(patience_s=0.5)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise there")
def test_the_program_itself_says_so_and_ends(starts: Starts) -> None:
    starts.first().send_signal(signal.SIGSTOP)
    second = starts.start()
    assert second.wait(60) == 2
    assert line(second) == ""


def test_one_that_is_closing_is_waited_for() -> None:
    closing = FileLock(data_dir() / "window.lock")
    assert closing.acquire()
    timer = threading.Timer(0.3, closing.release)
    timer.start()
    place = claim()
    assert place is not None
    place.give_up()
    timer.join()


def test_a_place_is_held_until_it_is_given_up() -> None:
    place = claim()
    assert place is not None
    with pytest.raises(NotAnswering):
        claim(patience_s=0.1)
    place.give_up()
    again = claim(patience_s=0.1)
    assert again is not None
    again.give_up()


@pytest.mark.skipif(sys.platform == "win32", reason="pipes have no folder")
def test_a_folder_that_others_can_look_into_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    mine = tmp_path / f"tanka-{os.getuid()}"
    mine.mkdir()
    mine.chmod(0o755)
    assert str(mine) not in address()
    assert stat.S_IMODE(Path(address()).parent.stat().st_mode) == 0o700


@pytest.fixture
def server(qapp: QApplication) -> Iterator[InstanceServer]:
    server = InstanceServer(address(), qapp)
    assert server.listening
    yield server
    server.close()


def say(qtbot: QtBot, data: bytes) -> bytes:
    guest = QLocalSocket()
    guest.connectToServer(address())
    assert guest.waitForConnected(5000)
    with qtbot.waitSignal(guest.disconnected):
        guest.write(data)
    return bytes(guest.readAll().data())


def test_what_is_asked_is_heard(qtbot: QtBot, server: InstanceServer, tmp_path: Path) -> None:
    request = Request((tmp_path / "a b.pdf", tmp_path / "ü.png"), "leave", offline=True)
    with qtbot.waitSignal(server.asked) as asked:
        assert say(qtbot, request.encoded()) == TAKEN
    assert asked.args == [request]


@pytest.mark.parametrize(
    "nonsense",
    [b"\n", b"[]\n", b"{\n", b'{"files": "x", "activation": "", "offline": false}\n', b"\xff\n",
     b'{"files": [], "activation": "", "offline": 1}\n', b'{"files": [], "activation": ""}\n',
     json.dumps({"files": ["not/absolute"], "activation": "", "offline": True}).encode() + b"\n",
     b"x" * (MOST_BYTES + 10)],
)  # fmt: skip
def test_nonsense_is_refused(qtbot: QtBot, server: InstanceServer, nonsense: bytes) -> None:
    with qtbot.assertNotEmitted(server.asked):
        assert say(qtbot, nonsense) == REFUSED
    assert say(qtbot, Request().encoded()) == TAKEN


def test_one_that_goes_before_it_has_spoken_is_forgotten(
    qtbot: QtBot, server: InstanceServer
) -> None:
    guest = QLocalSocket()
    guest.connectToServer(address())
    assert guest.waitForConnected(5000)
    guest.write(b'{"files"')
    assert guest.waitForBytesWritten(5000)
    guest.abort()
    with qtbot.assertNotEmitted(server.asked):
        assert say(qtbot, b"\n") == REFUSED


def test_what_a_killed_process_has_left_is_no_obstacle(qtbot: QtBot) -> None:
    first = InstanceServer(address())
    second = InstanceServer(address())  # the first never closed: its socket is still there
    assert second.listening
    with qtbot.waitSignal(second.asked):
        say(qtbot, Request().encoded())
    second.close()
    first.close()


def test_relative_names_become_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    request = decoded(Request((Path("a.txt"),)).encoded())
    assert request is not None
    assert request.files == (tmp_path / "a.txt",)


def test_without_a_lock_there_are_two_windows_rather_than_none(qapp: QApplication) -> None:
    assert not Place(None).serve(qapp).listening
