"""ChatGPT's `conversations.json`: an array of conversations, each a `mapping` of messages.

Pictures are not in that file, only pointers to them; a line says so where one was. What the file
hides from the conversation itself, such as custom instructions, is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal
from uuid import uuid4

from app.store.exchange.foreign import object_or_none, seconds, text_or_none, title_of
from app.store.exchange.nodes import Node, turns_from
from app.store.message_json import as_object
from app.store.records import Conversation

if TYPE_CHECKING:
    from collections.abc import Iterable

_NO_PICTURE = "[A picture that is not in the exported file]"
_CODE = frozenset({"code", "execution_output"})
# What the model kept for itself, or what the program told it.
_SKIPPED = frozenset({"user_editable_context", "model_editable_context", "reasoning_recap"})
_Role = Literal["user", "assistant", "other"]


def is_chatgpt(value: object) -> bool:
    """Whether a conversation of the file looks like one of ChatGPT's."""
    return isinstance(value, dict) and isinstance(value.get("mapping"), dict)


def read_conversation(value: dict[str, object], now: float) -> Conversation:
    """One conversation; raises `ValueError`. `now` stands for times that are missing."""
    mapping = as_object(value["mapping"])
    messages = {key: as_object(item) for key, item in mapping.items()}
    nodes = {key: _node(key, item) for key, item in messages.items()}
    created = seconds(value.get("create_time"), now)
    turns, shown = turns_from(nodes, text_or_none(value.get("current_node")), created)
    return Conversation(
        id=uuid4().hex,
        title=title_of(value.get("title"), turns),
        created=created,
        changed=seconds(value.get("update_time"), created),
        titled_by_person=bool(text_or_none(value.get("title"))),
        system_prompt="\n\n".join(_system_texts(messages.values())),
        turns=turns,
        shown=shown,
    )


def _node(node_id: str, value: dict[str, object]) -> Node:
    message = object_or_none(value.get("message")) or {}
    content = object_or_none(message.get("content")) or {}
    role = _role(message)
    created = message.get("create_time")
    listed = value.get("children")
    children = tuple(c for c in listed if isinstance(c, str)) if isinstance(listed, list) else ()
    return Node(
        id=node_id,
        parent=text_or_none(value.get("parent")),
        role=role,
        text="" if role == "other" else _text(content),
        reasoning="" if role == "other" else _thoughts(content),
        created=seconds(created, 0.0) if created is not None else None,
        children=children,
    )


def _role(message: dict[str, object]) -> _Role:
    metadata = object_or_none(message.get("metadata")) or {}
    author = object_or_none(message.get("author")) or {}
    if metadata.get("is_visually_hidden_from_conversation"):
        return "other"
    match author.get("role"):
        case "user":
            return "user"
        case "assistant" | "tool":
            return "assistant"
    return "other"


def _text(content: dict[str, object]) -> str:
    kind = content.get("content_type")
    if kind in _SKIPPED or kind == "thoughts":
        return ""
    parts = content.get("parts")
    if isinstance(parts, list):
        return "\n".join(text for text in map(_part_text, parts) if text)
    text = text_or_none(content.get("text")) or text_or_none(content.get("result")) or ""
    if text and kind in _CODE:
        language = text_or_none(content.get("language")) or ""
        language = "" if language == "unknown" else language
        return f"```{language}\n{text}\n```"
    return text


def _part_text(part: object) -> str:
    if isinstance(part, str):
        return part
    value = object_or_none(part) or {}
    if value.get("content_type") == "image_asset_pointer":
        return _NO_PICTURE
    return text_or_none(value.get("text")) or ""


def _thoughts(content: dict[str, object]) -> str:
    thoughts = content.get("thoughts")
    if not isinstance(thoughts, list):
        return ""
    found = [object_or_none(thought) or {} for thought in thoughts]
    texts = (text_or_none(t.get("content")) or text_or_none(t.get("summary")) for t in found)
    return "\n\n".join(text for text in texts if text)


def _system_texts(items: Iterable[dict[str, object]]) -> list[str]:
    found = []
    for item in items:
        message = object_or_none(item.get("message")) or {}
        metadata = object_or_none(message.get("metadata")) or {}
        author = object_or_none(message.get("author")) or {}
        hidden = metadata.get("is_visually_hidden_from_conversation")
        if author.get("role") == "system" and not hidden:
            text = _text(object_or_none(message.get("content")) or {})
            found += [text] if text else []
    return found
