"""Suite `gui`: how soon the window is there, and how late it is while an answer streams."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

from app.conversation import Conversation, TurnState
from app.drafts import Draft
from app.startup import Program
from engine import user
from engine.bench.report import Row
from engine.settings import Settings, save_settings, settings_path

_BEAT_MS = 4
_TOKENS = 1500
_TURNS = 1000
_STARTS = 3

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
_BUILD_MODEL = """
import sys, pathlib
from engine.bench.models import build_starter_arch
build_starter_arch(pathlib.Path(sys.argv[1]), 8192)
"""


def run() -> list[Row]:
    """Start, stream and open; needs a display, or `QT_QPA_PLATFORM=offscreen`."""
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    lateness = _lateness_ms(application)
    return [
        Row("gui", "stall_p99_ms", quantiles(lateness, n=100)[-1], "ms", 16, "lower"),
        Row("gui", "stall_max_ms", max(lateness), "ms", 100, "lower"),
        Row("gui", "first_paint_s", _first_paint_s(), "s", 1.0, "lower"),
        Row("gui", "open_1000_turns_ms", _open_ms(application), "ms", 300, "lower"),
    ]


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


def _lateness_ms(application: QApplication) -> list[float]:
    """How late each beat of a 4 ms timer came while an answer streamed."""
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "starter-arch"
        _child(_BUILD_MODEL, str(model))
        kept = settings_path().read_bytes() if settings_path().exists() else None
        save_settings(settings_path(), Settings(model_folder=model, max_tokens=_TOKENS))
        try:
            return _stream(application)
        finally:
            settings_path().unlink()
            if kept is not None:
                settings_path().write_bytes(kept)


def _stream(application: QApplication) -> list[float]:
    program = Program(application)
    loop = QEventLoop()
    beats: list[float] = []
    timer = QTimer(program, interval=_BEAT_MS)
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(lambda: beats.append(time.perf_counter()))
    program.models.ready.connect(lambda: program.session.send(Draft("Speak without end")))
    program.session.answer_finished.connect(lambda _turn: loop.quit())
    program.models.failed.connect(lambda _error: loop.quit())
    program.models.ready.connect(timer.start)
    program.show()
    loop.exec()
    timer.stop()
    program.window.close()
    program.close()
    return [(later - earlier) * 1000 - _BEAT_MS for earlier, later in pairwise(beats)]


def _open_ms(application: QApplication) -> float:
    """Milliseconds to show a conversation of a thousand answered turns."""
    conversation = Conversation()
    for n in range(_TURNS):
        turn = conversation.add(user(f"Question {n}"))
        turn.answer, turn.state = f"**Answer** {n} with a few words in it.", TurnState.DONE
    program = Program(application)
    program.window.show()
    application.processEvents()
    started = time.perf_counter()
    program.page.show_conversation(conversation)
    application.processEvents()
    elapsed = (time.perf_counter() - started) * 1000
    program.window.close()
    program.close()
    return elapsed


def _child(program: str, *argv: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program, *argv], check=True, capture_output=True, text=True
    )
    return done.stdout
