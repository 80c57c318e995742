"""How models write calls of functions, and thoughts before an answer.

A dialect is two marks and what reads a call between them. A model's text is not to be trusted: what
is not quite a call stays text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.api.messages import Message, ToolCallPart, assistant
from engine.text.gemma_calls import QUOTE, gemma4_call
from engine.text.hermes import hermes_call
from engine.text.parsed import ParsedCall, after_space
from engine.text.qwen_xml import qwen_xml_call
from engine.text.thought import Thought, ThoughtMarks, thought_of

if TYPE_CHECKING:
    from engine.api.events import DialectName
    from engine.api.requests import ToolSpec

# (text, where a call begins, the schema of each function's parameters): the call and its end.
ReadCall = Callable[[str, int, Mapping[str, Mapping[str, object]]], tuple[ParsedCall, int] | None]

_THINK = ThoughtMarks("<think>", "</think>")
# https://ai.google.dev/gemma/docs/core/prompt-formatting-gemma4
_CHANNEL = ThoughtMarks("<|channel>thought", "<channel|>", ("<|channel>", "<channel|>"))


@dataclass(frozen=True, slots=True)
class Dialect:
    """Calls stand between `opening` and `closing`; `read` reads one.

    A thought before the answer stands between the marks of `thought`. `thinks_first` says that the
    prompt may have opened it, so that the answer then only closes it. `quote` is a mark that calls
    use inside.
    """

    opening: str
    closing: str
    read: ReadCall
    thinks_first: bool = False
    quote: str = ""
    thought: ThoughtMarks = _THINK

    @property
    def marks(self) -> tuple[str, ...]:
        """Strings that must be seen in an answer, also where they are special tokens."""
        own = (self.opening, self.closing, self.quote, *self.thought.tokens)
        return tuple(mark for mark in own if mark)


DIALECTS: Mapping[DialectName, Dialect | None] = {
    "hermes": Dialect("<tool_call>", "</tool_call>", hermes_call),
    "qwen_xml": Dialect("<tool_call>", "</tool_call>", qwen_xml_call, thinks_first=True),
    "gemma4": Dialect("<|tool_call>", "<tool_call|>", gemma4_call, quote=QUOTE, thought=_CHANNEL),
    "none": None,
}


@dataclass(frozen=True, slots=True)
class Parsed:
    """An answer taken apart. `text` is what remains, without the line break before each call.

    `malformed` says that a block looked like a call and was none; it stands in `text` unchanged.
    `reasoning` is the thought that the answer began with, character by character; `opened` says
    that the answer opened it, not the prompt.
    """

    text: str
    calls: tuple[ParsedCall, ...] = ()
    malformed: bool = False
    reasoning: str = ""
    opened: bool = True


def parse_calls(
    text: str,
    dialect: DialectName = "hermes",
    tools: Sequence[ToolSpec] = (),
) -> Parsed:
    """Take a whole answer apart. Never raises; a call inside a thought is none.

    `tools` are the functions that were on offer: their schemas tell text from numbers where a
    dialect writes both alike.
    """
    form = DIALECTS[dialect]
    if form is None:
        return Parsed(text)
    thought = _thought(text, form)
    if thought.end is None:
        return Parsed(text)
    at = thought.end
    schemas = {spec.name: json.loads(spec.parameters) for spec in tools}
    calls: list[ParsedCall] = []
    remaining: list[str] = []
    malformed = False
    while (start := text.find(form.opening, at)) >= 0:
        found = _call_at(text, start, form, schemas)
        if found is None:
            malformed = True
            close = text.find(form.closing, start)
            end = close + len(form.closing) if close >= 0 else len(text)
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
        reasoning=thought.text,
        opened=thought.opened,
    )


def thought_marks(dialect: DialectName) -> ThoughtMarks | None:
    """What thoughts stand between in this dialect."""
    form = DIALECTS[dialect]
    return form.thought if form is not None else None


def answer_message(
    text: str,
    dialect: DialectName = "hermes",
    tools: Sequence[ToolSpec] = (),
) -> Message:
    """An answer as a message: its calls taken apart, a thought before them still in the text."""
    parsed = parse_calls(text, dialect, tools)
    marks = thought_marks(dialect)
    if not parsed.calls or marks is None:
        return assistant(text)
    opening = marks.opening if parsed.opened else ""
    thought = f"{opening}{parsed.reasoning}{marks.closing}" if parsed.reasoning else ""
    calls = [
        ToolCallPart(call.name, json.dumps(call.arguments, ensure_ascii=False))
        for call in parsed.calls
    ]
    return assistant(thought + parsed.text, *calls)


def _thought(text: str, form: Dialect) -> Thought:
    """The thought before an answer; an empty one that ends where the text begins if there is none.

    Nobody knows here whether the prompt has opened one: that is so where the text closes it.
    """
    opened = form.thinks_first and form.thought.closing in text
    return thought_of(text, form.thought, opened=opened) or Thought("", 0, opened=True)


def _call_at(
    text: str, start: int, form: Dialect, schemas: Mapping[str, Mapping[str, object]]
) -> tuple[ParsedCall, int] | None:
    """The call whose opening mark stands at `start`, and the offset after its closing mark."""
    found = form.read(text, start + len(form.opening), schemas)
    if found is None:
        return None
    call, end = found
    end = after_space(text, end)
    return (call, end + len(form.closing)) if text.startswith(form.closing, end) else None
