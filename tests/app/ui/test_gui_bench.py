"""The suite `gui` at a small size: every row is there, and the stream is what it says it is."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import pytest

from app.bench import answers, gui
from app.bench.steady_engine import steady_client
from app.engine_bridge import EngineBridge
from app.ui.markdown_blocks import parse
from engine import Finished, Generate, Limits, SamplingParams, TextDelta, user

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from engine import Event

BARS = {
    "stall_p99_ms": 16,
    "stall_max_ms": 100,
    "first_paint_s": 1.0,
    "open_1000_turns_ms": 300,
    "stream_memory_growth_mb": 16,
}


@pytest.mark.usefixtures("qapp")
def test_every_row_is_there_with_its_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gui, "_TOKENS", 200)
    monkeypatch.setattr(gui, "_TURNS", 30)
    monkeypatch.setattr(gui, "_STARTS", 1)
    monkeypatch.setattr(gui, "_SETTLING_MS", 1)
    rows = gui.run()
    assert {row.name: row.bar for row in rows} == BARS
    assert all(row.suite == "gui" and row.better == "lower" for row in rows)
    assert all(row.value > 0 for row in rows if row.name != "stream_memory_growth_mb")


def test_answers_hold_what_people_get_and_are_always_the_same() -> None:
    text = "".join(answers.tokens(3000))
    assert text == "".join(answers.tokens(3000))
    kinds = {block.kind for block in parse(text)}
    assert {"prose", "item", "code", "table"} <= kinds
    assert len(list(answers.tokens(3000))) == 3000
    lengths = {len(turn.answer) for turn in answers.conversation(12).turns}
    assert len(lengths) > 6


def test_the_steady_engine_speaks_token_by_token(qapp: QApplication, qtbot: QtBot) -> None:
    pieces = list(islice(answers.tokens(30), 30))
    bridge = EngineBridge(steady_client(pieces, 1000), qapp)
    heard: list[Event] = []
    bridge.submit(Generate((user("Speak"),), SamplingParams(), Limits(max_tokens=99)), heard.append)
    qtbot.waitUntil(lambda: bool(heard) and isinstance(heard[-1], Finished))
    assert bridge.close(5.0)
    spoken = [event for event in heard if isinstance(event, TextDelta)]
    assert "".join(event.text for event in spoken) == "".join(pieces)
    assert spoken[-1].tokens == 30
    assert heard[-1].text == "".join(pieces)
