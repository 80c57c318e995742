"""Rows of the database as records, and what of a record goes into a row."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from app.drafts import Draft, draft_of
from app.store import message_json
from app.store.errors import NotStored
from app.store.records import LostPart, Turn, TurnError
from engine import Message, TextPart, user

if TYPE_CHECKING:
    from collections.abc import Mapping
    from sqlite3 import Connection

    from app.store.message_json import Get, Put
    from app.store.records import Json

TURN_COLUMNS = "id, parent_id, question, created, state, answer, reasoning, figures, error"
_TurnRow = tuple[str, str | None, str, float, str, str, str, str, str | None]
_UNREADABLE = "This question in the store is damaged."


def storable(text: str) -> str:
    """`text` as it can be written: half characters, which no file can hold, become marks."""
    return text.encode("utf-8", "replace").decode()


def turn_of(row: _TurnRow, get: Get) -> Turn:
    """A turn from its row; what cannot be read of its question is told in `lost`."""
    turn_id, parent_id, encoded, created, state, answer, reasoning, figures, error = row
    try:
        question, lost = message_json.decode(encoded, get)
    except ValueError:
        question, lost = Message("user", ()), (LostPart(0, "", _UNREADABLE),)
    return Turn(
        turn_id, parent_id, question, created, state, answer, reasoning,
        figures_of(figures), error_of(error), lost,
    )  # fmt: skip


def figures_of(text: str) -> dict[str, Json]:
    """Figures, or options, from their JSON; none where it is damaged."""
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def error_of(text: str | None) -> TurnError | None:
    """An error from its JSON, an array of three strings."""
    if text is None:
        return None
    try:
        kind, sentence, details = json.loads(text)
    except (ValueError, TypeError):
        return TurnError("StoreError", "Why this turn failed can no longer be read.")
    return TurnError(str(kind), str(sentence), str(details))


def figures_text(figures: Mapping[str, Json]) -> str:
    """Figures, or options, as JSON."""
    return json.dumps(dict(figures))


def error_text(error: TurnError | None) -> str | None:
    """An error as JSON."""
    return json.dumps([error.kind, error.sentence, error.details]) if error is not None else None


def encode_draft(draft: Draft, put: Put) -> str:
    """A draft as an encoded message; its text is kept as it was typed."""
    return message_json.encode(user(*draft.attachments, TextPart(draft.text)), put)


def decode_draft(text: str, get: Get) -> tuple[Draft, tuple[LostPart, ...]]:
    """A draft, and what of it is lost. A damaged one is empty."""
    try:
        message, lost = message_json.decode(text, get)
    except ValueError:
        return Draft(), (LostPart(0, "", "This draft in the store is damaged."),)
    return draft_of(message), lost


def conversation_number(connection: Connection, conversation_id: str) -> int:
    """The number of a conversation; raises `NotStored`."""
    query = "SELECT number FROM conversation WHERE id = ?"
    row = connection.execute(query, (conversation_id,)).fetchone()
    if row is None:
        raise NotStored("This conversation is no longer kept.", conversation_id)
    return int(row[0])


def turn_place(connection: Connection, turn_id: str) -> tuple[int, int, str | None]:
    """A turn's number, that of its conversation, and its parent's id; raises `NotStored`."""
    query = "SELECT number, conversation, parent_id FROM turn WHERE id = ?"
    row = connection.execute(query, (turn_id,)).fetchone()
    if row is None:
        raise NotStored("This question is no longer kept.", turn_id)
    return int(row[0]), int(row[1]), row[2]
