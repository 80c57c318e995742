"""One thread that writes while the engine has nothing else to do.

A job is a generator whose every step writes one file at most. Between steps the saver looks
whether the engine has work: then the job waits, unless somebody hurries it.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    Steps = Generator[None, None, None]

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Job:
    """Steps to be taken; `urgent` also while the engine works. `done` once there are none left."""

    steps: Steps
    urgent: bool = False
    done: bool = False


class Saver:
    """Takes jobs from the engine's thread; its own thread starts with the first and is a daemon."""

    def __init__(self) -> None:
        self._jobs: list[Job] = []
        self._busy = 0
        self._hurried = 0
        self._closed = False
        self._running: Job | None = None
        self._thread: threading.Thread | None = None
        self._changed = threading.Condition()

    def submit(self, steps: Steps) -> Job:
        """Queue a job; once closed it is dropped."""
        job = Job(steps)
        with self._changed:
            if self._closed:
                job.done = True
                return job
            self._jobs.append(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="tanka-saver", daemon=True)
                self._thread.start()
            self._changed.notify_all()
        return job

    def hurry(self, job: Job) -> None:
        """Let `job` go on while the engine works, and before the others."""
        with self._changed:
            job.urgent = True
            self._changed.notify_all()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """No job takes a step meanwhile, but for urgent ones. May be entered several times."""
        with self._changed:
            self._busy += 1
        try:
            yield
        finally:
            with self._changed:
                self._busy -= 1
                self._changed.notify_all()

    def finish(self, timeout_s: float) -> bool:
        """Do all that waits, also while the engine works; what takes longer is dropped."""
        with self._changed:
            self._hurried += 1
            self._changed.notify_all()
            finished = self._changed.wait_for(lambda: not self._jobs, timeout_s)
            self._hurried -= 1
            for job in self._jobs:
                job.done = True
                if job is not self._running:
                    job.steps.close()  # lets go of what it holds
            self._jobs.clear()
        if not finished:
            log.warning("not everything could be written within %g s", timeout_s)
        return finished

    def close(self, timeout_s: float) -> bool:
        """Finish, then end the thread; whether all was done in time."""
        ends_at = time.monotonic() + timeout_s
        finished = self.finish(timeout_s)
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread is not None:
            # At most one more step, which may be a slow disk's: then the process ends without it.
            self._thread.join(max(0.1, ends_at - time.monotonic()))
        return finished

    def _run(self) -> None:
        while (job := self._next()) is not None:
            self._step(job)
            del job  # and what it holds, while there is nothing to do

    def _step(self, job: Job) -> None:
        goes_on = False
        try:
            next(job.steps)
            goes_on = True
        except StopIteration:
            pass
        except Exception:
            log.exception("something could not be kept for the next start")
        with self._changed:
            self._running = None
            if not goes_on:
                job.done = True
            if job.done:
                job.steps.close()
                if job in self._jobs:
                    self._jobs.remove(job)
                self._changed.notify_all()

    def _next(self) -> Job | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._ready() is not None)
            self._running = None if self._closed else self._ready()
            return self._running

    def _ready(self) -> Job | None:
        for job in self._jobs:
            if job.urgent:
                return job
        return self._jobs[0] if self._jobs and (self._hurried or not self._busy) else None
