"""A whole session, seen by the system: nothing of it goes beyond this machine."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from traced import calls, environment, left_the_machine, run_traced

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

# The real program with the starter model; a person is played by timers. What is said comes last, so
# that a session which went wrong cannot pass.
SESSION = """
import sys
from PySide6.QtCore import QTimer
from app import __main__, startup

QUESTIONS = ["What can you do?", "And what is 17 plus 5?"]

def ask(self):
    if not QUESTIONS:
        turns = self.session.current.turns
        print("answers", sum(bool(turn.answer) for turn in turns), flush=True)
        self.window.header.machine.click()
        self.window.header.popover.close()
        self.window.close()
        return
    self.page.composer.editor.setPlainText(QUESTIONS.pop())
    def send():
        if self.page.composer.send.isEnabled():
            timer.stop()
            self.page.composer.send.click()
    timer = QTimer(self, interval=20)
    timer.timeout.connect(send)
    timer.start()

connect = startup.Program._connect
def play(self):
    connect(self)
    self.models.ready.connect(lambda: ask(self))
    self.models.failed.connect(lambda error: (print(error.sentence), self.window.close()))
    self.session.answer_finished.connect(lambda turn: QTimer.singleShot(0, lambda: ask(self)))
startup.Program._connect = play
sys.exit(__main__.main(sys.argv[1:]))
"""


@pytest.mark.parametrize("options", [[], ["--offline"]], ids=["online", "offline"])
def test_a_session_and_a_restart_open_no_socket_beyond_this_machine(
    options: list[str], tmp_path: Path, make_files
) -> None:
    document = make_files.text("notes.txt", "The order number is KX-48213.")
    for start in ("first", "again"):
        log = tmp_path / start
        argv = [sys.executable, "-c", SESSION, *options, str(document)]
        done = run_traced(argv, log, environment(tmp_path / "home"))
        assert (done.returncode, done.stdout) == (0, "answers 2\n"), done.stderr
        assert left_the_machine(log) == []
        assert any("socket(AF_UNIX" in line for line in calls(log)), "the trace sees sockets"
    assert not (tmp_path / "home" / "data" / "connections.jsonl").exists()


def test_a_question_on_the_command_line_opens_none_either(tmp_path: Path) -> None:
    log = tmp_path / "trace"
    argv = [sys.executable, "-m", "engine", "ask", "--max-tokens", "4", "Hello?"]
    done = run_traced(argv, log, environment(tmp_path / "home"))
    assert done.returncode == 0, done.stderr
    assert left_the_machine(log) == []
