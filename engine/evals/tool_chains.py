"""Requests that take two calls: both at once, or the second with the first one's result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.evals.items import Item, Split, Text, ToolResult
from engine.evals.tool_arguments import Argument, draw_argument
from engine.evals.tool_functions import draw_function, draw_look_up, draw_others, tools_of
from engine.evals.tool_parameters import Parameter, draw_parameters
from engine.evals.tool_requests import (
    called,
    draw_short_request,
    framed,
    property_request,
    request_of,
    with_arguments,
)
from engine.evals.tool_results import draw_entries, draw_outcome, restated, result_text
from engine.evals.tool_verbs import verb_form, with_object

if TYPE_CHECKING:
    import random

TASK = "tools/two"
_TOLD_SHARE = 0.3
_TWICE_SHARE = 0.2
BOTH_TRAIN = ("{a} and {b}", "{a} and then {b}", "{a}, and {b}", "{a}, then {b}",
    "{a} and also {b}",
    "first {a} and then {b}", "{a}; {b}", "{a}, and after that {b}", "both {a} and {b}",
    "{a}, and please {b}", "{a} and, when that is done, {b}", "{a} and {b} as well",
    "first {a}, then {b}", "{a}. Also {b}", "{a}. Then {b}", "{a}. And {b}", "{a}. Next {b}",
    "{a}. Please {b} too", "two things: {a} and {b}", "{a}. After that {b}", "{a} & {b}",
    )  # fmt: skip
BOTH_HELD_OUT = ("{a}, and then please {b}", "{a}. Besides, {b}", "{a} and afterwards {b}",
    "{a}. In addition {b}", "{a}; also {b}", "{a} before you {b}",
    "first {a}; then {b}")  # fmt: skip
USED_TRAIN = ("with that {k}", "with this {k}", "using that {k}", "with it as the {k}",
    "with the {k} you find", "using the {k} from there", "with the same {k}", "with its {k}",
    "for that {k}", "using the {k} found", "with the {k} it gives", "using this {k}",
    "with that as the {k}", "taking that {k}", "using it as the {k}", "by that {k}",
    "under that {k}", "with the resulting {k}", "with what you find as the {k}",
    "using the same {k}")  # fmt: skip
USED_HELD_OUT = ("with the {k} found", "using its {k}", "and use that {k} for it",
    "with the {k} you get", "taking the {k} from there", "for the {k} you find")  # fmt: skip
THEN_TRAIN = ("{a} Then {b}.", "{a} After that, {b}.", "{a} With the result, {b}.",
    "{a} Next, {b}.", "{a} And then {b}.", "{a} When you have it, {b}.", "{a} I also want to {b}.",
    "{a} Then please {b}.", "{a} Once found, {b}.", "{a} Now {b}.", "{a} Can you then {b}?",
    "{a} Use it to {b}.", "{a} Afterwards {b}.", "{a} I need it to {b}.", "{a}\n{B}.",
    "{a} Please {b}.", "{a} So that you can {b}.", "{a} As soon as you know it, {b}.",
    "{a} It is needed to {b}.", "{a} Having that, {b}.")  # fmt: skip
THEN_HELD_OUT = ("{a} And after that {b}.", "{a} Then you can {b}.", "{a} With that, {b}.",
    "{a} Having found it, {b}.", "{a} Next please {b}.", "{a} Then go and {b}.")  # fmt: skip


def at_once(rng: random.Random, split: Split, level: int) -> Item:
    """Draw a request for two things at once."""
    first = second = draw_function(rng, split, min(level, 3))
    if rng.random() > _TWICE_SHARE:
        while second.noun == first.noun or second.verb == first.verb:
            second = draw_function(rng, split, min(level, 3))
    meant = (first,) if first is second else (first, second)
    functions = (*meant, *draw_others(rng, split, level, meant))
    requests = [draw_short_request(rng, split, f) for f in (first, second)]
    both = rng.choice(BOTH_TRAIN if split is Split.TRAIN else BOTH_HELD_OUT)
    do = both.format(a=requests[0].do, b=requests[1].do)
    exchange = called(Text(framed(rng, split, do)), requests, TASK)
    return Item(TASK, (exchange,), tools=tools_of(functions))


def in_turn(rng: random.Random, split: Split, level: int) -> Item:
    """Draw a request for a thing that needs a property of another one, to be looked up first."""
    train = split is Split.TRAIN
    look_up = draw_look_up(rng, split, level)
    entries = draw_entries(rng, split, rng.randint(1, 1 + level // 2))
    entry = rng.choice(entries)
    used = Parameter(entry.key.replace(" ", "_"), "word", entry.key)
    others = draw_parameters(rng, split, rng.randint(0, 1 + level // 4))
    free = tuple(p for p in others if p.name != used.name)
    place = rng.randint(0, len(free))
    parameters = (*free[:place], used, *free[place:])
    second = draw_function(rng, split, level, parameters=parameters)
    functions = (look_up, second, *draw_others(rng, split, level, (look_up, second), 3))
    arguments = [draw_argument(rng, split, p) for p in free]
    do = with_object(verb_form(rng, split, second.verb), second.noun)
    do += " " + rng.choice(USED_TRAIN if train else USED_HELD_OUT).format(k=entry.key)
    do = with_arguments(rng, split, do, arguments)
    first = property_request(rng, split, look_up, entry.key)
    then = rng.choice(THEN_TRAIN if train else THEN_HELD_OUT)
    question = then.format(a=first.do, b=do, B=do[0].upper() + do[1:])
    found = Argument(used, entry.value, entry.value)
    request = request_of(second, (found, *arguments), question)
    result = ToolResult(result_text(rng, entries, as_text=True))
    exchanges = [
        called(Text(question), (first,), TASK),
        called(result, (request,), TASK),
    ]
    if rng.random() < _TOLD_SHARE:
        exchanges.append(restated(rng, draw_outcome(rng, split, second.name), TASK))
    return Item(TASK, tuple(exchanges), tools=tools_of(functions))
