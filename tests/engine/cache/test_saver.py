"""The thread that writes while the engine rests."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from engine.cache.saver import Saver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.cache.saver import Steps


@pytest.fixture
def saver() -> Iterator[Saver]:
    saver = Saver()
    yield saver
    saver.close(10)


def test_jobs_are_done_one_after_another(saver) -> None:
    order: list[str] = []

    def job(name: str) -> Steps:
        for step in range(3):
            order.append(f"{name}{step}")
            yield

    jobs = [saver.submit(job(name)) for name in "ab"]
    assert saver.finish(10)
    assert order == ["a0", "a1", "a2", "b0", "b1", "b2"]
    assert all(job.done for job in jobs)


def test_a_job_waits_between_steps_while_the_engine_works(saver) -> None:
    begun, go_on, steps = threading.Event(), threading.Event(), []

    def job() -> Steps:
        steps.append(1)
        begun.set()
        assert go_on.wait(10)
        yield
        steps.append(2)

    saver.submit(job())
    assert begun.wait(10)
    with saver.paused(), saver.paused():
        go_on.set()
        finished = threading.Event()
        urgent = saver.submit(iter_once(finished))
        saver.hurry(urgent)
        assert finished.wait(10)  # the thread is there, and took the urgent one alone
        assert steps == [1]
    assert saver.finish(10)
    assert steps == [1, 2]


def iter_once(event: threading.Event) -> Steps:
    event.set()
    yield


def test_finishing_does_not_wait_for_the_engine_to_rest(saver) -> None:
    done = threading.Event()
    with saver.paused():
        saver.submit(iter_once(done))
        assert saver.finish(10)
    assert done.is_set()


def test_what_takes_too_long_is_dropped(caplog) -> None:
    saver = Saver()
    with ExitStack() as stack:
        released = threading.Event()
        stack.callback(released.set)

        def stuck() -> Steps:
            released.wait(20)
            yield

        slow, after = saver.submit(stuck()), saver.submit(iter_once(threading.Event()))
        assert not saver.finish(0.05)
        assert slow.done
        assert after.done
    assert saver.close(10)
    assert "not everything could be written" in caplog.text


def test_a_job_that_fails_does_not_keep_the_next_from_being_done(saver, caplog) -> None:
    def fails() -> Steps:
        yield
        raise RuntimeError("a part broke")

    done = threading.Event()
    broken = saver.submit(fails())
    saver.submit(iter_once(done))
    assert saver.finish(10)
    assert done.is_set()
    assert broken.done
    assert "a part broke" in caplog.text


def test_a_closed_saver_takes_nothing_more() -> None:
    saver = Saver()
    assert saver.close(1)
    assert saver.submit(iter_once(threading.Event())).done
    assert saver.close(1)
