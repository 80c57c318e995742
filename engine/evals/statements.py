"""How a document states facts: as lines or sentences, among others that state nothing asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.evals import words
from engine.evals.items import Split
from engine.evals.lists import lines_of

if TYPE_CHECKING:
    import random

    from engine.evals.facts import Fact

LINES_TRAIN = ("{K}: {v}", "{K}: {v}", "{K} = {v}", "- {K}: {v}", "* {k}: {v}", "{K} - {v}",
    "{k}: {v}", "{K}\t{v}", "| {K} | {v} |", "{K}: {v}.", "{K} : {v}", "{K}; {v}", "{K} ... {v}",
    "{K}  {v}", "{K} -> {v}", "{k}={v}", "**{K}:** {v}", "{K}:\n{v}", "{K}\n  {v}", "[{K}] {v}",
    "{T}: {v}", "# {K}\n{v}", "{K}, {v}", "{K} / {v}", "{K}:{v}", "~ {k}: {v}", "{k} {v}",
    "{K} ({v})", "\u2022 {K}: {v}", '"{k}": "{v}"', "{K} is {v}")  # fmt: skip
LINES_HELD_OUT = ("{K}:  {v}", "> {K}: {v}", "{K} | {v}", "+ {K} = {v}", "{k} - {v}", "{K} .. {v}",
    "{T} = {v}", "<{k}> {v}", "{K} => {v}", "{K}: **{v}**")  # fmt: skip
PROSE_TRAIN = lines_of(
    """
    The {k} is {v}.
    The {k} is {v}.
    The {k} was {v}.
    The {k} will be {v}.
    The {k} is now {v}.
    The {k} has been set to {v}.
    The {k} remains {v}.
    Please note that the {k} is {v}.
    As agreed, the {k} is {v}.
    For the {k} we noted {v}.
    We have {v} as the {k}.
    Its {k} is {v}.
    The {k} of this one: {v}.
    Our {k} is {v}.
    Remember: the {k} is {v}.
    Here {v} is the {k}.
    The {k} must be {v}.
    The {k} given is {v}.
    They wrote {v} for the {k}.
    The {k} was changed to {v}.
    {v} is the {k}.
    {v} is our {k}.
    {v} was chosen as the {k}.
    With {v} as the {k}, all is set.
    You will find that the {k} is {v}.
    We agreed on {v} as the {k}.
    The {k} now reads {v}.
    I was told that the {k} is {v}.
    Under {k} it says {v}.
    The {k}, {v}, is fixed.
    There is a new {k}: {v}.
    Everybody knows that {v} is the {k}.
    The {k} stands at {v}.
    It has {v} as its {k}.
    After some talk they took {v} as the {k}.
    Let us use {v} as the {k}.
    By the way, the {k} is {v}.
    Next comes the {k}, which is {v}.
    The list gives {v} as the {k}.
    The {k} turned out to be {v}.
    """
)
PROSE_HELD_OUT = lines_of(
    """
    In this case the {k} is {v}.
    The {k} stays {v}.
    The {k} shall be {v}.
    As the {k} we have {v}.
    Your {k} is {v}.
    It is stated that the {k} is {v}.
    We put down {v} as the {k}.
    {v} became the {k}.
    For now, the {k} is {v}.
    The {k} that was agreed is {v}.
    """
)
FILLER_TRAIN = lines_of(
    """
    The {a} {n} was {b} all {m}.
    Nobody spoke about the {n}.
    We thank you for your {n}.
    A {a} {n} stood near the {m}.
    Please keep this {n} safe.
    This page was checked twice.
    The {n} and the {m} were both {a}.
    See the {n} as well.
    All {n} work is done by the {m} team.
    It was a {a} {n}.
    Details follow below.
    There were many {a} {n} plans.
    Yesterday the {m} looked {a}.
    Kind regards
    We liked the {n}.
    They walked past the {a} {n} and a {m}.
    No {n} was ever so {a}.
    Why the {n} went {a}, nobody knows.
    Please read all of it.
    She brought a {n} and some {m}.
    Two of them saw the {a} {n}.
    The rest can wait.
    If the {n} gets {a}, ask the {m} people.
    We met beside the {n}.
    Some say the {n} is too {a}.
    Dear all,
    The {m} fell on the {n}.
    He sold {a} and {b} {n} goods.
    That was before the {n} came.
    Everything here is {a} and {b}.
    Write to us if you miss the {n}.
    A {n} without a {m} is no use.
    """
)
FILLER_HELD_OUT = lines_of(
    """
    Later the {n} turned {a}.
    Some {a} {n} came with the {m}.
    Ask the {m} about any {n}.
    Every {n} had a {a} {m}.
    Nothing else was {a}.
    Thank you for reading this.
    Between the {n} and the {m} it grew {a}.
    Few people own a {a} {n}.
    """
)


def line_forms(rng: random.Random, split: Split) -> tuple[str, ...]:
    """Draw how a document writes its lines: mostly all in one form."""
    forms = LINES_TRAIN if split is Split.TRAIN else LINES_HELD_OUT
    return forms if rng.random() < 0.15 else (rng.choice(forms),)


def sentence_forms(split: Split) -> tuple[str, ...]:
    """Return the forms of sentences that state a fact."""
    return PROSE_TRAIN if split is Split.TRAIN else PROSE_HELD_OUT


def stated(form: str, fact: Fact) -> str:
    """Write a fact down in a form."""
    key, value = fact.key, fact.value
    return form.format(k=key, K=_big(key), T=key.title(), v=value)


def joined(rng: random.Random, first: str, second: str) -> str:
    """Make one sentence of two, of which the second starts with "The"."""
    between = rng.choice((", and ", " and ", ", while ", "; "))
    return f"{first.removesuffix('.')}{between}t{second.removeprefix('T')}"


def filler(rng: random.Random, split: Split) -> str:
    """Draw a sentence that states none of the facts."""
    forms = FILLER_TRAIN if split is Split.TRAIN else FILLER_HELD_OUT
    sentence = rng.choice(forms).format(
        n=words.pick(rng, words.NOUNS, split),
        m=words.pick(rng, words.NOUNS, split),
        a=words.pick(rng, words.ADJECTIVES, split),
        b=words.pick(rng, words.ADJECTIVES, split),
    )
    return words.with_an(sentence)


def title(rng: random.Random, split: Split) -> str:
    """Draw a heading."""
    drawn = f"{words.any_word(rng, split)} {words.any_word(rng, split)}"
    return rng.choice((drawn.title(), drawn.upper(), f"# {drawn.capitalize()}", drawn.capitalize()))


def _big(text: str) -> str:
    return text[0].upper() + text[1:]
