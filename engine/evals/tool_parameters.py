"""Parameters of functions: their names, their kinds of value and how a request says them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.evals import words
from engine.evals.items import Split, belongs
from engine.evals.lists import lines_of, words_of
from engine.evals.values import draw_value

if TYPE_CHECKING:
    import random

# name | kind of value | place | phrases that say it without its name
# No function has two parameters of one place, so that no phrase can mean two of them.
_TABLE = """
guest | person | for | for {v} / under the name {v} / in the name of {v}
customer | person | for | for {v} / on the account of {v} / for the customer {v}
patient | person | for | for {v} / for the patient {v} / treating {v}
passenger | person | for | for {v} / carrying {v} / for the traveller {v}
visitor | person | for | for {v} / for our visitor {v} / visited by {v}
member | person | for | for {v} / for our member {v} / belonging to {v}
owner | person | for | for {v} / owned by {v} / belonging to {v}
recipient | person | to | to {v} / addressed to {v} / going to {v}
receiver | person | to | to {v} / meant for {v} / so that it reaches {v}
sender | person | from | from {v} / on behalf of {v} / sent by {v}
driver | person | by | driven by {v} / with {v} at the wheel / with {v} driving
teacher | person | by | taught by {v} / with {v} teaching / given by {v}
author | person | by | by {v} / written by {v} / from the pen of {v}
contact | person | by | with {v} / together with {v} / asking for {v}
origin | town | from | from {v} / starting in {v} / leaving {v}
departure | town | from | from {v} / departing from {v} / leaving from {v}
destination | town | to | to {v} / bound for {v} / going to {v}
arrival | town | to | to {v} / arriving in {v} / towards {v}
city | town | in | in {v} / in the city of {v} / somewhere in {v}
town | town | in | in {v} / in the town of {v} / around {v}
location | town | in | in {v} / near {v} / close to {v}
date | date | on | on {v} / for {v} / dated {v}
day | date | on | on {v} / on the day {v} / for the day {v}
start_date | date | on | from {v} / starting on {v} / beginning on {v}
deadline | date | until | by {v} / before {v} / not later than {v}
end_date | date | until | until {v} / ending on {v} / up to {v}
time | time | at | at {v} / for {v} / at exactly {v}
start_time | time | at | at {v} / starting at {v} / from {v} on
hour | time | at | at {v} / around {v} / when it is {v}
nights | integer | nights | for {v} nights / staying {v} nights / over {v} nights
people | integer | people | for {v} people / with {v} people / for a group of {v}
guests | integer | people | for {v} guests / with {v} guests / serving {v}
copies | integer | copies | in {v} copies / {v} times over / making {v} copies
quantity | integer | copies | {v} of them / {v} pieces of it / in a lot of {v}
minutes | integer | minutes | for {v} minutes / lasting {v} minutes / over {v} minutes
hours | integer | minutes | for {v} hours / lasting {v} hours / within {v} hours
pages | integer | pages | with {v} pages / on {v} pages / {v} pages long
limit | integer | limit | at most {v} of them / not more than {v} / only the first {v}
max_price | number | price | up to {v} euros / for at most {v} euros / under {v} euros
price | number | price | for {v} euros / at {v} euros / costing {v} euros
weight_kg | number | weight | weighing {v} kg / of {v} kg / with {v} kg
distance_km | number | distance | over {v} km / within {v} km / {v} km away
order_id | code | number | with the number {v} / number {v} / under number {v}
code | code | number | with the code {v} / using the code {v} / code {v}
reference | code | number | with the reference {v} / referring to {v} / under {v}
serial_number | code | number | with serial number {v} / bearing {v} / marked {v}
email | email | mail | writing to {v} / reachable at {v} / with the address {v}
phone | phone | phone | calling {v} / reachable under {v} / on the line {v}
title | phrase | title | called {v} / titled {v} / named {v}
name | phrase | title | called {v} / with the name {v} / by the name of {v}
text | phrase | text | saying {v} / with the words {v} / that says {v}
message | phrase | text | with the message {v} / telling them {v} / that reads {v}
subject | phrase | subject | about {v} / on the subject of {v} / concerning {v}
topic | phrase | subject | about {v} / on the topic {v} / dealing with {v}
room | room | room | in {v} / over in {v} / inside {v}
"""
_ENUMS = """
size | small medium large | in {v} / in {v} size / of {v} size
priority | low normal high urgent | with {v} priority / at {v} priority / of {v} priority
colour | red blue green white black grey | in {v} / painted {v} / coloured {v}
unit | metres feet yards inches | in {v} / measured in {v} / given in {v}
format | text table list picture | as a {v} / in {v} form / made into a {v}
class | first second third | in {v} class / travelling {v} class / going {v} class
speed | slow normal fast | at {v} speed / going at a {v} speed / with {v} speed
language | English German French Spanish Polish | in {v} / written in {v} / put in {v}
season | spring summer autumn winter | in {v} / during {v} / this {v}
shape | round square long flat | with a {v} shape / of {v} shape / in a {v} shape
"""
_SAID_BY_NAME = words_of("breakfast parking insurance reminder music delivery cover lunch alarm")
_LISTS = words_of("items guests tags topics names people colours parts members things")
_MADE_UP_KINDS = ("code", "integer", "number", "date", "time", "person", "town", "email",
    "measure", "word", "word", "phrase", "amount", "percentage", "code", "phone")  # fmt: skip

# Phrases that name the parameter, inside a sentence and as a sentence.
NAMED_TRAIN = ("with {k} {v}", "with the {k} {v}", "and {k} {v}", "with {v} as the {k}",
    "using {v} as {k}", "using {k} {v}", "where the {k} is {v}", "the {k} being {v}",
    "taking {v} for the {k}", "{k} {v}", "with {v} for the {k}", "having {k} {v}",
    "with its {k} set to {v}", "and make the {k} {v}", "and set the {k} to {v}",
    "and let the {k} be {v}", "and take {v} as the {k}", "and use {v} for the {k}",
    "for the {k} {v}", "under the {k} {v}", "with the {k} of {v}", "whose {k} is {v}",
    )  # fmt: skip
NAMED_HELD_OUT = ("with {v} as {k}", "its {k} being {v}", "using the {k} {v}", "at {k} {v}",
    "and have the {k} be {v}", "with {k} set to {v}", "of {k} {v}",
    "such that the {k} is {v}")  # fmt: skip
LISTED_TRAIN = ("{k}: {v}", "{k} = {v}", "{K}: {v}", "{k} {v}", "{k}={v}", "{k} is {v}",
    "{K} {v}", "{k} - {v}", "- {k}: {v}", "* {k}: {v}", "{k} ({v})", "{K} = {v}")  # fmt: skip
LISTED_HELD_OUT = ("{k} : {v}", "{K} - {v}", "{k} -> {v}", "- {k} = {v}", "{K} is {v}",
    "+ {k} {v}")  # fmt: skip
SENTENCE_TRAIN = ("The {k} is {v}.", "The {k} is {v}.", "The {k} should be {v}.",
    "Use {v} as the {k}.", "{K}: {v}.", "Its {k} is {v}.", "Take {v} for the {k}.",
    "The {k} must be {v}.", "Set the {k} to {v}.", "As the {k} take {v}.", "For the {k} use {v}.",
    "We have {v} as the {k}.", "Put {v} as the {k}.", "The {k} will be {v}.", "Make the {k} {v}.",
    "I want {v} as the {k}.", "The {k} is to be {v}.", "My {k} is {v}.", "Our {k} is {v}.",
    "The {k} I want is {v}.", "Let the {k} be {v}.")  # fmt: skip
SENTENCE_HELD_OUT = ("The {k} shall be {v}.", "Please use {v} as the {k}.", "{K} is {v}.",
    "The {k} would be {v}.", "As {k} use {v}.", "I need {v} as the {k}.",
    "Please set the {k} to {v}.")  # fmt: skip
YES_TRAIN = ("with {k}", "with the {k}", "including {k}", "with {k} included", "{k} included",
    "and do include {k}", "plus {k}", "with {k} as well")  # fmt: skip
YES_HELD_OUT = ("and include {k}", "together with {k}", "with {k} too")
NO_TRAIN = ("without {k}", "without the {k}", "without any {k}", "with no {k}", "but no {k}",
    "excluding {k}", "leaving out {k}", "not including {k}")  # fmt: skip
NO_HELD_OUT = ("but without {k}", "and no {k}", "{k} not included")
_NAMED_SHARE = 0.35
_ADVERBIAL = ("and ", "using", "taking", "so that", "making", "telling")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a function; `phrases` say a value of it without naming it."""

    name: str
    kind: str
    place: str
    phrases: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    required: bool = True

    @property
    def key(self) -> str:
        """The name as people say it."""
        return spoken(self.name)

    @property
    def schema(self) -> dict[str, object]:
        """The JSON schema of its values."""
        if self.kind == "list":
            return {"type": "array", "items": {"type": "string"}}
        if self.options:
            return {"type": "string", "enum": list(self.options)}
        return {"type": self.kind if self.kind in _TYPES else "string"}


