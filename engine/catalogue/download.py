"""A download in a process of its own: begun, listened to, paused by ending it.

What was fetched stays on disk, so a pause costs nothing. Whoever shows a window asks `poll` now and
then; whoever waits reads `events`. `spawn` is used everywhere: it starts a clean process on every
system, and in a program that was packed into one file too.
"""

from __future__ import annotations

import multiprocessing
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from engine.api.errors import EngineError
from engine.catalogue.child import run
from engine.catalogue.events import Broken, Fetched, Progress
from engine.network import Offline, is_offline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from engine.catalogue.events import Event
    from engine.catalogue.job import Job

_JOIN_S = 5.0
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


class DownloadFailed(EngineError):
    """A download ended early. What was fetched is kept."""


class Counted(Protocol):
    """A connection that was allowed, and counts its bytes."""

    def count(self, sent: int = 0, received: int = 0) -> None:
        """Add to them."""


if TYPE_CHECKING:
    # Asks for a connection to a host for a reason; raises `Offline`.
    Allow = Callable[[str, str], Counted]


class _Uncounted:
    def count(self, sent: int = 0, received: int = 0) -> None:
        """Nobody keeps the account."""


def allow(host: str, reason: str) -> Counted:
    """The offline switch, asked for a connection to `host`."""
    if is_offline() and _is_outside(host):
        raise Offline(
            f"The offline switch is on, so there is no connection to {host}. Turn it off under "
            "“On this machine” first.",
            reason,
        )
    return _Uncounted()


def _is_outside(host: str) -> bool:
    return host not in _LOCAL


class Download:
    """One job. Not begun until `start`."""

    def __init__(self, job: Job, reason: str, ask: Allow = allow) -> None:
        self.job = job
        self._reason = reason
        self._ask = ask
        self._process: BaseProcess | None = None
        self._told: Connection | None = None
        self._account: Counted = _Uncounted()
        self._received = 0
        self._ended = False

    @property
    def running(self) -> bool:
        """Whether its process is at work, or has still something to say."""
        return self._process is not None and not self._ended

    def start(self) -> None:
        """Begin, or take up what is kept. Raises `Offline` while the offline switch is on."""
        assert self._process is None, "a download is started once; make another one to resume"
        self._account = self._ask(self._host, self._reason)
        context = multiprocessing.get_context("spawn")
        self._told, telling = context.Pipe(duplex=False)
        # A daemon is ended with the program that began it.
        self._process = context.Process(target=run, args=(self.job, telling), daemon=True)
        self._process.start()
        telling.close()

    def poll(self, timeout_s: float = 0.0) -> list[Event]:
        """What it has said since it was asked last; waits so long for the first word.

        The offline switch ends what is under way: its process has no watch of its own.
        """
        events: list[Event] = []
        if self.running and is_offline() and _is_outside(self._host):
            self._end()
            return [Broken("offline", "The download stopped: the offline switch is on.", "")]
        while self.running and self._told is not None and self._told.poll(timeout_s):
            timeout_s = 0.0
            events.append(self._next(self._told))
        return events

    def events(self) -> Iterator[Event]:
        """All that it says, until it ends or is paused."""
        while self.running:
            yield from self.poll(0.5)

    def pause(self) -> None:
        """End its process; what is on disk is taken up by the next one."""
        self._end()

    @property
    def _host(self) -> str:
        return urlsplit(self.job.endpoint).hostname or ""

    def _next(self, told: Connection) -> Event:
        try:
            event: Event = told.recv()
        except (EOFError, OSError) as fault:
            event = Broken(
                "fault",
                "The download ended unexpectedly. What was fetched is kept.",
                f"{type(fault).__name__}: {fault}",
            )
        if isinstance(event, Progress):
            self._account.count(received=event.received - self._received)
            self._received = event.received
        if isinstance(event, Fetched | Broken):
            self._end()
        return event

    def _end(self) -> None:
        self._ended = True
        if self._process is not None:
            if self._process.is_alive():
                self._process.terminate()
            self._process.join(_JOIN_S)
            if self._process.is_alive():
                self._process.kill()
                self._process.join()
            self._process.close()
            self._process = None
        if self._told is not None:
            self._told.close()
