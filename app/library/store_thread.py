"""The one thread on which the store is written and read, and what still waits to be written.

Writes are carried out in the order in which they were asked for. One that fails for want of room
or of permission stays at the head and is tried again, so that nothing is lost while the person
makes room: the window keeps everything in memory meanwhile.
"""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from app.background import Background
from app.store import NotStored, StoreError, erase_store, open_store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.store import Opened, Store

T = TypeVar("T")

log = logging.getLogger(__name__)

_RETRY_MS = 5000


@dataclass(frozen=True, slots=True)
class _Write:
    """One change. A later one of the same `key` takes its place while it waits."""

    work: Callable[[Store], object]
    key: str


class StoreThread(QObject):
    """Carries changes to the store and answers back. `trouble` says that changes have to wait.

    `settled` follows once all of them are written. What is asked for before the store is open, or
    where it cannot be opened, waits as well.
    """

    trouble = Signal(object)
    settled = Signal()

    def __init__(self, parent: QObject | None = None, retry_ms: int = _RETRY_MS) -> None:
        super().__init__(parent)
        self._background = Background(self, threads=1)
        self._store: Store | None = None
        self._lock = Lock()
        self._pending: deque[_Write] = deque()
        self._draining = False
        self._stuck = False
        self._retry = QTimer(self, interval=retry_ms, singleShot=True)
        self._retry.timeout.connect(self.try_again)

    @property
    def store(self) -> Store | None:
        """The open store, for those who read it on threads of their own."""
        return self._store

    @property
    def unwritten(self) -> int:
        """How many changes wait."""
        with self._lock:
            return len(self._pending) + self._draining

    def open(
        self,
        folder: Callable[[], Path],
        on_opened: Callable[[Opened], None],
        on_failure: Callable[[Exception], None],
    ) -> None:
        """Open the store in the folder that `folder` names, then write what waits."""

        def opened(result: Opened) -> None:
            self._store = result.store
            on_opened(result)
            self._start()

        self._background.run(lambda: open_store(folder()), opened, on_failure)

    def write(self, work: Callable[[Store], object], key: str = "") -> None:
        """Carry out `work` after all that was asked for before."""
        with self._lock:
            if key and self._pending and self._pending[-1].key == key:
                self._pending.pop()
            self._pending.append(_Write(work, key))
        self._start()

    def read(
        self,
        work: Callable[[Store], T],
        on_success: Callable[[T], None],
        on_failure: Callable[[Exception], None],
    ) -> None:
        """Hand over what `work` finds once all that was written before is there."""
        store = self._store
        if store is None:
            on_failure(NotStored("The conversations are not open."))
            return
        self._background.run(lambda: work(store), on_success, on_failure)

    def begin_anew(
        self,
        folder: Callable[[], Path],
        on_opened: Callable[[Opened], None],
        on_failure: Callable[[Exception], None],
    ) -> None:
        """Remove the store with everything in it, and open an empty one. What waits is dropped."""
        old, self._store = self._store, None
        self._retry.stop()
        with self._lock:
            self._pending.clear()
            self._stuck = False

        def opened(result: Opened) -> None:
            self._store = result.store
            on_opened(result)
            self._start()

        def work() -> Opened:
            if old is not None:
                _close(old)
            place = folder()
            erase_store(place)
            return open_store(place)

        self._background.run(work, opened, on_failure)

    def try_again(self) -> None:
        """Try what waits once more."""
        self._retry.stop()
        with self._lock:
            self._stuck = False
        self._start()
        if self._store is not None and not self.unwritten:
            self.settled.emit()

    def close(self, timeout_s: float = 10.0) -> StoreError | None:
        """Write what waits and let go of the store; the error is why not all could be written."""
        self._retry.stop()
        if not self._background.close(timeout_s):
            return StoreError("The disk did not answer in time. What came last may not be saved.")
        store, self._store = self._store, None
        if store is None:
            return None
        error = self._drain(store)
        try:
            store.close()
        except StoreError as fault:
            error = error or fault
        return error

    def _start(self) -> None:
        store = self._store
        if store is None:
            return
        with self._lock:
            if self._stuck or self._draining or not self._pending:
                return
            self._draining = True
        self._background.run(lambda: self._drain(store), self._drained, self._faulted)

    def _drain(self, store: Store) -> StoreError | None:
        """Write until nothing waits, or until something cannot be written: why not."""
        while True:
            with self._lock:
                if not self._pending:
                    # Said here and not when this is heard of: what is read after the next write
                    # must come behind a job that carries it out.
                    self._draining = False
                    return None
                write = self._pending.popleft()
            try:
                write.work(store)
            except NotStored as gone:
                # A conversation that was removed for good has nothing left to change.
                log.info("not written: %s", gone.sentence)
            except StoreError as error:
                with self._lock:
                    self._pending.appendleft(write)
                    self._draining, self._stuck = False, True
                return error

    def _drained(self, error: StoreError | None) -> None:
        if error is not None:
            self._retry.start()
            self.trouble.emit(error)
            return
        self._start()
        if not self.unwritten:
            self.settled.emit()

    def _faulted(self, fault: Exception) -> None:
        """A fault of our own: what follows is written all the same."""
        with self._lock:
            self._draining = False
        self._drained(None)
        raise fault


def _close(store: Store) -> None:
    """Let go of a store that is going to be removed, whatever it would still have to do."""
    try:
        store.close()
    except StoreError as fault:
        log.warning("%s\n%s", fault.sentence, fault.details)
