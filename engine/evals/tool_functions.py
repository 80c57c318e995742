"""Functions on offer, composed of a verb, an object and parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.evals import words
from engine.evals.items import Split
from engine.evals.tool_everyday import EVERYDAY, near
from engine.evals.tool_parameters import Parameter, draw_parameters, optional
from engine.evals.tool_verbs import (
    LOOK_UP_VERBS,
    VERBS,
    verb_form,
    with_article,
    with_object,
)

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    Schema = dict[str, object]

TOP_LEVEL = 6
_EVERYDAY_SHARE = 0.25
_LOOK_UP_SHARE = 0.1
DESCRIBED_TRAIN = ("{D}.", "{D}.", "{D}", "{D} for the user.", "Use this to {d}.",
    "{D} in the system.", "A function to {d}.", "Call this to {d}.", "With this you can {d}.",
    "{D} and return the result.", "Lets you {d}.", "Used to {d}.", "{D} now.",
    "This function is there to {d}.", "Helps to {d}.", "{D} on request.", "To {d}.",
    "{D}, as the user says.", "Can {d}.", "For users who want to {d}.")  # fmt: skip
DESCRIBED_HELD_OUT = ("{D} when asked to.", "Call it in order to {d}.", "Serves to {d}.",
    "{D} for somebody.", "Tool that can {d}.", "Use it when the user wants to {d}.")  # fmt: skip
LOOKED_UP_TRAIN = ("Get details of {a}.", "Look up {a}.", "Everything known about {a}.",
    "Find out about {a}.", "Return the data of {a}.", "Tells what is known of {a}.",
    "Get the facts about {a}.", "Information on {a}.", "Give the details of {a}.",
    "Read the entry of {a}.", "Ask the register about {a}.", "All properties of {a}.",
    "Query the state of {a}.", "Answer questions about {a}.", "Show {a}.",
    "Fetch the record of {a}.", "Look up one {n} and return it.", "Details of one {n}.",
    "What the system knows of {a}.", "Retrieve {a}.")  # fmt: skip
LOOKED_UP_HELD_OUT = ("Return what is stored about {a}.", "Look up the details of {a}.",
    "Give information about {a}.", "Read the data of one {n}.", "Find the properties of {a}.",
    "Show what is known about {a}.")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Function:
    """A function on offer.

    `look_up` if it gives a thing's properties back, `everyday` if both splits know it.
    """

    name: str
    verb: str
    noun: str
    description: str
    parameters: tuple[Parameter, ...]
    look_up: bool = False
    everyday: bool = False

    @property
    def alone(self) -> bool:
        """Whether no other function on offer may deal with the same object."""
        return self.look_up or self.everyday

    @property
    def tool(self) -> Schema:
        """The function as the model is told of it."""
        required = [p.name for p in self.parameters if p.required]
        properties = {p.name: p.schema for p in self.parameters}
        schema = {"type": "object", "properties": properties, "required": required}
        return {"name": self.name, "description": self.description, "parameters": schema}


def draw_functions(
    rng: random.Random, split: Split, level: int, *, options: int = 0, look_ups: bool = True
) -> tuple[Function, ...]:
    """Draw the functions on offer; the first of them is the one meant.

    At high levels the others share its verb or its object. `options` counts the parameters that
    may be left out.
    """
    form = rng.random()
    if form < _EVERYDAY_SHARE:
        meant = draw_everyday(rng, options=options > 0)
    elif form < _EVERYDAY_SHARE + _LOOK_UP_SHARE and look_ups and not options:
        meant = draw_look_up(rng, split, level)
    else:
        meant = draw_function(rng, split, level, options=options)
    return (meant, *draw_others(rng, split, level, (meant,)))


def draw_others(
    rng: random.Random, split: Split, level: int, meant: Sequence[Function], most: int = 4
) -> tuple[Function, ...]:
    """Draw functions that are on offer but not meant, up to so many in all."""
    upper = max(0, min(level // 2 + 1, most - len(meant)))
    count = max(rng.randint(0, upper), rng.randint(0, upper))
    drawn = list(meant)
    for _ in range(count):
        other = draw_any(rng, split, min(level, rng.choice((3, 3, level))), rng.choice(meant))
        if not clashes(other, drawn):
            drawn.append(other)
    return tuple(drawn[len(meant) :])


def clashes(function: Function, others: Sequence[Function]) -> bool:
    """Whether a wish for the function may be met by one of the others."""
    return any(_meets(function, other) for other in others)


def _meets(function: Function, other: Function) -> bool:
    if function.everyday and other.everyday:
        return near(function.name, other.name)
    if "search_web" in (function.name, other.name):
        return any(f.look_up or f.verb == "find" for f in (function, other))
    same = function.verb == other.verb or function.alone or other.alone
    return same and _overlap(function.noun, other.noun)


def _overlap(noun: str, other: str) -> bool:
    """Whether a thing may be meant by the other's name: "lamp" by "spare lamp"."""
    one, two = {*noun.split()}, {*other.split()}
    return one <= two or two <= one


