"""A day in a process of its own: `python -m soak SEED TURNS FOLDER FAMILY FAMILY…`.

Prints one JSON object: what the process held each time that it was given a rest. Where something
is wrong, the log of operations lies in FOLDER; `python -m soak LOG TURNS FOLDER FAMILY FAMILY…`
does the same once more.
"""

from __future__ import annotations

import ctypes
import gc
import json
import sys
from pathlib import Path

import psutil

from engine.bench.loading import anonymous_bytes
from soak.models import KINDS, build_speaker
from soak.operations import random_day, read_log, write_log
from soak.soaking import Soaking

_REST_EVERY = 200


def main(day: str, turns: int, folder: Path, families: list[str]) -> dict[str, object]:
    """Do a day of so many turns, with a rest now and then. Raises `AssertionError`."""
    folders = {build_speaker(name, folder / f"model-{name}"): KINDS[name] for name in families}
    operations = random_day(int(day), turns) if day.isdecimal() else read_log(Path(day).read_text())
    soaking = Soaking(folders)
    held: list[dict[str, int | None]] = []
    for number, operation in enumerate(operations[:turns], 1):
        try:
            soaking.carry_out(operation)
        except BaseException:
            log = folder / "operations.json"
            log.write_text(write_log(operations[:number]), encoding="utf-8")
            sys.stderr.write(f"turn {number}, {operation}; to be replayed: {log}\n")
            raise
        if number % _REST_EVERY == 0:
            soaking.desk.unload()
            held.append(_held())
            soaking.wake()
    soaking.desk.close()
    return {"held": held, "confirmed": soaking.desk.confirmed, "near_ties": soaking.near_ties}


def _held() -> dict[str, int | None]:
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)  # else what was freed in many small pieces would count
    resident = psutil.Process().memory_info().rss
    return {"bytes": resident, "anonymous": anonymous_bytes(), "objects": len(gc.get_objects())}


if __name__ == "__main__":
    sys.stdout.write(
        json.dumps(main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), sys.argv[4:]))
    )
