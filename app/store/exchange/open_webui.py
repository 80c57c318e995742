"""Open WebUI's export of chats: an array of records, each with a tree in `chat.history`."""

from __future__ import annotations

import base64
import binascii
import html
import re
from typing import TYPE_CHECKING
from uuid import uuid4

from app.reading import read_image_bytes
from app.store.exchange.foreign import object_or_none, seconds, text_or_none, title_of
from app.store.exchange.nodes import Node, turns_from
from app.store.message_json import as_object
from app.store.records import Conversation
from engine import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from engine import ImagePart

_THINKING = re.compile(
    r'<details type="reasoning"[^>]*>\s*(?:<summary>.*?</summary>)?(.*?)</details>\s*', re.DOTALL
)
_QUOTE = re.compile(r"^> ?", re.MULTILINE)
_DATA_URL = re.compile(r"data:image/[\w.+-]+;base64,(.*)", re.DOTALL)
_NO_PICTURE = "[A picture that is not in the exported file]"


def is_open_webui(value: object) -> bool:
    """Whether a record of the file looks like one of Open WebUI's."""
    return _history(value) is not None


def read_conversation(value: dict[str, object], now: float) -> Conversation:
    """One conversation; raises `ValueError`. `now` stands for times that are missing."""
    chat = object_or_none(value.get("chat")) or value
    history = as_object(_history(value))
    messages = as_object(history.get("messages"))
    nodes = {key: _node(key, as_object(item)) for key, item in messages.items()}
    created = seconds(value.get("created_at", chat.get("timestamp")), now)
    turns, shown = turns_from(nodes, text_or_none(history.get("currentId")), created)
    title = text_or_none(value.get("title")) or chat.get("title")
    parameters = object_or_none(chat.get("params")) or {}
    return Conversation(
        id=uuid4().hex,
        title=title_of(title, turns),
        created=created,
        changed=seconds(value.get("updated_at"), created),
        titled_by_person=bool(text_or_none(title)),
        pinned=value.get("pinned") is True,
        system_prompt=text_or_none(parameters.get("system", chat.get("system"))) or "",
        turns=turns,
        shown=shown,
    )


def _history(value: object) -> dict[str, object] | None:
    record = object_or_none(value) or {}
    chat = object_or_none(record.get("chat")) or record
    history = object_or_none(chat.get("history"))
    return history if history is not None and isinstance(history.get("messages"), dict) else None


def _node(node_id: str, value: dict[str, object]) -> Node:
    role = _role(value.get("role"))
    content = value.get("content")
    text = content if isinstance(content, str) else "\n".join(_texts(content))
    reasoning = ""
    if role == "assistant":
        reasoning = "\n\n".join(_thought(found) for found in _THINKING.findall(text))
        text = _THINKING.sub("", text).strip()
    images, missing = _images(value)
    created = value.get("timestamp")
    listed = value.get("childrenIds")
    return Node(
        id=node_id,
        parent=text_or_none(value.get("parentId")),
        role=role,
        text="\n".join([text, *missing]).strip() if missing else text,
        reasoning=reasoning,
        created=seconds(created, 0.0) if created is not None else None,
        children=tuple(c for c in listed if isinstance(c, str)) if isinstance(listed, list) else (),
        images=images,
    )


def _role(value: object) -> Literal["user", "assistant", "other"]:
    if value == "user":
        return "user"
    return "assistant" if value in ("assistant", "tool") else "other"


def _thought(text: str) -> str:
    return html.unescape(_QUOTE.sub("", text.strip()))


def _texts(content: object) -> Iterator[str]:
    for item in content if isinstance(content, list) else ():
        text = text_or_none((object_or_none(item) or {}).get("text"))
        if text is not None:
            yield text


def _images(value: dict[str, object]) -> tuple[tuple[ImagePart, ...], list[str]]:
    """The pictures of a message, and a line for each that the file does not hold."""
    images: list[ImagePart] = []
    missing: list[str] = []
    for url, name in _picture_addresses(value):
        image = _image(url, name)
        if image is None:
            missing.append(_NO_PICTURE)
        else:
            images.append(image)
    return tuple(images), missing


def _picture_addresses(value: dict[str, object]) -> Iterator[tuple[str, str]]:
    files, content = value.get("files"), value.get("content")
    for item in files if isinstance(files, list) else ():
        file = object_or_none(item) or {}
        if file.get("type") == "image":
            yield text_or_none(file.get("url")) or "", text_or_none(file.get("name")) or "picture"
    for item in content if isinstance(content, list) else ():
        address = object_or_none((object_or_none(item) or {}).get("image_url"))
        if address is not None:
            yield text_or_none(address.get("url")) or "", "picture"


def _image(url: str, name: str) -> ImagePart | None:
    found = _DATA_URL.fullmatch(url)
    if found is None:
        return None
    try:
        return read_image_bytes(base64.b64decode(found[1]), name)
    except (binascii.Error, UnreadableFile):
        return None
