"""The ledger's file: one line of JSON for each thing that is known of a connection.

Lines are only ever added, each by one write, so that several processes can keep the same ledger and
a kill leaves no half of one behind what follows. Lines with the same id belong to one connection;
their bytes are added up. A file that has grown large is set behind, and the one behind it goes.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from engine.file_lock import FileLock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Some 5,000 connections; as many older ones are kept beside them.
MOST_BYTES = 2**20
_LONGEST_TEXT = 300
_OLDER = ".older"
_LOCK = ".lock"


@dataclass(frozen=True, slots=True)
class Entry:
    """One connection, or several of one purpose. `at` is in seconds since 1970, in UTC.

    `sent` and `received` are bytes as far as they were counted. `announced` is false where a
    library opened it without a reason being given.
    """

    id: str
    at: float
    host: str
    reason: str
    sent: int = 0
    received: int = 0
    announced: bool = True


def append(path: Path, entry: Entry) -> None:
    """Add a line, or raise `OSError`. The folder must exist."""
    short = replace(entry, host=_one_line(entry.host), reason=_one_line(entry.reason))
    # What a full disk has cut off before must not swallow this line.
    line = b"\n" + json.dumps(asdict(short), ensure_ascii=False).encode() + b"\n"
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        if os.write(handle, line) != len(line):
            raise OSError("only a part of the line could be written")
        size = os.fstat(handle).st_size
    finally:
        os.close(handle)
    if size > MOST_BYTES:
        _set_behind(path)


def read(path: Path) -> tuple[Entry, ...]:
    """Every connection that is still known, in the order in which they began."""
    known: dict[str, Entry] = {}
    for line in _lines(path):
        before = known.get(line.id)
        if before is not None:
            line = replace(
                before, sent=before.sent + line.sent, received=before.received + line.received
            )
        known[line.id] = line
    return tuple(sorted(known.values(), key=lambda entry: entry.at))


def clear(path: Path) -> None:
    """Forget all, or raise `OSError`."""
    path.unlink(missing_ok=True)
    _older(path).unlink(missing_ok=True)


def _set_behind(path: Path) -> None:
    """One process does it; what others add meanwhile goes into either file."""
    lock = FileLock(path.with_name(path.name + _LOCK))
    with suppress(OSError):
        if lock.acquire():
            try:
                if path.stat().st_size > MOST_BYTES:
                    path.replace(_older(path))
            finally:
                lock.release()


def _older(path: Path) -> Path:
    return path.with_name(path.name + _OLDER)


def _lines(path: Path) -> Iterator[Entry]:
    """What can be read of both files; a damaged line is passed over."""
    for part in (_older(path), path):
        try:
            data = part.read_bytes()
        except FileNotFoundError:
            continue
        for line in data.splitlines():
            entry = _entry(line)
            if entry is not None:
                yield entry


def _entry(line: bytes) -> Entry | None:
    try:
        found = json.loads(line)
        return Entry(
            str(found["id"]),
            float(found["at"]),
            str(found["host"]),
            str(found["reason"]),
            int(found["sent"]),
            int(found["received"]),
            bool(found["announced"]),
        )
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None


def _one_line(text: str) -> str:
    """`text` without what would not show in a table, and not longer than a table can show."""
    return "".join(c if c.isprintable() else " " for c in text)[:_LONGEST_TEXT]
