"""Search while one types: words in titles, questions and answers, and in documents when asked.

All words must occur in one turn, or in one title, or in one document; the last may be the beginning
of a word. For speed, give this a database of its own: a second one opened on the same file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from app.store.errors import LostAttachment
from app.store.index import document_text, turn_text
from app.store.message_json import unpack_pages
from app.store.migrations import PLACE_BITS
from app.store.records import ConversationRow
from app.store.words import Marks, best_line, match_expression, matches, query_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from sqlite3 import Connection

    from app.store.attachments import Attachments
    from app.store.database import Database

HITS = 50
_LAST_PLACE = (1 << PLACE_BITS) - 1

_ROW = "number, id, title, folder_id, pinned, changed"
_FOUND = f"""
    SELECT {_ROW} FROM conversation
    WHERE deleted IS NULL AND number IN (
        SELECT rowid >> {PLACE_BITS} FROM message_words WHERE message_words MATCH ?
    )
    ORDER BY changed DESC, number DESC LIMIT ?
"""  # noqa: S608
_NEWEST_TURN = """
    SELECT rowid FROM message_words
    WHERE message_words MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid DESC LIMIT 1
"""
_FOUND_DOCUMENTS = f"""
    SELECT {", ".join(f"c.{name.strip()}" for name in _ROW.split(","))}, u.sha256, max(u.turn)
    FROM document d
    JOIN attachment_use u ON u.sha256 = d.sha256
    JOIN conversation c ON c.number = u.conversation
    WHERE c.deleted IS NULL AND d.number IN (
        SELECT rowid FROM document_words WHERE document_words MATCH ?
    )
    GROUP BY c.number ORDER BY c.changed DESC, c.number DESC LIMIT ?
"""  # noqa: S608
_Row = tuple[int, str, str, str | None, int, float]


@dataclass(frozen=True, slots=True)
class Hit:
    """A conversation that was found.

    `line` is the line of context, `marks` the ranges of its characters to embolden; both are empty
    where only the title was found. `turn_id` is the turn or the document's question that holds it.
    """

    row: ConversationRow
    title_marks: Marks
    where: Literal["title", "turn", "document"]
    line: str = ""
    marks: Marks = ()
    turn_id: str | None = None


class Search:
    """Answers queries; changes nothing."""

    def __init__(self, database: Database, attachments: Attachments) -> None:
        self._database = database
        self._attachments = attachments

    def find(self, query: str, most: int = HITS) -> list[Hit]:
        """The conversations whose title or text holds `query`, newest first.

        `query` is what a person types: whatever it holds, it is only ever read as words. Nothing is
        found for less than two characters.
        """
        words = query_words(query)
        if not words:
            return []
        expression = match_expression(words)
        with self._database.read() as connection:
            rows = connection.execute(_FOUND, (expression, most)).fetchall()
            return [_hit(connection, row, expression, words) for row in rows]

    def find_in_documents(self, query: str, most: int = HITS) -> list[Hit]:
        """The conversations that have a document which holds `query`, newest first."""
        words = query_words(query)
        if not words:
            return []
        with self._database.read() as connection:
            values = (match_expression(words), most)
            rows = connection.execute(_FOUND_DOCUMENTS, values).fetchall()
            turn_ids = [_turn_id(connection, row[7]) for row in rows]
        return [
            self._document_hit(row[:6], row[6], turn_id, words)
            for row, turn_id in zip(rows, turn_ids, strict=True)
        ]

    def _document_hit(
        self, row: _Row, sha256: str, turn_id: str | None, words: Sequence[str]
    ) -> Hit:
        try:
            text = document_text(unpack_pages(self._attachments.read(sha256)))
        except LostAttachment:
            text = ""
        line, marks = best_line(text, words)
        return Hit(_row(row), matches(row[2], words), "document", line, marks, turn_id)


def _hit(connection: Connection, row: _Row, expression: str, words: Sequence[str]) -> Hit:
    first = row[0] << PLACE_BITS
    values = (expression, first, first + _LAST_PLACE)
    place = connection.execute(_NEWEST_TURN, values).fetchone()
    title_marks = matches(row[2], words)
    turn = "SELECT id, question, answer FROM turn WHERE number = ?"
    for turn_id, question, answer in connection.execute(turn, place or (first,)).fetchall():
        line, marks = best_line(turn_text(question, answer), words)
        return Hit(_row(row), title_marks, "turn", line, marks, turn_id)
    return Hit(_row(row), title_marks, "title")


def _row(row: _Row) -> ConversationRow:
    _, conversation_id, title, folder_id, pinned, changed = row
    return ConversationRow(conversation_id, title, folder_id, bool(pinned), changed)


def _turn_id(connection: Connection, number: int) -> str | None:
    row = connection.execute("SELECT id FROM turn WHERE number = ?", (number,)).fetchone()
    return row[0] if row is not None else None
