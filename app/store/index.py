"""What is written into the search tables, and taken out of them again.

A text must be taken out exactly as it was put in: the tables keep no copy. So what a turn's text in
the index is follows from its row alone: its question, and its answer where `answer_indexed` says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.store.message_json import visible_text
from app.store.migrations import PLACE_BITS
from app.store.words import indexed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from sqlite3 import Connection

    from engine import DocumentPage

_ADD = "INSERT INTO message_words (rowid, words) VALUES (?, ?)"
_DROP = "INSERT INTO message_words (message_words, rowid, words) VALUES ('delete', ?, ?)"
_ADD_DOCUMENT = "INSERT INTO document_words (rowid, words) VALUES (?, ?)"
_DROP_DOCUMENT = "INSERT INTO document_words (document_words, rowid, words) VALUES ('delete', ?, ?)"


def add_title(connection: Connection, conversation: int, title: str) -> None:
    """Let the conversation with this number be found by its title."""
    connection.execute(_ADD, (conversation << PLACE_BITS, indexed(title)))


def drop_title(connection: Connection, conversation: int) -> None:
    """Forget the title as it stands in the conversation's row."""
    query = "SELECT title FROM conversation WHERE number = ?"
    for (title,) in connection.execute(query, (conversation,)).fetchall():
        connection.execute(_DROP, (conversation << PLACE_BITS, indexed(title)))


def add_turn(connection: Connection, number: int) -> None:
    """Let the turn with this number be found by what its row says."""
    for text in _turn_texts(connection, number):
        connection.execute(_ADD, (number, indexed(text)))


def drop_turn(connection: Connection, number: int) -> None:
    """Forget the turn, as its row says that it was put in."""
    for text in _turn_texts(connection, number):
        connection.execute(_DROP, (number, indexed(text)))


def add_document(connection: Connection, sha256: str, pages: Sequence[DocumentPage]) -> None:
    """Let a document be found by its pages; one that is known is left as it is."""
    query = "INSERT OR IGNORE INTO document (sha256) VALUES (?) RETURNING number"
    for (number,) in connection.execute(query, (sha256,)).fetchall():
        connection.execute(_ADD_DOCUMENT, (number, indexed(document_text(pages))))


def drop_document(
    connection: Connection, sha256: str, pages_of: Callable[[str], Sequence[DocumentPage] | None]
) -> None:
    """Forget a document. Where its pages are lost, words that lead nowhere stay in the index."""
    query = "DELETE FROM document WHERE sha256 = ? RETURNING number"
    for (number,) in connection.execute(query, (sha256,)).fetchall():
        pages = pages_of(sha256)
        if pages is not None:
            connection.execute(_DROP_DOCUMENT, (number, indexed(document_text(pages))))


def document_text(pages: Sequence[DocumentPage]) -> str:
    """All pages as one text."""
    return "\n".join(page.text for page in pages)


def turn_text(question: str, answer: str) -> str:
    """What a turn is found by: its encoded question and its answer."""
    return f"{visible_text(question)}\n{answer}"


def _turn_texts(connection: Connection, number: int) -> list[str]:
    query = "SELECT question, iif(answer_indexed, answer, '') FROM turn WHERE number = ?"
    rows = connection.execute(query, (number,)).fetchall()
    return [turn_text(question, answer) for question, answer in rows]
