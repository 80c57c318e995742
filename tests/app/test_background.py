from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from app.background import Background
from engine import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot


@pytest.fixture
def background(qtbot: QtBot) -> Iterator[Background]:
    del qtbot
    made = Background(threads=1)
    yield made
    assert made.close()


def unexpected(*args: object) -> None:
    pytest.fail(f"called with {args}")


def test_result_arrives_in_the_gui_thread_and_the_work_does_not_run_there(
    qtbot: QtBot, background: Background
) -> None:
    threads: list[int] = []
    results: list[tuple[str, int]] = []

    def work() -> str:
        threads.append(threading.get_ident())
        return "read"

    background.run(work, lambda r: results.append((r, threading.get_ident())), unexpected)
    qtbot.waitUntil(lambda: bool(results))

    assert results == [("read", threading.get_ident())]
    assert threads[0] != threading.get_ident()


def test_what_is_raised_goes_to_the_failure_callback(
    qtbot: QtBot, background: Background, caplog: pytest.LogCaptureFixture
) -> None:
    faults: list[Exception] = []

    def refuse() -> None:
        raise UnreadableFile("No.")

    background.run(refuse, unexpected, faults.append)
    background.run(lambda: 1 // 0, unexpected, faults.append)
    qtbot.waitUntil(lambda: len(faults) == 2)

    assert [type(fault) for fault in faults] == [UnreadableFile, ZeroDivisionError]
    # A refusal is an answer; only what nobody foresaw is logged.
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [
        ZeroDivisionError
    ]


def test_dropped_work_is_not_delivered_nor_begun(qtbot: QtBot, background: Background) -> None:
    gate, begun, done = threading.Event(), threading.Event(), []

    def slow() -> None:
        begun.set()
        gate.wait(5)

    running = background.run(slow, unexpected, unexpected)
    waiting = background.run(lambda: pytest.fail("begun"), unexpected, unexpected)
    assert begun.wait(5)
    background.drop(running)
    background.drop(waiting)
    background.drop("never heard of")
    gate.set()
    background.run(lambda: "after", done.append, unexpected)
    qtbot.waitUntil(lambda: bool(done))

    assert done == ["after"]


def test_close_waits_for_what_runs_and_delivers_nothing_more(qtbot: QtBot) -> None:
    background = Background(threads=1)
    begun, ended = threading.Event(), []

    def slow() -> None:
        begun.set()
        threading.Event().wait(0.05)
        ended.append(True)

    background.run(slow, unexpected, unexpected)
    background.run(lambda: ended.append(False), unexpected, unexpected)
    assert begun.wait(5)

    assert background.close()
    assert ended == [True]
    background.run(lambda: ended.append(False), unexpected, unexpected)
    qtbot.wait(1)
    assert ended == [True]
