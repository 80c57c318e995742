"""Loads a model twice in a process of its own: how long it takes, and how much memory at most.

`python -m engine.bench.loading WARM_UP FOLDER WEIGHTS` prints one JSON object. `WARM_UP` is another
model of the same family, loaded before, so that no library's own memory is counted. Memory is
anonymous memory, which Linux alone tells; pages of mapped files are not in it.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from engine.model.device import settle_memory, settle_threads
from engine.model.loader import load_model
from engine.paths import HOME_VARIABLE

if TYPE_CHECKING:
    from engine.api.requests import WeightsName

_STATUS = Path("/proc/self/status")
_LOOK_EVERY_S = 0.002
_MOST_S = 1_800


@dataclass(frozen=True, slots=True)
class Load:
    """One load. `peak_bytes` is what it added at most, `None` where the system does not say."""

    load_s: float
    peak_bytes: int | None
    weight_bytes: int


def load_in_child(warm_up: Path, folder: Path, weights: str, home: Path) -> tuple[Load, Load]:
    """The first and the second load of `folder`, in a process with `home` as Tanka's folder."""
    done = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", "engine.bench.loading", str(warm_up), str(folder), weights],
        capture_output=True,
        text=True,
        timeout=_MOST_S,
        check=True,
        env=_environment(home),
    )
    first, second = json.loads(done.stdout.splitlines()[-1])
    return Load(**first), Load(**second)


def anonymous_bytes() -> int | None:
    """Memory of this process that no file stands behind."""
    try:
        lines = _STATUS.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    held = [int(line.split()[1]) << 10 for line in lines if line.startswith("RssAnon:")]
    return held[0] if held else None


class PeakMemory:
    """Looks at the memory all the time while it is entered."""

    def __init__(self) -> None:
        self._before = anonymous_bytes()
        self._most = self._before or 0
        self._ended = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="memory")

    def __enter__(self) -> PeakMemory:
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._watcher.join()

    @property
    def added_bytes(self) -> int | None:
        """How much more there was at most than at the beginning."""
        return None if self._before is None else self._most - self._before

    def _watch(self) -> None:
        while not self._ended.wait(_LOOK_EVERY_S):
            self._most = max(self._most, anonymous_bytes() or 0)


def _environment(home: Path) -> dict[str, str]:
    return {**os.environ, HOME_VARIABLE: str(home)}


def _give_back_free_memory() -> None:
    """What was freed but kept by the C library would hide what is taken next."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)


def _load(folder: Path, weights: WeightsName) -> Load:
    gc.collect()
    _give_back_free_memory()
    with PeakMemory() as memory:
        started = time.perf_counter()
        model = load_model(folder, folder.name, weights, lambda *_: None)
        took = time.perf_counter() - started
    return Load(took, memory.added_bytes, model.info.weight_bytes)


def main(warm_up: str, folder: str, weights: str) -> None:
    """The child's work."""
    settle_threads()
    settle_memory()
    name = cast("WeightsName", weights)
    _load(Path(warm_up), name)
    loads = [asdict(_load(Path(folder), name)) for _ in range(2)]
    sys.stdout.write(f"{json.dumps(loads)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
