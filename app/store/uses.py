"""Which attachments each turn and draft needs, and what nobody needs any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.store import index
from app.store.errors import LostAttachment
from app.store.message_json import digests, page_digests, unpack_pages

if TYPE_CHECKING:
    from collections.abc import Sequence
    from sqlite3 import Connection

    from app.store.attachments import Attachments
    from engine import DocumentPage

# The place among a conversation's turns that stands for its draft.
DRAFT = 0
_NEXT_DRAFT = -1

_IN_USE = "SELECT 1 FROM attachment_use WHERE sha256 = ? LIMIT 1"


def note(
    connection: Connection, attachments: Attachments, conversation: int, turn: int, encoded: str
) -> None:
    """Write down what an encoded message needs; its documents are found by their text from now."""
    pages = page_digests(encoded)
    for digest in sorted(digests(encoded)):
        values = (conversation, turn, digest)
        connection.execute("INSERT OR IGNORE INTO attachment_use VALUES (?, ?, ?)", values)
        if digest in pages:
            read = _pages(attachments, digest)
            if read is not None:
                index.add_document(connection, digest, read)


def release(
    connection: Connection, attachments: Attachments, conversation: int, turns: Sequence[int]
) -> list[str]:
    """Forget what these turns need; returns the digests that nothing needs any more.

    Their files are to be removed once the transaction is through.
    """
    query = "DELETE FROM attachment_use WHERE conversation = ? AND turn = ? RETURNING sha256"
    freed: set[str] = set()
    for turn in turns:
        freed.update(row[0] for row in connection.execute(query, (conversation, turn)).fetchall())
    unused = [d for d in sorted(freed) if connection.execute(_IN_USE, (d,)).fetchone() is None]
    for digest in unused:
        index.drop_document(connection, digest, lambda d: _pages(attachments, d))
    return unused


def replace_draft(
    connection: Connection, attachments: Attachments, conversation: int, encoded: str
) -> list[str]:
    """Write down what a new draft needs instead of the old one; returns what `release` does."""
    note(connection, attachments, conversation, _NEXT_DRAFT, encoded)
    unused = release(connection, attachments, conversation, (DRAFT,))
    connection.execute(
        "UPDATE attachment_use SET turn = ? WHERE conversation = ? AND turn = ?",
        (DRAFT, conversation, _NEXT_DRAFT),
    )
    return unused


def needed(connection: Connection) -> frozenset[str]:
    """Every digest that anything needs."""
    rows = connection.execute("SELECT DISTINCT sha256 FROM attachment_use").fetchall()
    return frozenset(row[0] for row in rows)


def _pages(attachments: Attachments, digest: str) -> tuple[DocumentPage, ...] | None:
    try:
        return unpack_pages(attachments.read(digest))
    except LostAttachment:
        return None
