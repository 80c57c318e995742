"""The window never waits for the model."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from tiny_checkpoints import build_lfm2_vl

from app.conversation import TurnState
from engine.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

TOKENS = 2000
BEAT_MS = 10
# Far beyond what a person would notice, for machines that do much else at the same time; a window
# that waits for a turn, a chunk or a repaint of everything would be late by seconds.
LONGEST_PAUSE_S = 1.0


def test_the_window_keeps_its_heartbeat_while_2000_tokens_stream(
    open_program, tmp_path: Path
) -> None:
    endless = build_lfm2_vl(tmp_path / "endless", max_context=8192)
    person = open_program(Settings(model_folder=endless, max_tokens=TOKENS))
    program = person.program
    beats: list[float] = []
    timer = QTimer(program.window, interval=BEAT_MS)
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(lambda: beats.append(time.perf_counter()))
    timer.start()
    turn = person.ask("Speak without end")
    timer.stop()
    assert turn.state is TurnState.CUT
    assert turn.completion_tokens == TOKENS
    pauses = [later - earlier for earlier, later in pairwise(beats)]
    assert len(beats) > 20
    assert max(pauses) < LONGEST_PAUSE_S
