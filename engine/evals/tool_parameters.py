"""Parameters of functions: their names, their kinds of value and what says a value of theirs."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.evals import words
from engine.evals.lists import lines_of, words_of

if TYPE_CHECKING:
    import random

    from engine.evals.items import Split

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
copies | integer | copies | in {v} copies / repeated {v} times / making {v} copies
quantity | integer | copies | with {v} of them / taking {v} pieces / in a lot of {v}
minutes | integer | minutes | for {v} minutes / lasting {v} minutes / over {v} minutes
hours | integer | minutes | for {v} hours / lasting {v} hours / within {v} hours
pages | integer | pages | with {v} pages / on {v} pages / being {v} pages long
limit | integer | limit | with at most {v} of them / with not more than {v} / only the first {v}
max_price | number | price | up to {v} euros / for at most {v} euros / under {v} euros
price | number | price | for {v} euros / at {v} euros / costing {v} euros
weight_kg | number | weight | weighing {v} kg / of {v} kg / with {v} kg
distance_km | number | distance | over {v} km / within {v} km / some {v} km away
order_id | code | number | with the number {v} / number {v} / under number {v}
code | code | number | with the code {v} / using the code {v} / code {v}
reference | code | number | with the reference {v} / referring to {v} / under {v}
serial_number | code | number | with serial number {v} / bearing {v} / marked {v}
email | email | mail | writing to {v} / reachable at {v} / with the address {v}
phone | phone | phone | calling {v} / reachable under {v} / on the line {v}
title | phrase | title | called {v} / titled {v} / named {v}
name | phrase | title | called {v} / with the name {v} / by the name of {v}
text | text | text | saying {v} / with the words {v} / that says {v}
message | text | text | with the message {v} / telling them {v} / that reads {v}
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
        return {"type": self.kind if self.kind in TYPES else "string"}


def _rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in lines_of(table)]


TYPES = ("integer", "number", "boolean")
KNOWN: tuple[Parameter, ...] = (
    *(Parameter(n, k, p, tuple(f.split(" / "))) for n, k, p, f in _rows(_TABLE)),
    *(Parameter(n, "enum", n, tuple(f.split(" / ")), words_of(o)) for n, o, f in _rows(_ENUMS)),
)


_NAMES = {parameter.name for parameter in KNOWN}


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


def optional(parameter: Parameter) -> Parameter:
    """Return the parameter as one that may be left out."""
    return replace(parameter, required=False)


def _draw_parameter(rng: random.Random, split: Split) -> Parameter:
    form = rng.random()
    if form < 0.6:
        return rng.choice(KNOWN)
    if form < 0.68:
        known = rng.random() < 0.5
        noun = rng.choice(_SAID_BY_NAME) if known else _new_name(rng, split)
        return Parameter(noun, "boolean", noun)
    if form < 0.74:
        name = rng.choice(_LISTS)
        return Parameter(name, "list", "list")
    name = _new_name(rng, split)
    if rng.random() < 0.2:
        name += "_" + words.pick(rng, words.NOUNS, split)
    if form < 0.84:
        options = dict.fromkeys(words.any_word(rng, split) for _ in range(rng.randint(2, 4)))
        return Parameter(name, "enum", name, (), tuple(options))
    return Parameter(name, rng.choice(_MADE_UP_KINDS), name)


def _new_name(rng: random.Random, split: Split) -> str:
    while True:
        name = words.any_word(rng, split)
        if name not in _NAMES:
            return name
