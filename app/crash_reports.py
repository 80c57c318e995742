"""Crash reports on disk, never sent: the latest twenty, and how the last run ended.

While the window is open a mark says so. A run that does not take it away has ended otherwise than
it should, and the next one finds what it left: the report of a fault that nobody caught, or what
Python's fault handler wrote when a signal ended the process.
"""

from __future__ import annotations

import faulthandler
import json
import logging
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine import EngineError
from engine.atomic import write_atomic
from engine.file_lock import FileLock
from engine.paths import data_dir

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

log = logging.getLogger(__name__)

MOST_REPORTS = 20
_SUFFIX = ".txt"


@dataclass(frozen=True, slots=True)
class LastEnd:
    """The last run did not end as it should. `report` is empty where it could write none."""

    report: str = ""


def crash_reports_dir() -> Path:
    """Where the reports are; made with the first. Raises `engine.paths.FolderNotUsable`."""
    return data_dir() / "crash-reports"


class CrashReports:
    """The reports of one run, and the mark that it is there."""

    def __init__(self, folder: Path, about: str) -> None:
        """`about` stands above each report: versions and the system, a few lines."""
        self._folder = folder
        self._about = about
        self._run = f"{time.strftime('%Y-%m-%dT%H-%M-%S')}-{os.getpid()}"
        self._written = 0
        self._lock = FileLock(folder / "running.lock")
        self._mark = folder / "running.json"
        self._signal_path = folder / "signal.log"
        self._signal: BinaryIO | None = None

    def begin(self) -> LastEnd | None:
        """Leave the mark, and catch signals from now on; returns how the last run ended, if badly.

        Where another window is open beside this one, or the folder cannot be written, there is no
        mark; what is wrong with the folder is logged.
        """
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            if not self._lock.acquire():
                return None
            last = self._last_end()
            write_atomic(self._mark, json.dumps({"run": self._run, "about": self._about}).encode())
            self._signal = self._signal_path.open("wb", buffering=0)
        except (OSError, EngineError) as fault:
            log.warning("crash reports cannot be kept: %r", fault)
            return None
        faulthandler.enable(self._signal, all_threads=True)
        return last

    def note_fatal(self, text: str) -> None:
        """Add a line to what a signal is about to leave."""
        if self._signal is not None:
            self._signal.write(f"{text}\n".encode(errors="replace"))

    def write(self, report: str) -> None:
        """Keep the report of a fault. After twenty in one run the rest would be the same again."""
        if self._written >= MOST_REPORTS:
            return
        self._written += 1
        try:
            write_atomic(self._folder / f"{self._run}-{self._written:02}{_SUFFIX}", report.encode())
            self._prune()
        except (OSError, EngineError) as fault:
            log.warning("a crash report cannot be kept: %r", fault)

    def end(self) -> None:
        """The run has ended as it should: take the mark away, if it is this run's."""
        if not self._lock.held:
            return
        if self._signal is not None:
            faulthandler.disable()
            self._signal.close()
            self._signal = None
        with suppress(OSError):
            self._signal_path.unlink(missing_ok=True)
            self._mark.unlink(missing_ok=True)
        self._lock.release()

    def _last_end(self) -> LastEnd | None:
        run, about = self._last_run()
        if run is None:
            return None
        signal = self._read(self._signal_path)
        if signal:
            self.write(f"{about}\n\n{signal}")
            return LastEnd(f"{about}\n\n{signal}".strip())
        left = sorted(self._folder.glob(f"{run}-*{_SUFFIX}"))
        return LastEnd(self._read(left[-1]) if left else "")

    def _last_run(self) -> tuple[str | None, str]:
        """Name and versions of a run that left its mark."""
        try:
            mark = json.loads(self._mark.read_bytes())
            return str(mark["run"]), str(mark["about"])
        except FileNotFoundError:
            return None, ""
        except (OSError, ValueError, KeyError, TypeError):
            return "", ""  # a mark all the same

    @staticmethod
    def _read(path: Path) -> str:
        try:
            return path.read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            return ""

    def _prune(self) -> None:
        reports = sorted(self._folder.glob(f"*{_SUFFIX}"))
        for path in reports[:-MOST_REPORTS]:
            path.unlink(missing_ok=True)