def draw_any(rng: random.Random, split: Split, level: int, meant: Function) -> Function:
    """Draw a function; at high levels it shares the verb or the object of the one given."""
    form = rng.random()
    if form < _EVERYDAY_SHARE:
        return draw_everyday(rng)
    if form < _EVERYDAY_SHARE + _LOOK_UP_SHARE:
        return draw_look_up(rng, split, level)
    if level < 3 or meant.alone or rng.random() < 0.5:
        return draw_function(rng, split, level)
    if rng.random() < 0.5:
        return draw_function(rng, split, level, verb=meant.verb)
    return draw_function(rng, split, level, noun=meant.noun)


def draw_everyday(rng: random.Random, *, options: bool = False) -> Function:
    """Draw one of the functions that both splits know; `options` for one that has some."""
    while True:
        name = rng.choice(tuple(EVERYDAY))
        described, parameters, _ = EVERYDAY[name]
        if not options or any(not p.required for p in parameters):
            verb, _, noun = name.partition("_")
            return Function(
                name, verb, noun.replace("_", " "), described, parameters, everyday=True
            )


def draw_function(
    rng: random.Random,
    split: Split,
    level: int,
    *,
    verb: str = "",
    noun: str = "",
    options: int = 0,
    parameters: tuple[Parameter, ...] | None = None,
) -> Function:
    """Draw a function that does something with an object."""
    verb = verb or rng.choice(tuple(VERBS))
    noun = noun or draw_noun(rng, split)
    if parameters is None:
        parameters = _parameters(rng, split, level, options)
    do = with_object(verb_form(rng, split, verb), noun)
    forms = DESCRIBED_TRAIN if split is Split.TRAIN else DESCRIBED_HELD_OUT
    described = rng.choice(forms).format(d=do, D=do[0].upper() + do[1:])
    return Function(_name(rng, verb, noun), verb, noun, described, parameters)


def draw_look_up(rng: random.Random, split: Split, level: int) -> Function:
    """Draw a function that looks a thing up and gives its properties back."""
    verb, noun = rng.choice(LOOK_UP_VERBS), draw_noun(rng, split)
    count = 1 if level < 2 else rng.choice((1, 1, 1, 2))
    forms = LOOKED_UP_TRAIN if split is Split.TRAIN else LOOKED_UP_HELD_OUT
    described = rng.choice(forms).format(a=with_article(noun), n=noun)
    parameters = draw_parameters(rng, split, count)
    return Function(_name(rng, verb, noun), verb, noun, described, parameters, look_up=True)


def draw_noun(rng: random.Random, split: Split) -> str:
    """Draw what a function deals with: a noun, with an adjective or made up at times."""
    form = rng.random()
    if form < 0.65:
        return words.pick(rng, words.NOUNS, split)
    if form < 0.8:
        return words.made_up(rng, split)
    first = words.ADJECTIVES if form < 0.9 else words.NOUNS
    return f"{words.pick(rng, first, split)} {words.pick(rng, words.NOUNS, split)}"


def tools_of(functions: Sequence[Function]) -> tuple[Schema, ...]:
    """Return functions as an item offers them: sorted by name."""
    return tuple(function.tool for function in sorted(functions, key=lambda f: f.name))


def _parameters(
    rng: random.Random, split: Split, level: int, options: int
) -> tuple[Parameter, ...]:
    most = (1, 1, 2, 2, 3, 3, 4)[min(level, TOP_LEVEL)]
    required = rng.randint(1, most if not options else min(most, 2))
    drawn = draw_parameters(rng, split, required + options)
    return (*drawn[:required], *(optional(p) for p in drawn[required:]))


def _name(rng: random.Random, verb: str, noun: str) -> str:
    parts = f"{verb} {noun}".replace("_", " ").split()
    if rng.random() < 0.1:
        return parts[0] + "".join(part.capitalize() for part in parts[1:])
    return "_".join(parts)
