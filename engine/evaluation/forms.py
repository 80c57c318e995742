"""Items as the values that the engine takes, and as a few words on a line."""

from __future__ import annotations

import hashlib
import io
import json
from typing import TYPE_CHECKING

from engine.api.messages import (
    DocumentPage,
    DocumentPart,
    ImagePart,
    TextPart,
    ToolCallPart,
    assistant,
    tool,
    user,
)
from engine.api.requests import ToolSpec
from engine.evals.items import Document, Picture, Text, ToolResult

if TYPE_CHECKING:
    from engine.api.messages import Message, Part
    from engine.evals.items import Exchange, Item
    from engine.evals.items import Part as ItemPart


def tool_specs(item: Item) -> tuple[ToolSpec, ...]:
    """The functions on offer."""
    return tuple(
        ToolSpec(
            str(function["name"]),
            str(function["description"]),
            json.dumps(function["parameters"], ensure_ascii=False),
        )
        for function in item.tools
    )


def asked_messages(exchange: Exchange) -> tuple[Message, ...]:
    """The question as messages: what functions gave back, each by itself, then the user's."""
    results = [tool(part.text) for part in exchange.asked if isinstance(part, ToolResult)]
    parts = [_message_part(p) for p in exchange.asked if not isinstance(p, ToolResult)]
    return (*results, user(*parts)) if parts else tuple(results)


def right_message(exchange: Exchange) -> Message:
    """The right answer as the assistant's message; a thought is not kept, as templates do."""
    calls = [
        ToolCallPart(call.name, json.dumps(dict(call.arguments), ensure_ascii=False))
        for call in exchange.calls
    ]
    return assistant(exchange.answer, *calls)


def checksum(seen: str, exchange: Exchange) -> str:
    """A checksum of `seen`, that of what came before, and of this question and its answer."""
    digest = hashlib.sha256(seen.encode())
    for part in exchange.asked:
        match part:
            case Text(text) | ToolResult(text):
                digest.update(f"\0text\0{text}".encode())
            case Document(name, pages):
                digest.update("\0document\0".join((name, *pages)).encode())
            case Picture(image):
                digest.update(f"\0picture\0{image.size}".encode() + image.tobytes())
    digest.update(f"\0{exchange.check}\0{exchange.said}".encode())
    return digest.hexdigest()[:16]


def question_line(exchange: Exchange) -> str:
    """The question with its attachments, on one line."""
    words = []
    for part in exchange.asked:
        match part:
            case Text(text) | ToolResult(text):
                words.append(text)
            case Document(name, _):
                words.append(f"[{name}]")
            case Picture(image):
                words.append(f"[picture, {image.width} x {image.height}]")
    return " ".join(" ".join(words).split())


def _message_part(part: ItemPart) -> Part:
    match part:
        case Text(text) | ToolResult(text):
            return TextPart(text)
        case Picture(image):
            data = io.BytesIO()
            image.save(data, "PNG")
            content = data.getvalue()
            digest = hashlib.sha256(content).hexdigest()
            return ImagePart("picture.png", digest, image.width, image.height, content)
        case Document(name, pages):
            numbered = tuple(DocumentPage(n, text) for n, text in enumerate(pages, start=1))
            content = "\f".join(pages).encode()
            digest = hashlib.sha256(content).hexdigest()
            return DocumentPart(name, digest, len(content), numbered)
