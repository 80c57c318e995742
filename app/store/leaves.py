"""Reading a damaged table from its leaves, where the pages that lead to them are broken.

Every page of the file that looks like a leaf is taken for the whole table once, and SQLite itself
reads it; rows that cannot be of that table are left out. What was deleted does not come back: the
store has deleted content overwritten (`PRAGMA secure_delete`).
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from app.store.migrations import PLACE_BITS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Row = tuple[object, ...]

# The first byte of a page of a table that has rows and no pages below it.
_LEAF = 0x0D
_CONVERSATIONS = """
    SELECT number, id, title, created, changed, titled_by_person, folder_id, pinned, system_prompt,
        draft, {options} FROM conversation NOT INDEXED ORDER BY number
"""
TURNS = """
    SELECT number, id, parent_id, question, created, state, answer, reasoning, figures, error,
        conversation FROM turn NOT INDEXED ORDER BY number
"""
_BACKWARDS = " DESC"
UNREADABLE = (sqlite3.DatabaseError, OverflowError)


def conversations_query(connection: sqlite3.Connection) -> str:
    """A query for all conversations, with what this database's version has no column for."""
    rows = connection.execute("SELECT name FROM pragma_table_info('conversation')").fetchall()
    return _CONVERSATIONS.format(options="options" if ("options",) in rows else "'{}'")


def from_both_ends(connection: sqlite3.Connection, query: str) -> tuple[dict[int, Row], bool]:
    """The rows that a query can read before and behind what is broken, by their numbers.

    The second value says whether nothing was.
    """
    rows: dict[int, Row] = {}
    try:
        rows.update((number_of(row), row) for row in connection.execute(query))
    except UNREADABLE:
        with suppress(*UNREADABLE):
            backwards = connection.execute(query.rstrip() + _BACKWARDS)
            rows.update((number_of(row), row) for row in backwards)
        return rows, False
    return rows, True


def read_leaves(copy: Path, page_size: int) -> tuple[dict[int, Row], dict[int, Row]]:
    """The conversations and turns of all leaves, by their numbers.

    `copy` begins with a sound first page; it is written to.
    """
    pages = _leaves(copy, page_size)
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        connection.text_factory = lambda data: data.decode("utf-8", "replace")
        connection.execute("PRAGMA journal_mode = MEMORY")
        connection.execute("PRAGMA synchronous = OFF")
        query = conversations_query(connection)
        conversations = _rows(connection, "conversation", query, pages)
        turns = _rows(connection, "turn", TURNS, pages)
    return (
        {number: row for number, row in conversations.items() if is_conversation(row)},
        {number: row for number, row in turns.items() if is_turn(row)},
    )


def _leaves(copy: Path, page_size: int) -> list[int]:
    """The numbers of the pages that look like leaves, counted from 1 as SQLite does."""
    found = []
    with copy.open("rb") as file:
        for number in range(2, copy.stat().st_size // page_size + 1):
            file.seek((number - 1) * page_size)
            if file.read(1) == bytes([_LEAF]):
                found.append(number)
    return found


def _rows(
    connection: sqlite3.Connection, table: str, query: str, pages: Sequence[int]
) -> dict[int, Row]:
    rows: dict[int, Row] = {}
    for page in pages:
        connection.execute("PRAGMA writable_schema = ON")
        values = (page, table)
        connection.execute("UPDATE sqlite_master SET rootpage = ? WHERE name = ?", values)
        # The schema is read again, and the table is where it is said to be.
        connection.execute("PRAGMA writable_schema = RESET")
        rows.update(from_both_ends(connection, query)[0])
    return rows


def is_conversation(row: Row) -> bool:
    """Whether a row may be one of the table of conversations."""
    number, *values = row
    texts = (values[0], values[1], values[7], values[8])
    times = values[2:4]
    return (
        isinstance(number, int)
        and 0 < number < 1 << (62 - PLACE_BITS)
        and all(isinstance(text, str) for text in texts)
        and all(isinstance(moment, float) for moment in times)
        and all(isinstance(flag, int) for flag in (values[4], values[6]))
    )


def is_turn(row: Row) -> bool:
    """Whether a row may be one of the table of turns."""
    number, conversation = row[0], row[-1]
    texts = (row[1], row[3], *row[5:9])
    return (
        isinstance(number, int)
        and number >> PLACE_BITS == conversation
        and all(isinstance(text, str) for text in texts)
        and isinstance(row[4], float)
    )


def number_of(row: Row) -> int:
    """A row's number, its first value."""
    assert isinstance(row[0], int), "a rowid is a whole number in any file"
    return row[0]
