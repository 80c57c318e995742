"""The most memory a stretch of work takes beyond what was there before."""

from __future__ import annotations

import re
import threading
from pathlib import Path

from engine.machine import process_memory_bytes

_STATUS = Path("/proc/self/status")
_RESET = Path("/proc/self/clear_refs")
# Where the system keeps no high-water mark that can be reset, look so often.
_EVERY_S = 0.005


class PeakMemory:
    """Watches from its construction to `stop`.

    On Linux the kernel's own high-water mark is reset and read, so nothing is missed, and pages
    mapped from files are left out; elsewhere a thread looks every few milliseconds.
    """

    def __init__(self) -> None:
        self._sampler: _Sampler | None = None
        try:
            _RESET.write_text("5")
            self._before = _read_status()
        except OSError:
            self._sampler = _Sampler()

    def stop(self) -> int:
        """Bytes of the peak above the beginning."""
        if self._sampler is not None:
            return self._sampler.stop()
        after = _read_status()
        files = after["RssFile"] - self._before["RssFile"]
        return max(0, after["VmHWM"] - self._before["VmRSS"] - files)


def _read_status() -> dict[str, int]:
    text = _STATUS.read_text(encoding="utf-8")
    return {name: int(size) << 10 for name, size in re.findall(r"^(\w+):\s+(\d+) kB$", text, re.M)}


class _Sampler:
    def __init__(self) -> None:
        self._before = self._most = process_memory_bytes()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, name="peak memory", daemon=True)
        self._thread.start()

    def stop(self) -> int:
        self._done.set()
        self._thread.join()
        return self._most - self._before

    def _look(self) -> None:
        while not self._done.wait(_EVERY_S):
            self._most = max(self._most, process_memory_bytes())
