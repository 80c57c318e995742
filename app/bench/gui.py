"""Suite `gui`: how soon the window is there, and how late it is while an answer streams.

The stream is one long answer in real time, while a conversation of a thousand turns is open. It is
spoken by an engine without a model (`steady_engine`): what is measured is the window. It all
happens in a folder of its own, beside what the person keeps.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from statistics import median, quantiles
from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

from app.bench import answers
from app.bench.steady_engine import steady_client
from app.drafts import Draft
from app.startup import Program
from engine.bench.report import Row
from engine.machine import process_memory_bytes
from engine.paths import HOME_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

_BEAT_MS = 4
_TOKENS = 20_000
_TOKENS_PER_S = 300
_TURNS = 1000
_STARTS = 3
_OPENINGS = 3
# After a conversation was opened, the window does the rest at leisure.
_SETTLING_MS = 1000
_PATIENCE_MS = 50
_MEGA = 1_000_000
_LARGEST_GROWTH_MB = 16

# A process of its own: its start is what is measured.
_FIRST_PAINT = """
import sys, time, psutil
from PySide6.QtWidgets import QApplication
from app.startup import Program
application = QApplication(sys.argv[:1])
program = Program(application)
def painted():
    print(time.time() - psutil.Process().create_time(), "torch" in sys.modules)
    application.quit()
program.window.first_painted.connect(painted)
program.window.show()
application.exec()
"""


@dataclass(frozen=True, slots=True)
class Stream:
    """How late each beat of a 4 ms timer came, and how much memory the second half took."""

    lateness_ms: list[float]
    growth_mb: float


def run() -> list[Row]:
    """Start, stream and open; needs a display, or `QT_QPA_PLATFORM=offscreen`."""
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    with _another_home():
        opening = _open_ms(application)
        stream = _stream(application)
    late, growth = stream.lateness_ms, stream.growth_mb
    return [
        Row("gui", "stall_p99_ms", quantiles(late, n=100)[-1], "ms", 16, "lower"),
        Row("gui", "stall_max_ms", max(late), "ms", 100, "lower"),
        Row("gui", "first_paint_s", _first_paint_s(), "s", 1.0, "lower"),
        Row("gui", "open_1000_turns_ms", opening, "ms", 300, "lower"),
        Row("gui", "stream_memory_growth_mb", growth, "MB", _LARGEST_GROWTH_MB, "lower"),
    ]


@contextmanager
def _another_home() -> Iterator[None]:
    """Conversations and settings in a folder that is removed afterwards."""
    before = os.environ.get(HOME_VARIABLE)
    with tempfile.TemporaryDirectory() as folder:
        os.environ[HOME_VARIABLE] = folder
        try:
            yield
        finally:
            del os.environ[HOME_VARIABLE]
            if before is not None:
                os.environ[HOME_VARIABLE] = before


def _keep(application: QApplication, program: Program) -> str:
    """A long conversation in the store and nowhere else; returns its id."""
    conversation = answers.conversation(_TURNS)
    program.library.insert(conversation)
    while program.library.unwritten:
        application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, _PATIENCE_MS)
    return conversation.id


def _first_paint_s() -> float:
    """Seconds from the start of the process to the first paint; torch must not be loaded."""
    times = []
    for _ in range(_STARTS):
        done = _child(_FIRST_PAINT)
        seconds, torch_loaded = done.split()
        if torch_loaded == "True":
            raise RuntimeError("torch was imported before the window was painted")
        times.append(float(seconds))
    return median(times)


def _stream(application: QApplication) -> Stream:
    """One answer of many tokens, below a thousand turns, from the first to the last of them."""
    pieces = list(answers.tokens(_TOKENS))
    program = Program(application, steady_client(pieces, _TOKENS_PER_S))
    loop = QEventLoop()
    beats: list[float] = []
    memory: list[int] = []
    timer = QTimer(program, interval=_BEAT_MS)
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(lambda: beats.append(time.perf_counter()))
    halfway = QTimer(program, interval=round(500 * len(pieces) / _TOKENS_PER_S), singleShot=True)
    halfway.timeout.connect(lambda: memory.append(process_memory_bytes()))
    program.models.ready.connect(loop.quit)
    program.show()
    loop.exec()
    program.session.open(_keep(application, program))
    QTimer.singleShot(_SETTLING_MS, loop.quit)
    loop.exec()
    program.session.answer_finished.connect(lambda _turn: loop.quit())
    timer.start()
    halfway.start()
    program.session.send(Draft("Speak without end"))
    loop.exec()
    timer.stop()
    growth = (process_memory_bytes() - memory[0]) / _MEGA
    _close(program)
    return Stream([(b - a) * 1000 - _BEAT_MS for a, b in pairwise(beats)], growth)


def _open_ms(application: QApplication) -> float:
    """Milliseconds from the choice of a conversation of a thousand turns until it is painted.

    It is read from the disk for that, as on the morning after.
    """
    program = Program(application, steady_client([], _TOKENS_PER_S))
    loop = QEventLoop()
    program.models.ready.connect(loop.quit)
    program.session.conversation_opened.connect(loop.quit)
    program.show()
    loop.exec()
    times = []
    for conversation_id in [_keep(application, program) for _ in range(_OPENINGS)]:
        started = time.perf_counter()
        program.session.open(conversation_id)
        loop.exec()
        program.page.view.repaint()
        times.append((time.perf_counter() - started) * 1000)
        application.processEvents()
    _close(program)
    return median(times)


def _close(program: Program) -> None:
    program.window.close()
    program.close()


def _child(program: str, *argv: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program, *argv], check=True, capture_output=True, text=True
    )
    return done.stdout
