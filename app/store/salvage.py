"""Reading a damaged database row by row, from a copy, round what cannot be read.

Where the first page is broken, in which a database describes itself, that of a new and empty one is
put in its place: both were made by the same steps, so their tables begin on the same pages.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.store.database import Database
from app.store.leaves import Row, read_leaves
from app.store.migrations import PLACE_BITS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SUFFIXES = ("", "-wal")
_HIGHEST = 1 << 60
# How many single rows are tried between the two ends of what can be read in one go.
_MOST_TRIES = 4096
_FOLDERS = "SELECT id, name, created FROM folder"
_CONVERSATION_ROWS = """
    SELECT number, id, title, created, changed, titled_by_person, folder_id, pinned, system_prompt,
        draft FROM conversation WHERE number BETWEEN ? AND ? ORDER BY number
"""
_TURN_ROWS = """
    SELECT number, id, parent_id, question, created, state, answer, reasoning, figures, error
    FROM turn WHERE number BETWEEN ? AND ? ORDER BY number
"""
_SHOWN = "SELECT conversation, place, turn_id FROM shown WHERE conversation = ?"
_BACKWARDS = " DESC"
_UNREADABLE = (sqlite3.DatabaseError, UnicodeError, OverflowError)


@dataclass(slots=True)
class Salvaged:
    """What could be read, as rows; keys are the conversations' numbers."""

    folders: list[Row] = field(default_factory=list)
    conversations: dict[int, Row] = field(default_factory=dict)
    turns: dict[int, list[Row]] = field(default_factory=dict)
    shown: dict[int, list[Row]] = field(default_factory=dict)
    whole: bool = True


def salvage(path: Path, workplace: Path) -> Salvaged:
    """Read what can be read of the database at `path`, which is not touched.

    `workplace` is an empty folder for copies. Nothing is found in a file that is no database.
    """
    copy = workplace / "copy.sqlite3"
    _copy(path, copy)
    new = workplace / "new.sqlite3"
    try:
        found = _read(copy)
    except sqlite3.DatabaseError:
        _copy(path, copy)
        _put_new_first_page(copy, new)
        found = Salvaged(whole=False)
        with suppress(sqlite3.DatabaseError):
            found = _read(copy)
            found.whole = False
    if not found.whole:
        _add_leaves(found, copy, new)
    return found


def _add_leaves(found: Salvaged, copy: Path, new: Path) -> None:
    """Add what is in the leaves of the tables and was not reached from above."""
    # Closed, the journal of the copy is written into it, as far as it is sound.
    page_size = _put_new_first_page(copy, new)
    conversations, turns = read_leaves(copy, page_size)
    found.conversations = conversations | found.conversations
    known = {_number(row): row for rows in found.turns.values() for row in rows}
    _file_turns(found, turns | known)


def _copy(path: Path, copy: Path) -> None:
    for suffix in _SUFFIXES:
        source, target = path.with_name(path.name + suffix), copy.with_name(copy.name + suffix)
        target.unlink(missing_ok=True)
        if source.exists():
            shutil.copyfile(source, target)
    copy.with_name(f"{copy.name}-shm").unlink(missing_ok=True)


def _put_new_first_page(copy: Path, new: Path) -> int:
    """Let the copy begin as a new database does, of as many pages as the copy has.

    Returns the size of a page in bytes.
    """
    Database(new).close()
    with new.open("rb") as file:
        head = bytearray(file.read(100))
        size = int.from_bytes(head[16:18], "big")
        page = head + file.read(size - 100)
    pages = max(copy.stat().st_size, new.stat().st_size) // size
    page[28:32] = pages.to_bytes(4, "big")
    # No list of free pages: what it named may be anything by now.
    page[32:40] = bytes(8)
    # The number of pages counts only where these two agree.
    page[92:96] = page[24:28]
    with copy.open("r+b") as file:
        file.write(page)
        # Where the end is cut off, tables may begin behind it: they are empty then.
        file.truncate(pages * size)
    # What the journal holds of the first page is as broken, or not; the rest of it is in the file
    # or lost. A journal that does not fit the new page would hide it.
    copy.with_name(f"{copy.name}-wal").unlink(missing_ok=True)
    return size


def _read(copy: Path) -> Salvaged:
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
        # What cannot be read as text is no reason to lose the row.
        connection.text_factory = lambda data: data.decode("utf-8", "replace")
        found = Salvaged()
        with suppress(*_UNREADABLE):
            found.folders = connection.execute(_FOLDERS).fetchall()
        reader = _Reader(connection)
        for row in reader.rows(_CONVERSATION_ROWS, 0, _HIGHEST):
            found.conversations[_number(row)] = row
        _read_turns(reader, found)
        for number in found.conversations.keys() | found.turns.keys():
            with suppress(*_UNREADABLE):
                found.shown[number] = connection.execute(_SHOWN, (number,)).fetchall()
        found.whole = reader.whole
        return found


def _read_turns(reader: _Reader, found: Salvaged) -> None:
    """All turns in one go, or where that fails each conversation's for itself."""
    numbers: dict[int, Row] = {}
    for row in reader.rows(_TURN_ROWS, 0, _HIGHEST):
        numbers[_number(row)] = row
    if not reader.whole:
        for conversation in found.conversations:
            first = conversation << PLACE_BITS
            for row in reader.rows(_TURN_ROWS, first, first + (1 << PLACE_BITS) - 1):
                numbers[_number(row)] = row
    _file_turns(found, numbers)


def _file_turns(found: Salvaged, turns: dict[int, Row]) -> None:
    found.turns = {}
    for number in sorted(turns):
        found.turns.setdefault(number >> PLACE_BITS, []).append(turns[number])


def _number(row: Row) -> int:
    number = row[0]
    assert isinstance(number, int), "a rowid is a whole number in any file"
    return number


class _Reader:
    """Reads ranges of rows; `whole` is false once something could not be read."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.whole = True

    def rows(self, query: str, low: int, high: int) -> Iterator[Row]:
        """The rows from `low` to `high` that can be read, each once, in any order."""
        last, failed = low - 1, False
        for row in self._run(query, low, high):
            if row is None:
                failed = True
                break
            last = _number(row)
            yield row
        if failed:
            self.whole = False
            yield from self._behind(query, last + 1, high)

    def _behind(self, query: str, low: int, high: int) -> Iterator[Row]:
        """From the other end, and then one by one what lies between, where that is not much."""
        first = high + 1
        for row in self._run(query.rstrip() + _BACKWARDS, low, high):
            if row is None:
                break
            first = _number(row)
            yield row
        for number in range(low, min(first, low + _MOST_TRIES)):
            yield from (row for row in self._run(query, number, number) if row is not None)

    def _run(self, query: str, low: int, high: int) -> Iterator[Row | None]:
        """Rows, and `None` where no more can be read."""
        try:
            yield from self._connection.execute(query, (low, high))
        except _UNREADABLE:
            yield None
