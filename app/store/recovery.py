"""Damaged databases: set aside under a new name, and read into a new one as far as they can be."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from app.store import index, uses
from app.store.errors import NotWritable
from app.store.message_json import visible_text
from app.store.migrations import PLACE_BITS
from app.store.rows import TURN_COLUMNS, figures_of, figures_text
from app.store.salvage import salvage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from sqlite3 import Connection

    from app.store.attachments import Attachments
    from app.store.database import Database
    from app.store.leaves import Row
    from app.store.salvage import Salvaged

_MARK = ".damaged-"
_SUFFIXES = ("", "-wal", "-shm")
_EMPTY_DRAFT = '{"role": "user", "parts": []}'
_INSERT = """
    INSERT INTO conversation (
        id, title, created, changed, titled_by_person, folder_id, pinned, system_prompt, draft,
        options
    ) VALUES (?, ?, ?, ?, ?, (SELECT id FROM folder WHERE id = ?), ?, ?, ?, ?)
"""
_INSERT_TURN = f"""
    INSERT INTO turn (number, conversation, {TURN_COLUMNS}, answer_indexed)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Recovered:
    """How much was read into the new database; `whole` where nothing in the old was unreadable."""

    conversations: int
    turns: int
    whole: bool


def set_aside(path: Path) -> Path:
    """Rename a database and its journal, so that a new one can begin; returns the new path.

    Nobody may have it open. Raises `NotWritable`; the file is then where it was.
    """
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    aside = path.with_name(f"{path.stem}{_MARK}{stamp}-{uuid4().hex[:6]}{path.suffix}")
    moved: list[tuple[Path, Path]] = []
    try:
        # The journal first: without it, a file that is found alone is sound, if older.
        for suffix in reversed(_SUFFIXES):
            source, target = path.with_name(path.name + suffix), Path(f"{aside}{suffix}")
            if source.exists():
                source.rename(target)
                moved.append((source, target))
    except OSError as fault:
        for source, target in moved:
            target.rename(source)
        raise NotWritable(
            f"The damaged {path.name} could not be set aside: {path.parent} does not let your "
            "account write. Change its permissions and try again.",
            repr(fault),
        ) from fault
    return aside


def set_aside_files(path: Path) -> list[Path]:
    """The damaged databases that were set aside beside the database at `path`, oldest first."""
    found = path.parent.glob(f"{path.stem}{_MARK}*{path.suffix}")
    return sorted(found)


def recover(
    aside: Path,
    database: Database,
    attachments: Attachments,
    untitled: str = "Recovered conversation",
) -> Recovered:
    """Take over into `database` what can be read of the file set aside, which is not touched.

    What is there under the same id already is left as it is. All or nothing. `untitled` names
    conversations of which nothing but their turns is left.
    """
    with tempfile.TemporaryDirectory(dir=aside.parent, prefix=".recovery-") as workplace:
        found = salvage(aside, Path(workplace))
    with database.write() as connection:
        conversations, turns = _take_over(connection, attachments, found, untitled)
    return Recovered(conversations, turns, found.whole)


def _take_over(
    connection: Connection, attachments: Attachments, found: Salvaged, untitled: str
) -> tuple[int, int]:
    connection.executemany(
        "INSERT OR IGNORE INTO folder (id, name, created) VALUES (?, ?, ?)", found.folders
    )
    conversations = turns = 0
    for old in sorted(found.conversations.keys() | found.turns.keys()):
        rows = found.turns.get(old, [])
        row = found.conversations.get(old) or _nameless(old, rows, untitled)
        if _known(connection, "conversation", row[1]):
            continue
        number = _take_conversation(connection, attachments, row)
        turns += _take_turns(connection, attachments, number, rows)
        for _, place, turn_id in found.shown.get(old, []):
            _take_choice(connection, number, place, turn_id)
        conversations += 1
    return conversations, turns


def _take_conversation(connection: Connection, attachments: Attachments, row: Row) -> int:
    _, *values, draft, options = row
    encoded = draft if _sound(draft) else _EMPTY_DRAFT
    settings = figures_text(figures_of(str(options)))
    number = connection.execute(_INSERT, (*values, encoded, settings)).lastrowid
    assert number is not None
    index.add_title(connection, number, str(row[2]))
    uses.note(connection, attachments, number, uses.DRAFT, str(encoded))
    return number


def _take_turns(
    connection: Connection, attachments: Attachments, conversation: int, rows: Sequence[Row]
) -> int:
    """Turns whose parent was lost stand at the beginning."""
    taken: set[object] = set()
    for _, turn_id, parent_id, question, *rest, _ in rows:
        if not _sound(question) or _known(connection, "turn", turn_id):
            continue
        number = (conversation << PLACE_BITS) + len(taken) + 1
        parent = parent_id if parent_id in taken else None
        values = (number, conversation, turn_id, parent, question, *rest)
        connection.execute(_INSERT_TURN, values)
        uses.note(connection, attachments, conversation, number, str(question))
        index.add_turn(connection, number)
        taken.add(turn_id)
    return len(taken)


def _take_choice(connection: Connection, conversation: int, place: object, turn_id: object) -> None:
    query = "SELECT 1 FROM turn WHERE id = ? AND conversation = ? AND coalesce(parent_id, '') = ?"
    if connection.execute(query, (turn_id, conversation, place)).fetchone():
        values = (conversation, place, turn_id)
        connection.execute("INSERT OR IGNORE INTO shown VALUES (?, ?, ?)", values)


def _nameless(number: int, turns: Sequence[Row], title: str) -> Row:
    """A row for turns whose conversation's own was lost."""
    created, changed = turns[0][4], turns[-1][4]
    return number, uuid4().hex, title, created, changed, 0, None, 0, "", _EMPTY_DRAFT, "{}"


def _known(connection: Connection, table: str, row_id: object) -> bool:
    query = f"SELECT 1 FROM {table} WHERE id = ?"  # noqa: S608
    return connection.execute(query, (row_id,)).fetchone() is not None


def _sound(encoded: object) -> bool:
    try:
        visible_text(str(encoded))
    except ValueError:
        return False
    return True
