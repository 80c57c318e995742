"""Putting an item to the engine: every question that counts, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.api.errors import BadRequest, ContextTooLong, ModelNotUsable
from engine.api.events import Failed, Finished
from engine.api.messages import system
from engine.api.requests import Generate, Limits
from engine.dialogue import events_of
from engine.evals.checks import is_right
from engine.evals.items import Call, Picture
from engine.evals.runs import Outcome
from engine.evaluation.forms import (
    asked_messages,
    checksum,
    question_line,
    right_message,
    tool_specs,
)
from engine.text.dialects import parse_calls

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.api.events import DialectName
    from engine.api.messages import Message
    from engine.api.requests import ToolSpec
    from engine.client import EngineClient
    from engine.evals.items import Exchange, Item
    from engine.text.dialects import Parsed

NO_PICTURES = "it takes no pictures"
NO_TOOLS = "its chat template has no functions"
TOO_LONG = "longer than its context"
REFUSED = "its chat template refuses the conversation"
# What runs on longer than this is no answer.
_MAX_TOKENS = 256


@dataclass(frozen=True, slots=True)
class Answered:
    """A question that was answered; `said` is the text as the model wrote it."""

    outcome: Outcome
    question: str
    expected: str
    said: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """Questions that this model cannot be asked."""

    task: str
    reason: str
    count: int


def ask_item(
    client: EngineClient, task: str, number: int, item: Item, dialect: DialectName = "hermes"
) -> Iterator[Answered | Skipped]:
    """Ask the scored questions of an item, one after the other; calls come in `dialect`.

    Later questions follow the right answers, so that one mistake is counted once.
    """
    tools = tool_specs(item)
    messages: tuple[Message, ...] = (system(item.system),) if item.system else ()
    seen = f"{item.system}\0{tools}"
    for place, exchange in enumerate(item.exchanges):
        messages += asked_messages(exchange)
        seen = checksum(seen, exchange)
        if exchange.scored:
            finished = _ask(client, messages, tools, exchange)
            if not isinstance(finished, Finished):
                left = sum(later.scored for later in item.exchanges[place:])
                yield Skipped(task, _reason_of(finished, item), left)
                return
            parsed = parse_calls(finished.text, dialect, tools)
            outcome = Outcome(task, number, place, seen, _is_right(exchange, parsed))
            yield Answered(outcome, question_line(exchange), exchange.said, finished.text)
        messages += (right_message(exchange),)


def _ask(
    client: EngineClient,
    messages: tuple[Message, ...],
    tools: tuple[ToolSpec, ...],
    exchange: Exchange,
) -> Finished | ContextTooLong | ModelNotUsable | BadRequest:
    """Ask one question; an error that is about the question is handed back, others are raised."""
    # No token is less than a character, so the right answer fits in any case.
    most = max(_MAX_TOKENS, len(exchange.said) + 16)
    request = Generate(messages, limits=Limits(max_tokens=most), tools=tools)
    for event in events_of(client, request):
        match event:
            case Failed(error=ContextTooLong() | ModelNotUsable() | BadRequest() as error):
                return error
            case Failed(error=error):
                raise error
            case Finished():
                used = event.usage
                if event.reason == "length" and used.completion_tokens < most:
                    needed = used.prompt_tokens + most
                    return ContextTooLong(needed, used.prompt_tokens + used.completion_tokens)
                return event
    raise AssertionError("a generate request ends with Finished or Failed")


def _is_right(exchange: Exchange, parsed: Parsed) -> bool:
    if parsed.malformed:
        return False
    return is_right(exchange, parsed.text, [Call(c.name, c.arguments) for c in parsed.calls])


def _reason_of(error: ContextTooLong | ModelNotUsable | BadRequest, item: Item) -> str:
    """Why an item cannot be asked. An item of plain words can, so then the model is at fault."""
    if isinstance(error, ContextTooLong):
        return TOO_LONG
    if item.tools:
        return NO_TOOLS
    if any(isinstance(part, Picture) for e in item.exchanges for part in e.asked):
        return NO_PICTURES
    if item.system or len(item.exchanges) > 1:
        return REFUSED
    raise error
