"""Work that takes long: run beside the GUI thread, its result handed back in it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TypeVar, cast
from uuid import uuid4

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal, Slot

from engine import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

log = logging.getLogger(__name__)


class Background(QObject):
    """One small pool of threads. Callbacks run in the thread that this object lives in."""

    _ended = Signal(object)

    def __init__(self, parent: QObject | None = None, threads: int = 2) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(threads)
        self._jobs: dict[str, _Job] = {}
        self._closed = False
        self._ended.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        work: Callable[[], T],
        on_success: Callable[[T], None],
        on_failure: Callable[[Exception], None],
    ) -> str:
        """Run `work` and hand its result to one of the two; the id returned is for `drop`."""
        success = cast("Callable[[object], None]", on_success)
        job = _Job(work, success, on_failure, self._ended.emit)
        if not self._closed:
            self._jobs[job.id] = job
            self._pool.start(job)
        return job.id

    def drop(self, job_id: str) -> None:
        """Forget a job: it is not begun if it waits, and its answer is not delivered."""
        job = self._jobs.get(job_id)
        if job is None:
            return
        job.dropped = True
        # One that has begun is kept until it ends: the pool must not lose it under its feet.
        if self._pool.tryTake(job):
            del self._jobs[job_id]

    def close(self, timeout_s: float = 10.0) -> bool:
        """Drop what waits, let what runs end, and say whether it ended in time."""
        self._closed = True
        self._pool.clear()
        for job in self._jobs.values():
            job.dropped = True
        return self._pool.waitForDone(round(timeout_s * 1000))

    @Slot(object)
    def _deliver(self, job: _Job) -> None:
        self._jobs.pop(job.id, None)
        if not job.dropped:
            job.deliver()


class _Job(QRunnable):
    """One piece of work with what came of it."""

    def __init__(
        self,
        work: Callable[[], object],
        on_success: Callable[[object], None],
        on_failure: Callable[[Exception], None],
        ended: Callable[[object], None],
    ) -> None:
        super().__init__()
        self.setAutoDelete(False)
        self.id = uuid4().hex
        self.dropped = False
        self._work = work
        self._on_success = on_success
        self._on_failure = on_failure
        self._ended = ended
        self._result: object = None
        self._fault: Exception | None = None

    def run(self) -> None:
        """Work, on a thread of the pool. Whatever is raised belongs to whoever asked."""
        try:
            self._result = self._work()
        except EngineError as fault:
            self._fault = fault
        except Exception as fault:
            log.exception("a background job failed")
            self._fault = fault
        self._ended(self)

    def deliver(self) -> None:
        """Hand over the result, in the GUI thread."""
        if self._fault is not None:
            self._on_failure(self._fault)
        else:
            self._on_success(self._result)