@dataclass(frozen=True, slots=True)
class Argument:
    """A value for a parameter, as JSON and as a request writes it."""

    parameter: Parameter
    value: object
    written: str

    @property
    def copied(self) -> tuple[str, ...]:
        """The stretches of the value that stand in the request."""
        if isinstance(self.value, bool):
            return ()
        if isinstance(self.value, list):
            return tuple(self.value)
        return (str(self.value),)


def _rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in lines_of(table)]


_TYPES = ("integer", "number", "boolean")
KNOWN: tuple[Parameter, ...] = (
    *(Parameter(n, k, p, tuple(f.split(" / "))) for n, k, p, f in _rows(_TABLE)),
    *(Parameter(n, "enum", n, tuple(f.split(" / ")), words_of(o)) for n, o, f in _rows(_ENUMS)),
)


def spoken(name: str) -> str:
    """Return a parameter's name as words, without its unit: `distance_km` is "distance"."""
    return re.sub(r"_(km|kg)$", "", name).replace("_", " ")


def draw_parameters(rng: random.Random, split: Split, count: int) -> tuple[Parameter, ...]:
    """Draw parameters with different names and places."""
    drawn: dict[str, Parameter] = {}
    taken: set[str] = set()
    while len(drawn) < count:
        parameter = _draw_parameter(rng, split)
        if parameter.place in taken or parameter.name in drawn:
            continue
        drawn[parameter.name] = parameter
        taken.add(parameter.place)
    return tuple(drawn.values())


