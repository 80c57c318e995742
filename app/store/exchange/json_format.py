"""Our own JSON: everything, branches and attachments included, so that reading it gives the same.

One object: `format`, `version`, `folders`, `conversations`, and `attachments`, which holds each
file once, in base64, by its SHA-256.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from typing import TYPE_CHECKING

from app.drafts import draft_of
from app.store.exchange.bundle import Bundle
from app.store.message_json import (
    as_int,
    as_list,
    as_number,
    as_object,
    as_text,
    decode_parts,
    encode_parts,
)
from app.store.records import Conversation, Folder, Turn, TurnError
from app.turn_tree import is_tree
from engine import Message, TextPart, user

if TYPE_CHECKING:
    from app.drafts import Draft
    from app.store.message_json import Get, Put
    from app.store.records import Json
    from engine import Part
    from engine.api.messages import Role

FORMAT = "tanka-conversations"
VERSION = 1
_ROLES: tuple[Role, ...] = ("user", "tool", "system", "assistant")


def write_json(bundle: Bundle) -> bytes:
    """The whole bundle as UTF-8 JSON. Parts that are lost in the store are not in it."""
    files: dict[str, Json] = {}

    def put(data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        files[digest] = base64.b64encode(data).decode()
        return digest

    conversations: list[Json] = [_conversation_json(c, put) for c in bundle.conversations]
    value: Json = {
        "format": FORMAT,
        "version": VERSION,
        "folders": [{"id": f.id, "name": f.name, "created": f.created} for f in bundle.folders],
        "conversations": conversations,
        "attachments": files,
    }
    return json.dumps(value, indent=1).encode()


def read_json(value: dict[str, object]) -> Bundle:
    """The bundle that `write_json` was given, from its JSON; raises `ValueError`."""
    version = as_int(value.get("version"))
    if version > VERSION:
        raise ValueError(f"version {version} was written by a later version of Tanka")
    files = as_object(value.get("attachments"))

    def get(digest: str) -> bytes:
        try:
            data = base64.b64decode(as_text(files.get(digest)), validate=True)
        except binascii.Error as fault:
            raise ValueError(f"the attachment {digest} is not base64") from fault
        if hashlib.sha256(data).hexdigest() != digest:
            raise ValueError(f"the attachment {digest} is damaged")
        return data

    folders = [_folder(as_object(item)) for item in as_list(value.get("folders"))]
    items = as_list(value.get("conversations"))
    return Bundle(tuple(_conversation(as_object(item), get) for item in items), tuple(folders))


def _conversation_json(conversation: Conversation, put: Put) -> Json:
    return {
        "id": conversation.id,
        "title": conversation.title,
        "titled_by_person": conversation.titled_by_person,
        "created": conversation.created,
        "changed": conversation.changed,
        "folder_id": conversation.folder_id,
        "pinned": conversation.pinned,
        "system_prompt": conversation.system_prompt,
        "options": dict(conversation.options),
        "draft": encode_parts(_draft_message(conversation.draft).parts, put),
        "turns": [_turn_json(turn, put) for turn in conversation.turns],
        "shown": [[place, turn_id] for place, turn_id in conversation.shown.items()],
    }


def _draft_message(draft: Draft) -> Message:
    return user(*draft.attachments, TextPart(draft.text))


def _turn_json(turn: Turn, put: Put) -> Json:
    error = turn.error
    return {
        "id": turn.id,
        "parent_id": turn.parent_id,
        "role": turn.question.role,
        "question": encode_parts(turn.question.parts, put),
        "answer": turn.answer,
        "reasoning": turn.reasoning,
        "state": turn.state,
        "created": turn.created,
        "figures": dict(turn.figures),
        "error": [error.kind, error.sentence, error.details] if error is not None else None,
    }


def _folder(value: dict[str, object]) -> Folder:
    return Folder(as_text(value["id"]), as_text(value["name"]), as_number(value["created"]))


def _conversation(value: dict[str, object], get: Get) -> Conversation:
    turns = tuple(_turn(as_object(item), get) for item in as_list(value["turns"]))
    shown = dict(_choice(item) for item in as_list(value["shown"]))
    if not is_tree(turns, shown):
        raise ValueError(f"the turns of the conversation {value['id']!r:.80} are no tree")
    return Conversation(
        id=as_text(value["id"]),
        title=as_text(value["title"]),
        created=as_number(value["created"]),
        changed=as_number(value["changed"]),
        titled_by_person=_flag(value["titled_by_person"]),
        folder_id=_text_or_none(value["folder_id"]),
        pinned=_flag(value["pinned"]),
        system_prompt=as_text(value["system_prompt"]),
        # Not in files of the first versions.
        options=_figures(value.get("options", {})),
        draft=draft_of(Message("user", _parts(value["draft"], get))),
        turns=turns,
        shown=shown,
    )


def _turn(value: dict[str, object], get: Get) -> Turn:
    role: Role | None = next((r for r in _ROLES if r == value["role"]), None)
    if role is None:
        raise ValueError(f"a question has the role {value['role']!r:.80}")
    return Turn(
        id=as_text(value["id"]),
        parent_id=_text_or_none(value["parent_id"]),
        question=Message(role, _parts(value["question"], get)),
        created=as_number(value["created"]),
        state=as_text(value["state"]),
        answer=as_text(value["answer"]),
        reasoning=as_text(value["reasoning"]),
        figures=_figures(value["figures"]),
        error=_error(value["error"]),
    )


def _parts(value: object, get: Get) -> tuple[Part, ...]:
    parts, lost = decode_parts(value, get)
    if lost:
        raise ValueError(f"the pages of {lost[0].name!r:.80} are damaged")
    return parts


def _choice(value: object) -> tuple[str | None, str]:
    place, turn_id = as_list(value)
    return _text_or_none(place), as_text(turn_id)


def _error(value: object) -> TurnError | None:
    if value is None:
        return None
    kind, sentence, details = as_list(value)
    return TurnError(as_text(kind), as_text(sentence), as_text(details))


def _figures(value: object) -> dict[str, Json]:
    figures: dict[str, Json] = json.loads(json.dumps(as_object(value)))
    return figures


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"true or false is expected, not {value!r:.80}")
    return value


def _text_or_none(value: object) -> str | None:
    return None if value is None else as_text(value)
