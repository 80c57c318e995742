"""How users ask for a call of a function, with everything the call needs in their words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.evals.items import Call, Split
from engine.evals.tool_parameters import (
    LISTED_HELD_OUT,
    LISTED_TRAIN,
    SENTENCE_HELD_OUT,
    SENTENCE_TRAIN,
    Argument,
    draw_argument,
    phrase,
)
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
_JOINS = (" ", " ", " ", ", ")
# What leads to a list within the sentence, and what stands between its entries.
_LISTS = ((": {}", ", "), (" ({})", ", "), (": {}", "; "), (" with {}", " and "), (", {}", ", "),
    (" - {}", ", "))  # fmt: skip
_LISTS_BELOW = (("\n", "\n"), (" ", ", "), (" ", "; "), ("\n", ", "), ("\n\n", "\n"))


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be done ("book a room for Anna"), what is added below it, and the right call."""

    do: str
    rest: str
    call: Call
    copied: tuple[str, ...]


def draw_request(
    rng: random.Random, split: Split, function: Function, *, single: bool = False
) -> Request:
    """Draw a request for a function; `single` for one that must stay within a sentence.

    Parameters that may be left out are mentioned by half.
    """
    meant = [p for p in function.parameters if p.required or rng.random() < 0.5]
    arguments = [draw_argument(rng, split, parameter) for parameter in meant]
    do = with_object(verb_form(rng, split, function.verb), function.noun)
    said, rest = _said(rng, split, do, arguments, single=single)
    return Request(said, rest, call_of(function, arguments), copied_of(function, arguments))


def asked(rng: random.Random, split: Split, request: Request) -> str:
    """Put what is to be done into a sentence of a user."""
    form = rng.choice(ASKED_TRAIN if split is Split.TRAIN else ASKED_HELD_OUT)
    sentence = form.format(d=request.do, D=request.do[0].upper() + request.do[1:])
    if request.rest.startswith(" ") and sentence[-1] not in ".?!":
        sentence += "."
    return sentence + request.rest


def call_of(function: Function, arguments: Sequence[Argument]) -> Call:
    """Return the call with arguments in the order of the function's parameters."""
    return Call(function.name, {a.parameter.name: a.value for a in arguments})


def copied_of(function: Function, arguments: Sequence[Argument]) -> tuple[str, ...]:
    """Return the stretches of a call that stand in the functions on offer or in the request."""
    return (function.name, *(stretch for a in arguments for stretch in a.copied))


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
    shuffled = _shuffled(rng, arguments)
    phrases = [phrase(rng, split, argument, modifying=modifying) for argument in shuffled]
    return rng.choice(_JOINS).join([do, *phrases])


def _said(
    rng: random.Random, split: Split, do: str, arguments: Sequence[Argument], *, single: bool
) -> tuple[str, str]:
    manner = rng.random()
    if manner < 0.62 or not arguments:
        return with_arguments(rng, split, do, arguments), ""
    if manner < 0.85 or single:
        return _listed(rng, split, do, _shuffled(rng, arguments), single=single)
    shuffled = _shuffled(rng, arguments)
    inside = rng.randint(0, len(shuffled) - 1)
    forms = SENTENCE_TRAIN if split is Split.TRAIN else SENTENCE_HELD_OUT
    sentences = [_sentence(rng, split, a, rng.choice(forms)) for a in shuffled[inside:]]
    return with_arguments(rng, split, do, shuffled[:inside]), " " + " ".join(sentences)


def _listed(
    rng: random.Random, split: Split, do: str, arguments: Sequence[Argument], *, single: bool
) -> tuple[str, str]:
    form = rng.choice(LISTED_TRAIN if split is Split.TRAIN else LISTED_HELD_OUT)
    if not single and (form[0] in "-*+" or rng.random() < 0.5):
        before, between = _LISTS_BELOW[0] if form[0] in "-*+" else rng.choice(_LISTS_BELOW)
        return do, before + between.join(phrase(rng, split, a, form) for a in arguments)
    form = form.removeprefix(f"{form[0]} ") if form[0] in "-*+" else form
    before, between = rng.choice(_LISTS)
    return do + before.format(between.join(phrase(rng, split, a, form) for a in arguments)), ""


def _sentence(rng: random.Random, split: Split, argument: Argument, form: str) -> str:
    if argument.parameter.kind != "boolean":
        return phrase(rng, split, argument, form)
    said = phrase(rng, split, argument)
    return f"{said[0].upper()}{said[1:]}."


def _shuffled(rng: random.Random, arguments: Sequence[Argument]) -> list[Argument]:
    return rng.sample(arguments, len(arguments))
