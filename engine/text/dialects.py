"""How models write calls of functions, and thoughts before an answer.

One dialect is known, Hermes: a JSON object with `name` and `arguments` between `<tool_call>` and
`</tool_call>`. A model's text is not to be trusted: what is not quite a call stays text.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.api.messages import Message, ToolCallPart, assistant

if TYPE_CHECKING:
    from collections.abc import Mapping

_OPEN, _CLOSE = "<tool_call>", "</tool_call>"
_THOUGHT = re.compile(r"\s*<think>(.*?)</think>", re.DOTALL)
_UNFINISHED_THOUGHT = re.compile(r"\s*<think>")
_SPACE = re.compile(r"[ \t\r\n]*")


@dataclass(frozen=True, slots=True)
class ParsedCall:
    """A call as the model wrote it; nothing says that there is such a function."""

    name: str
    arguments: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Parsed:
    """An answer taken apart. `text` is what remains, without the line break before each call.

    `malformed` says that a block looked like a call and was none; it stands in `text` unchanged.
    `reasoning` is the thought that the answer began with, character by character.
    """

    text: str
    calls: tuple[ParsedCall, ...] = ()
    malformed: bool = False
    reasoning: str = ""


def parse_calls(text: str) -> Parsed:
    """Take a whole answer apart. Never raises; a call inside a thought is none."""
    thought = _THOUGHT.match(text)
    if thought is None and _UNFINISHED_THOUGHT.match(text):
        return Parsed(text)
    at = thought.end() if thought else 0
    calls: list[ParsedCall] = []
    remaining: list[str] = []
    malformed = False
    while (start := text.find(_OPEN, at)) >= 0:
        found = _call_at(text, start + len(_OPEN))
        if found is None:
            malformed = True
            close = text.find(_CLOSE, start)
            end = close + len(_CLOSE) if close >= 0 else len(text)
            remaining.append(text[at:end])
        else:
            call, end = found
            calls.append(call)
            remaining.append(text[at:start].removesuffix("\n"))
        at = end
    remaining.append(text[at:])
    rest = "".join(remaining)
    return Parsed(
        text="" if calls and not rest.strip() else rest,
        calls=tuple(calls),
        malformed=malformed,
        reasoning=thought[1] if thought else "",
    )


def answer_message(text: str) -> Message:
    """An answer as a message: its calls taken apart, a thought before them still in the text."""
    parsed = parse_calls(text)
    if not parsed.calls:
        return assistant(text)
    thought = f"<think>{parsed.reasoning}</think>" if parsed.reasoning else ""
    calls = [
        ToolCallPart(call.name, json.dumps(call.arguments, ensure_ascii=False))
        for call in parsed.calls
    ]
    return assistant(thought + parsed.text, *calls)


def _call_at(text: str, start: int) -> tuple[ParsedCall, int] | None:
    """The call whose object begins at `start`, and the offset after its closing mark.

    The object is read before the mark is looked for, since a string in it may hold the mark.
    """
    try:
        value, end = _DECODER.raw_decode(text, _after_space(text, start))
    except (ValueError, RecursionError):
        return None
    end = _after_space(text, end)
    match value:
        case {"name": str(name), "arguments": dict(arguments)} if name:
            if text.startswith(_CLOSE, end):
                return ParsedCall(name, arguments), end + len(_CLOSE)
    return None


def _after_space(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{digits} is no number that JSON could write again")
    return number


# Models write real line breaks into strings; what they mean by it is clear.
_DECODER = json.JSONDecoder(strict=False, parse_float=_finite, parse_constant=_finite)
