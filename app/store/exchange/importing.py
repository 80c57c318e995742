"""Files into the store: the format is told by content, and all of a file comes in or nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

from app.store.errors import NotImportable
from app.store.exchange import chatgpt, json_format, open_webui
from app.store.exchange.bundle import Bundle
from app.store.message_json import as_object

if TYPE_CHECKING:
    from sqlite3 import Connection

    from app.store.records import Conversation, Turn
    from app.store.store import Store

_FOREIGN = (
    (chatgpt.is_chatgpt, chatgpt.read_conversation),
    (open_webui.is_open_webui, open_webui.read_conversation),
)


def read_bundle(data: bytes, now: float) -> Bundle:
    """What a file of our own JSON, of ChatGPT's or of Open WebUI's holds.

    `now` stands for times that the file does not have. Raises `NotImportable`.
    """
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as fault:
        raise NotImportable(
            "This file cannot be imported: it is damaged, or it is no JSON file.", repr(fault)
        ) from fault
    try:
        return _bundle(value, now)
    except KeyError as fault:
        raise _broken(f"the field {fault} is missing") from fault
    except (ValueError, TypeError, OverflowError) as fault:
        raise _broken(str(fault)) from fault


def import_bundle(store: Store, bundle: Bundle) -> list[str]:
    """Take a bundle into the store; returns the ids of its conversations there.

    What has an id that the store knows already comes in beside it, under new ids. One transaction.
    """
    ids: list[str] = []
    with store.database.write() as connection:
        for folder in bundle.folders:
            store.folders.insert(folder)
        for conversation in bundle.conversations:
            fitted = _fitted(connection, conversation)
            store.conversations.insert(fitted)
            ids.append(fitted.id)
    return ids


def _bundle(value: object, now: float) -> Bundle:
    if isinstance(value, dict) and value.get("format") == json_format.FORMAT:
        return json_format.read_json(value)
    items = value if isinstance(value, list) else [value]
    for fits, read in _FOREIGN:
        if items and all(fits(item) for item in items):
            return Bundle(tuple(read(as_object(item), now) for item in items))
    raise NotImportable(
        "This file cannot be imported: it holds no conversations of Tanka, ChatGPT or Open WebUI."
    )


def _broken(why: str) -> NotImportable:
    return NotImportable(
        "This file cannot be imported: its conversations are not as they should be. Nothing of it "
        "was taken in.",
        why,
    )


def _fitted(connection: Connection, conversation: Conversation) -> Conversation:
    """The conversation with ids that are free, in a folder that is there."""
    if conversation.folder_id and not _known(connection, "folder", conversation.folder_id):
        conversation = replace(conversation, folder_id=None)
    if _known(connection, "conversation", conversation.id):
        conversation = replace(conversation, id=uuid4().hex)
    if any(_known(connection, "turn", turn.id) for turn in conversation.turns):
        conversation = _with_new_turn_ids(conversation)
    return conversation


def _with_new_turn_ids(conversation: Conversation) -> Conversation:
    new: dict[str | None, str] = {turn.id: uuid4().hex for turn in conversation.turns}

    def renamed(turn: Turn) -> Turn:
        return replace(turn, id=new[turn.id], parent_id=new.get(turn.parent_id))

    turns = tuple(renamed(turn) for turn in conversation.turns)
    shown = {new.get(place): new[turn] for place, turn in conversation.shown.items()}
    return replace(conversation, turns=turns, shown=shown)


def _known(connection: Connection, table: str, row_id: str) -> bool:
    query = f"SELECT 1 FROM {table} WHERE id = ?"  # noqa: S608
    return connection.execute(query, (row_id,)).fetchone() is not None