def draw_argument(rng: random.Random, split: Split, parameter: Parameter) -> Argument:
    """Draw a value for a parameter."""
    kind = parameter.kind
    if kind == "boolean":
        return Argument(parameter, rng.random() < 0.5, "")
    if kind == "enum":
        option = rng.choice(parameter.options)
        return Argument(parameter, option, option)
    if kind == "list":
        return _list_argument(rng, split, parameter)
    if kind in _TYPES:
        written = _draw_number(rng, split, kind)
        return Argument(parameter, float(written) if "." in written else int(written), written)
    value = draw_value(rng, split, kind)
    quote = rng.choice(('"', "'", '"')) if kind == "phrase" else ""
    return Argument(parameter, value, f"{quote}{value}{quote}")


def phrase(
    rng: random.Random, split: Split, argument: Argument, form: str = "", *, modifying: bool = False
) -> str:
    """Say an argument in the given form or as part of a sentence.

    `modifying` where it describes a thing and not what is to be done.
    """
    parameter = argument.parameter
    train = split is Split.TRAIN
    if parameter.kind == "boolean" and not form:
        yes, no = (YES_TRAIN, NO_TRAIN) if train else (YES_HELD_OUT, NO_HELD_OUT)
        return rng.choice(yes if argument.value else no).format(k=parameter.key)
    written = argument.written or ("yes" if argument.value else "no")
    own = [p for p in parameter.phrases if belongs(f"{parameter.name} {p}", split)]
    if not form and own and rng.random() > _NAMED_SHARE:
        form = rng.choice(own)
    named = NAMED_TRAIN if train else NAMED_HELD_OUT
    while not form or (modifying and form.startswith(_ADVERBIAL)):
        form = rng.choice(named)
    return form.format(k=parameter.key, K=parameter.key.capitalize(), v=written)


def _draw_parameter(rng: random.Random, split: Split) -> Parameter:
    form = rng.random()
    if form < 0.6:
        return rng.choice(KNOWN)
    if form < 0.68:
        known = rng.random() < 0.5
        noun = rng.choice(_SAID_BY_NAME) if known else words.pick(rng, words.NOUNS, split)
        return Parameter(noun, "boolean", noun)
    if form < 0.74:
        name = rng.choice(_LISTS)
        return Parameter(name, "list", "list")
    name = words.any_word(rng, split)
    if rng.random() < 0.2:
        name += "_" + words.pick(rng, words.NOUNS, split)
    if form < 0.84:
        options = dict.fromkeys(words.any_word(rng, split) for _ in range(rng.randint(2, 4)))
        return Parameter(name, "enum", name, (), tuple(options))
    return Parameter(name, rng.choice(_MADE_UP_KINDS), name)


def _list_argument(rng: random.Random, split: Split, parameter: Parameter) -> Argument:
    drawn = list(dict.fromkeys(words.any_word(rng, split) for _ in range(rng.randint(2, 3))))
    written = " and ".join([", ".join(drawn[:-1]), drawn[-1]] if len(drawn) > 1 else drawn)
    return Argument(parameter, drawn, written)


def _draw_number(rng: random.Random, split: Split, kind: str) -> str:
    while True:
        text = str(rng.randint(2, 10 ** rng.choice((1, 2, 2, 3))))
        if kind == "number" and rng.random() < 0.6:
            text += f".{rng.randint(1, 9)}"
        if belongs(text, split):
            return text


def optional(parameter: Parameter) -> Parameter:
    """Return the parameter as one that may be left out."""
    return replace(parameter, required=False)
