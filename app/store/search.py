"""Search while one types: words in titles, questions and answers, and in documents when asked.

All words must occur in one turn, or in one title, or in one document; the last may be the beginning
of a word. For speed, give this a database of its own: a second one opened on the same file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from app.store.errors import LostAttachment
from app.store.index import document_text, turn_text
from app.store.message_json import unpack_pages
from app.store.migrations import PLACE_BITS
from app.store.records import ConversationRow
from app.store.words import Marks, best_line, holds, match_expression, matches, query_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from sqlite3 import Connection

    from app.store.attachments import Attachments
    from app.store.database import Database

HITS = 50
_LAST_PLACE = (1 << PLACE_BITS) - 1

_ROW = "number, id, title, folder_id, pinned, changed"
_NEWEST_FIRST = f"""
    SELECT {_ROW} FROM conversation WHERE deleted IS NULL ORDER BY changed DESC, number DESC
"""  # noqa: S608
_AMONG = f"""
    SELECT {_ROW} FROM conversation
    WHERE deleted IS NULL AND number IN (SELECT value FROM json_each(?))
    ORDER BY changed DESC, number DESC LIMIT ?
"""  # noqa: S608
_PLACES = "SELECT rowid FROM message_words WHERE message_words MATCH ? ORDER BY rowid DESC LIMIT ?"
_TURN_TEXT = "id, question, iif(answer_indexed, answer, '')"
_TURN = f"SELECT {_TURN_TEXT} FROM turn WHERE number = ?"  # noqa: S608
_TURNS = f"""
    SELECT {_TURN_TEXT} FROM turn WHERE number BETWEEN ? AND ? ORDER BY number DESC
"""  # noqa: S608
# Words in more turns than this are frequent: the newest conversations are looked at themselves,
# and no more than so many turns of them.
_FREQUENT = 10_000
_MOST_TURNS = 1_500
_UNLIMITED = -1
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
            places = _places(connection, expression, _FREQUENT)
            if len(places) == _FREQUENT:
                hits = _among_newest(connection, words, most)
                if hits is not None:
                    return hits
                places = _places(connection, expression, _UNLIMITED)
            return _at(connection, places, words, most)

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


def _places(connection: Connection, expression: str, most: int) -> list[int]:
    """The numbers of the titles and turns that match, the highest first."""
    return [row[0] for row in connection.execute(_PLACES, (expression, most))]


def _at(
    connection: Connection, places: Sequence[int], words: Sequence[str], most: int
) -> list[Hit]:
    """The hits at these places; a conversation's newest turn stands for it, its title last."""
    newest = {place >> PLACE_BITS: place for place in reversed(places)}
    rows = connection.execute(_AMONG, (json.dumps(list(newest)), most)).fetchall()
    hits = []
    for row in rows:
        turn = connection.execute(_TURN, (newest[row[0]],)).fetchone()
        hits.append(_hit(row, turn, words))
    return hits


def _among_newest(connection: Connection, words: Sequence[str], most: int) -> list[Hit] | None:
    """The same hits for frequent words, without reading all their places.

    `None` where the words, frequent as they are, are not in the newest conversations.
    """
    hits: list[Hit] = []
    left = _MOST_TURNS
    for row in connection.execute(_NEWEST_FIRST):
        first = row[0] << PLACE_BITS
        found = None
        for turn in connection.execute(_TURNS, (first, first + _LAST_PLACE)):
            left -= 1
            if holds(turn_text(turn[1], turn[2]), words):
                found = turn
                break
        if found is not None or holds(row[2], words):
            hits.append(_hit(row, found, words))
        if len(hits) == most:
            return hits
        if left < 0:
            return None
    return hits


def _hit(row: _Row, turn: tuple[str, str, str] | None, words: Sequence[str]) -> Hit:
    title_marks = matches(row[2], words)
    if turn is None:
        return Hit(_row(row), title_marks, "title")
    turn_id, question, answer = turn
    line, marks = best_line(turn_text(question, answer), words)
    return Hit(_row(row), title_marks, "turn", line, marks, turn_id)


def _row(row: _Row) -> ConversationRow:
    _, conversation_id, title, folder_id, pinned, changed = row
    return ConversationRow(conversation_id, title, folder_id, bool(pinned), changed)


def _turn_id(connection: Connection, number: int) -> str | None:
    row = connection.execute("SELECT id FROM turn WHERE number = ?", (number,)).fetchone()
    return row[0] if row is not None else None
