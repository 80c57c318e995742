"""Requests go in, events come back in the GUI thread, merged, and only while they are awaited."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from app.engine_bridge import EngineBridge, merge_deltas
from engine import Failed, Finished, Generate, ModelReady, TextDelta, user
from engine.api.requests import LoadModel

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from engine import EngineClient, Event


def question() -> Generate:
    return Generate((user("Where?"),))


def test_events_arrive_in_the_gui_thread_in_order(qtbot: QtBot, bridge: EngineBridge) -> None:
    heard: list[Event] = []
    threads: set[threading.Thread] = set()

    def hear(event: Event) -> None:
        heard.append(event)
        threads.add(threading.current_thread())

    bridge.submit(question(), hear)
    qtbot.waitUntil(lambda: bool(heard) and isinstance(heard[-1], Finished))
    assert threads == {threading.main_thread()}
    assert "".join(e.text for e in heard if isinstance(e, TextDelta)) == "Paris."


def test_neighbouring_pieces_of_one_answer_are_joined() -> None:
    merged = merge_deltas(
        [
            TextDelta("a", "On", 1),
            TextDelta("a", "ce ", 2),
            TextDelta("b", "Two", 1),
            TextDelta("a", "upon", 3),
        ]
    )
    assert merged == [
        TextDelta("a", "Once ", 2),
        TextDelta("b", "Two", 1),
        TextDelta("a", "upon", 3),
    ]


def test_a_burst_wakes_the_window_once(qtbot: QtBot, bridge: EngineBridge, script) -> None:
    def burst(ticket) -> None:
        for number in range(1000):
            script.say(ticket, "x", number + 1)
        script.gate.set()
        script.answer(ticket)

    script.generate = burst
    heard: list[Event] = []
    bridge.submit(question(), heard.append)
    # The GUI thread sleeps through the burst, as it would while painting.
    assert script.gate.wait(5)
    qtbot.waitUntil(lambda: bool(heard) and isinstance(heard[-1], Finished))
    deltas = [event for event in heard if isinstance(event, TextDelta)]
    assert "".join(event.text for event in deltas) == "x" * 1000 + "Paris."
    assert len(deltas) < 10


def test_cancel_ends_with_the_terminal_event(qtbot: QtBot, bridge: EngineBridge, script) -> None:
    script.generate = script.answer_until_stopped
    heard: list[Event] = []
    request_id = bridge.submit(question(), heard.append)
    qtbot.waitUntil(lambda: bool(heard))
    bridge.cancel(request_id)
    qtbot.waitUntil(lambda: isinstance(heard[-1], Finished))
    assert isinstance(heard[-1], Finished)
    assert heard[-1].reason == "cancelled"


def test_nothing_is_heard_of_a_dropped_request(qtbot: QtBot, bridge: EngineBridge, script) -> None:
    script.generate = script.answer_until_stopped
    dropped: list[Event] = []
    kept: list[Event] = []
    request_id = bridge.submit(question(), dropped.append)
    bridge.drop(request_id)
    bridge.submit(LoadModel(), kept.append)
    qtbot.waitUntil(lambda: bool(kept))
    assert isinstance(kept[-1], ModelReady)
    assert dropped == []


def test_closing_delivers_what_was_still_said(qtbot: QtBot, client: EngineClient, script) -> None:
    script.generate = script.answer_until_stopped
    bridge = EngineBridge(client)
    heard: list[Event] = []
    bridge.submit(question(), heard.append)
    qtbot.waitUntil(lambda: bool(heard))
    assert bridge.close(5.0)
    assert isinstance(heard[-1], Finished)


def test_after_closing_every_request_fails(qtbot: QtBot, client: EngineClient) -> None:
    bridge = EngineBridge(client)
    bridge.close(5.0)
    heard: list[Event] = []
    bridge.submit(question(), heard.append)
    qtbot.waitUntil(lambda: bool(heard))
    assert isinstance(heard[-1], Failed)
