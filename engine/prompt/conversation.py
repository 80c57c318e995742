"""Which messages make a conversation, before any template sees them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from engine.api.errors import BadRequest
from engine.api.messages import (
    DocumentPart,
    ImagePart,
    Message,
    Part,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


def check_conversation(messages: Sequence[Message]) -> None:
    """Refuse what no chat template means: no question, or a part in the wrong role."""
    if not any(message.role == "user" for message in messages):
        raise BadRequest("There is no question to answer.")
    last = messages[-1]
    wordless = not last.text.strip() and all(isinstance(p, TextPart) for p in last.parts)
    if last.role == "user" and wordless:
        raise BadRequest("There is no question to answer.")
    for message in messages:
        for part in message.parts:
            _check_part(part, message)
        if message.role == "tool" and not message.parts:
            raise BadRequest("A function's message must hold its result.")


def check_answerable(messages: Sequence[Message]) -> None:
    """Refuse a conversation whose last word is a call: its result is what comes next."""
    if messages and messages[-1].calls:
        raise BadRequest("The functions called last have given no results yet.")


def call_arguments(call: ToolCallPart) -> dict[str, object]:
    """The arguments of a call as an object."""
    try:
        arguments = json.loads(call.arguments)
    except (ValueError, RecursionError) as error:
        raise BadRequest(
            f"The arguments of a call of the function {call.name} are no JSON.", str(error)
        ) from error
    if not isinstance(arguments, dict):
        raise BadRequest(
            f"The arguments of a call of the function {call.name} must be a JSON object."
        )
    return arguments


def _check_part(part: Part, message: Message) -> None:
    match part:
        case ImagePart() | DocumentPart() if message.role != "user":
            raise BadRequest("Only questions can hold pictures and documents.")
        case ToolCallPart() if message.role != "assistant":
            raise BadRequest("Only answers can hold calls of functions.")
        case ToolCallPart():
            call_arguments(part)
        case ToolResultPart() if message.role != "tool":
            raise BadRequest('Only messages of the role "tool" can hold results of functions.')
        case TextPart() if message.role == "tool":
            raise BadRequest("A function's message can hold nothing but results.")
