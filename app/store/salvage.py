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
from app.store.leaves import (
    TURNS,
    UNREADABLE,
    Row,
    conversations_query,
    from_both_ends,
    is_conversation,
    is_turn,
    number_of,
    read_leaves,
)
from app.store.migrations import PLACE_BITS

if TYPE_CHECKING:
    from pathlib import Path

_SUFFIXES = ("", "-wal")
_FOLDERS = "SELECT id, name, created FROM folder"
_SHOWN = "SELECT conversation, place, turn_id FROM shown WHERE conversation = ?"


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
    known = {number_of(row): row for rows in found.turns.values() for row in rows}
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
        with suppress(*UNREADABLE):
            found.folders = connection.execute(_FOLDERS).fetchall()
        conversations, first = from_both_ends(connection, conversations_query(connection))
        turns, second = from_both_ends(connection, TURNS)
        found.conversations = {n: row for n, row in conversations.items() if is_conversation(row)}
        _file_turns(found, {n: row for n, row in turns.items() if is_turn(row)})
        for number in found.conversations.keys() | found.turns.keys():
            with suppress(*UNREADABLE):
                found.shown[number] = connection.execute(_SHOWN, (number,)).fetchall()
        found.whole = first and second
        return found


def _file_turns(found: Salvaged, turns: dict[int, Row]) -> None:
    found.turns = {}
    for number in sorted(turns):
        found.turns.setdefault(number >> PLACE_BITS, []).append(turns[number])
