"""Messages and functions in the shape that chat templates take, safe against forged frames.

Text that a person, a document, a function or the model wrote can never become a special token: a
marker inside it is broken by a space, and the space is visible.
"""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING

from engine.api.messages import ImagePart, TextPart, ToolCallPart, ToolResultPart
from engine.prompt.conversation import call_arguments
from engine.prompt.forms import document_text, page_text
from engine.prompt.template_traits import TemplateTraits
from engine.text.thought import split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.api.messages import DocumentPart, Message
    from engine.api.requests import ToolSpec
    from engine.text.thought import ThoughtMarks

    Value = dict[str, object]


_USUAL = TemplateTraits()


def message_values(
    message: Message,
    specials: Sequence[str],
    traits: TemplateTraits = _USUAL,
    marks: ThoughtMarks | None = None,
) -> list[Value]:
    """The message as the template takes it; one for each result where functions gave several."""
    if message.role == "tool":
        results = [p for p in message.parts if isinstance(p, ToolResultPart)]
        return [_in_parts(_result(part, specials), traits) for part in results]
    content = _content(message, specials)
    if message.role == "assistant" and isinstance(content, str):
        texts = [part.text for part in message.parts if isinstance(part, TextPart)]
        content = answer_text("\n".join(texts), specials, marks).removeprefix(traits.answer_lead)
    value: Value = {"role": message.role, "content": content}
    if message.calls:
        value["tool_calls"] = [_call(call, specials) for call in message.calls]
    return [_in_parts(value, traits)]


def tool_values(tools: Sequence[ToolSpec], specials: Sequence[str]) -> list[Value]:
    """The functions as templates take them, by name: in whichever order, the head is the same."""
    return [
        _function(
            name=spec.name,
            description=neutralise(spec.description, specials),
            parameters=_neutral(json.loads(spec.parameters), specials),
        )
        for spec in sorted(tools, key=lambda spec: spec.name)
    ]


def neutralise(text: str, special_strings: Sequence[str]) -> str:
    """`text` with every special token broken by a space after its first character.

    Half a pair of surrogates becomes U+FFFD: it is no character, and no tokenizer takes it.
    """
    text = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    for special in special_strings:
        if special in text:
            text = text.replace(special, f"{special[0]} {special[1:]}")
    return text


def answer_text(
    text: str, specials: Sequence[str], marks: ThoughtMarks | None, *, opened: bool = False
) -> str:
    """An answer made safe, but for the marks of the thought that it begins with: those are its own.

    A template leaves out an earlier thought by its marks. `opened` says that the prompt opened it.
    """
    if marks is None or not marks.tokens:
        return neutralise(text, specials)
    return "".join(
        piece.text if piece.part == "mark" else neutralise(piece.text, specials)
        for piece in split(text, marks, opened=opened)
    )


def _neutral(value: object, specials: Sequence[str]) -> object:
    """JSON with its strings made safe: escapes are undone by now, so none can hide a marker."""
    match value:
        case str():
            return neutralise(value, specials)
        case list():
            return [_neutral(item, specials) for item in value]
        case dict():
            return {neutralise(k, specials): _neutral(v, specials) for k, v in value.items()}
    return value


def _in_parts(value: Value, traits: TemplateTraits) -> Value:
    content = value["content"]
    if traits.content_in_parts and isinstance(content, str):
        return {**value, "content": [{"type": "text", "text": content}]}
    return value


def _function(**function: object) -> Value:
    return {"type": "function", "function": function}


def _call(call: ToolCallPart, specials: Sequence[str]) -> Value:
    value = _function(
        name=neutralise(call.name, specials),
        arguments=_neutral(call_arguments(call), specials),
    )
    return {**value, "id": neutralise(call.call_id, specials)} if call.call_id else value


def _result(part: ToolResultPart, specials: Sequence[str]) -> Value:
    # As in a document, a line of a result cannot pass for a tag that closes it.
    value: Value = {"role": "tool", "content": neutralise(page_text(part.text), specials)}
    if part.name:
        value["name"] = neutralise(part.name, specials)
    if part.call_id:
        value["tool_call_id"] = neutralise(part.call_id, specials)
    return value


def _content(message: Message, specials: Sequence[str]) -> str | list[dict[str, str]]:
    """A string, or parts where there are pictures."""
    parts: list[dict[str, str]] = []
    for part in message.parts:
        if isinstance(part, ImagePart):
            parts.append({"type": "image"})
        elif not isinstance(part, ToolCallPart | ToolResultPart):
            parts.append({"type": "text", "text": _part_text(part, specials)})
    return _with_breaks(parts) if message.images else "\n".join(part["text"] for part in parts)


def _with_breaks(parts: list[dict[str, str]]) -> list[dict[str, str]]:
    """A line break between neighbouring text parts, as there is where no picture is near."""
    for part, following in pairwise(parts):
        if part["type"] == following["type"] == "text":
            part["text"] += "\n"
    return parts


def _part_text(part: TextPart | DocumentPart, specials: Sequence[str]) -> str:
    if isinstance(part, TextPart):
        return neutralise(part.text, specials)
    text = document_text(
        part.name, [page.text for page in part.pages], [page.number for page in part.pages]
    )
    return neutralise(text, specials)
