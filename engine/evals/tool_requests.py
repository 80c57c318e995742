"""How users ask for a call of a function, with everything the call needs in their words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.evals import facts
from engine.evals.items import Call, Check, Exchange, Split, Text, ToolResult
from engine.evals.tool_arguments import (
    LISTED_HELD_OUT,
    LISTED_TRAIN,
    SENTENCE_HELD_OUT,
    SENTENCE_TRAIN,
    Argument,
    draw_argument,
    phrase,
)
from engine.evals.tool_everyday import requests_of
from engine.evals.tool_verbs import verb_form, with_object

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from engine.evals.tool_functions import Function

ASKED_TRAIN = ("{D}.", "{D}.", "{D}", "{d}", "Please {d}.", "please {d}", "Can you {d}?",
    "Could you {d}?", "I want to {d}.", "I would like to {d}.", "I need to {d}.",
    "Would you {d}?", "{D}, please.", "Let us {d}.", "We have to {d}.", "Help me {d}.",
    "It is time to {d}.", "My task is to {d}.", "Now {d}.", "Next, {d}.", "Go and {d}.",
    "Will you {d}?", "{D}!", "Hi, please {d}.", "I'd like you to {d}.", "You should {d}.",
    "Do this for me: {d}.", "can you {d}", "I have to {d}.", "We want to {d}.",
    "How about this: {d}.", "Somebody has to {d}.", "Try to {d}.", "I must {d}.", "Then {d}.",
    )  # fmt: skip
ASKED_HELD_OUT = ("Would you please {d}?", "I want you to {d}.", "Be so kind as to {d}.",
    "Kindly {d}.", "Let me {d}.", "Could you please {d}?", "We need to {d}.",
    "I am going to {d}.", "Could you help me {d}?", "{D} for me.")  # fmt: skip
THING_TRAIN = ("the {k} of {t}", "the {k} of {t}", "the {k} for {t}", "the {k} kept for {t}",
    "the {k} that belongs to {t}", "the {k} given for {t}", "the {k} known for {t}")  # fmt: skip
THING_HELD_OUT = ("the {k} that {t} has", "the {k} belonging to {t}", "the {k} stored for {t}")
LOOK_UP_TRAIN = ("What is {x}?", "Tell me {x}.", "Please tell me {x}.", "Can you find {x}?",
    "Look up {x}.", "Find {x}.", "I need {x}.", "Give me {x}.", "{X}?", "{X}, please.",
    "Get {x}.", "Could you tell me {x}?", "Show me {x}.", "I want to know {x}.", "Check {x}.",
    "Do you know {x}?", "Find out {x}.", "Please look up {x}.", "Can you get {x}?",
    "I am looking for {x}.", "what is {x}", "Now {x}.", "Let me know {x}.")  # fmt: skip
LOOK_UP_HELD_OUT = ("Could you look up {x}?", "I would like to know {x}.", "May I have {x}?",
    "Please find out {x}.", "Can you tell me {x}?", "Would you check {x}?",
    "Please give me {x}.")  # fmt: skip
_JOINS = (" ", " ", " ", ", ")
# What leads to a list within the sentence, and what stands between its entries.
_LISTS = ((": {}", ", "), (" ({})", ", "), (": {}", "; "), (" with {}", " and "), (", {}", ", "),
    (" - {}", ", "))  # fmt: skip
_LISTS_BELOW = (("\n", "\n"), (" ", ", "), (" ", "; "), ("\n", ", "), ("\n\n", "\n"))


_WITHIN_SHARE = 0.7
_LISTED_SHARE = 0.85
_PHRASED_SHARE = 0.85


@dataclass(frozen=True, slots=True)
class Request:
    """A request for a call: as a whole sentence and as what is to be done ("book a room")."""

    question: str
    do: str
    call: Call
    copied: tuple[str, ...]


def draw_request(rng: random.Random, split: Split, function: Function) -> Request:
    """Draw a request for a function; parameters that may be left out are mentioned by half."""
    if function.everyday:
        return _everyday(rng, split, function)
    if function.look_up:
        return property_request(rng, split, function, facts.draw_key(rng, split))
    arguments = _arguments(rng, split, function)
    do = with_object(verb_form(rng, split, function.verb), function.noun)
    manner = rng.random()
    if manner < _WITHIN_SHARE:
        return within(rng, split, function, do, arguments)
    question = (_listed if manner < _LISTED_SHARE else _stated)(rng, split, do, arguments)
    return _request(function, arguments, question, do)


def draw_short_request(rng: random.Random, split: Split, function: Function) -> Request:
    """Draw a request whose arguments stand within what is to be done."""
    do = with_object(verb_form(rng, split, function.verb), function.noun)
    return within(rng, split, function, do, _arguments(rng, split, function))


def property_request(rng: random.Random, split: Split, function: Function, key: str) -> Request:
    """Ask for a property of a thing."""
    train = split is Split.TRAIN
    arguments = _arguments(rng, split, function)
    thing = with_arguments(rng, split, f"the {function.noun}", arguments, modifying=True)
    wanted = rng.choice(THING_TRAIN if train else THING_HELD_OUT).format(k=key, t=thing)
    form = rng.choice(LOOK_UP_TRAIN if train else LOOK_UP_HELD_OUT)
    question = form.format(x=wanted, X=wanted[0].upper() + wanted[1:])
    return _request(function, arguments, question, question)


def calling(rng: random.Random, split: Split, function: Function, task: str) -> Exchange:
    """Draw a request for a function and the call that is right."""
    request = draw_request(rng, split, function)
    return called(Text(request.question), (request,), task)


def called(asked: Text | ToolResult, requests: Sequence[Request], task: str) -> Exchange:
    """Return the exchange that asks for these calls."""
    return Exchange(
        (asked,),
        "",
        task,
        calls=tuple(request.call for request in requests),
        copied=tuple(stretch for request in requests for stretch in request.copied),
        check=Check.CALLS,
    )


def framed(rng: random.Random, split: Split, do: str) -> str:
    """Put what is to be done into a sentence of a user."""
    form = rng.choice(ASKED_TRAIN if split is Split.TRAIN else ASKED_HELD_OUT)
    return form.format(d=do, D=do[0].upper() + do[1:])


def within(
    rng: random.Random, split: Split, function: Function, do: str, arguments: Sequence[Argument]
) -> Request:
    """Ask with all arguments within the sentence, as phrases or as a list."""
    if rng.random() < _PHRASED_SHARE:
        do = with_arguments(rng, split, do, arguments)
    else:
        form = rng.choice(LISTED_TRAIN if split is Split.TRAIN else LISTED_HELD_OUT)
        before, between = rng.choice(_LISTS)
        listed = [phrase(rng, split, a, form.lstrip("-*+ ")) for a in in_any_order(rng, arguments)]
        do += before.format(between.join(listed))
    return _request(function, arguments, framed(rng, split, do), do)


def request_of(function: Function, arguments: Sequence[Argument], question: str) -> Request:
    """Return a request with the call of the function with these arguments."""
    return _request(function, arguments, question, question)


def with_arguments(
    rng: random.Random,
    split: Split,
    do: str,
    arguments: Sequence[Argument],
    *,
    modifying: bool = False,
) -> str:
    """Say arguments behind what is to be done, in any order, within one sentence.

    `modifying` where they tell which thing is meant rather than what is to be done with it.
    """
    mixed = in_any_order(rng, arguments)
    phrases = [phrase(rng, split, argument, modifying=modifying) for argument in mixed]
    return rng.choice(_JOINS).join([do, *phrases])


def _arguments(rng: random.Random, split: Split, function: Function) -> list[Argument]:
    meant = [p for p in function.parameters if p.required or rng.random() < 0.5]
    return [draw_argument(rng, split, parameter) for parameter in meant]


def _request(function: Function, arguments: Sequence[Argument], question: str, do: str) -> Request:
    given = {a.parameter.name: a for a in arguments}
    ordered = [given[p.name] for p in function.parameters if p.name in given]
    call = Call(function.name, {a.parameter.name: a.value for a in ordered})
    copied = (function.name, *(stretch for a in ordered for stretch in a.copied))
    return Request(question, do, call, copied)


def _everyday(rng: random.Random, split: Split, function: Function) -> Request:
    form = rng.choice(requests_of(function.name, split))
    arguments = [
        draw_argument(rng, split, p)
        for p in function.parameters
        if f"{{{p.name}}}" in form or p.kind == "boolean"
    ]
    written = {a.parameter.name: a.written for a in arguments}
    switched = any(a.value is True for a in arguments)
    said = form.replace("[on/off]", "on" if switched else "off").format(**written)
    return _request(function, arguments, said, said)


def _listed(rng: random.Random, split: Split, do: str, arguments: Sequence[Argument]) -> str:
    """Ask with the arguments as a list below the sentence."""
    form = rng.choice(LISTED_TRAIN if split is Split.TRAIN else LISTED_HELD_OUT)
    before, between = ("\n", "\n") if form[0] in "-*+" else rng.choice(_LISTS_BELOW)
    listed = [phrase(rng, split, argument, form) for argument in in_any_order(rng, arguments)]
    return _ended(framed(rng, split, do), before) + before + between.join(listed)


def _stated(rng: random.Random, split: Split, do: str, arguments: Sequence[Argument]) -> str:
    """Ask with some arguments in sentences of their own."""
    forms = SENTENCE_TRAIN if split is Split.TRAIN else SENTENCE_HELD_OUT
    mixed = in_any_order(rng, arguments)
    inside = rng.randint(0, max(0, len(mixed) - 1))
    first = framed(rng, split, with_arguments(rng, split, do, mixed[:inside]))
    sentences = [_sentence(rng, split, a, rng.choice(forms)) for a in mixed[inside:]]
    return " ".join([_ended(first, " "), *sentences])


def _sentence(rng: random.Random, split: Split, argument: Argument, form: str) -> str:
    if argument.parameter.kind != "boolean":
        return phrase(rng, split, argument, form)
    said = phrase(rng, split, argument)
    return f"{said[0].upper()}{said[1:]}."


def _ended(sentence: str, before: str) -> str:
    return sentence + "." if before == " " and sentence[-1] not in ".?!" else sentence


def in_any_order(rng: random.Random, arguments: Sequence[Argument]) -> list[Argument]:
    """Return arguments in any order."""
    return rng.sample(arguments, len(arguments))
