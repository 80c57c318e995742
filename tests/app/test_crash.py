"""A fault that nobody caught is logged, told in a sentence, and reported without content."""

from __future__ import annotations

import asyncio
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from app.crash import FaultCatcher
from app.fault_report import report_of
from engine import TurnFault

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def catcher(qapp) -> Iterator[FaultCatcher]:
    catcher = FaultCatcher(qapp)
    before = sys.excepthook, threading.excepthook
    catcher.install()
    yield catcher
    catcher.uninstall()
    assert (sys.excepthook, threading.excepthook) == before


def fault() -> Exception:
    try:
        raise ZeroDivisionError("a seam came open")
    except ZeroDivisionError as raised:
        return raised


def test_a_fault_in_a_slot_is_told_with_its_report(qtbot, catcher: FaultCatcher, caplog) -> None:
    raised = fault()
    with qtbot.waitSignal(catcher.caught) as caught:
        sys.excepthook(type(raised), raised, raised.__traceback__)
    sentence, report = caught.args
    assert "Your conversations are still here." in sentence
    assert "ZeroDivisionError: a seam came open" in report
    assert "test_crash.py" in report
    assert "an uncaught fault" in caplog.text


def test_a_fault_in_a_thread_is_told_in_the_gui_thread(qtbot, catcher: FaultCatcher) -> None:
    def fail() -> None:
        raise ValueError("beside the window")

    heard: list[threading.Thread] = []
    catcher.caught.connect(lambda *_: heard.append(threading.current_thread()))
    thread = threading.Thread(target=fail)
    with qtbot.waitSignal(catcher.caught):
        thread.start()
    thread.join()
    assert heard == [threading.main_thread()]


def test_the_engines_own_sentence_is_kept(qtbot, catcher: FaultCatcher) -> None:
    with qtbot.waitSignal(catcher.caught) as caught:
        sys.excepthook(TurnFault, TurnFault("The answer broke off."), None)
    assert caught.args[0] == "The answer broke off."


def test_a_task_that_nobody_awaits_is_told_too(qtbot, catcher: FaultCatcher) -> None:
    loop = asyncio.new_event_loop()
    with qtbot.waitSignal(catcher.caught):
        catcher.on_loop_fault(loop, {"message": "…", "exception": fault()})
    loop.close()


def test_a_report_names_versions_and_nothing_else() -> None:
    lines = report_of(fault()).splitlines()
    assert lines[0].startswith("Tanka ")
    assert "Python" in lines[0]
    assert "Qt" in lines[0]
    assert lines[-1] == "ZeroDivisionError: a seam came open"
