"""What long documents are made of: sentences that state nothing, and those that state a fact."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from engine.evals.lists import lines_of
from engine.evals.statements import sentence_forms

if TYPE_CHECKING:
    from engine.evals.items import Split

FILLER_TRAIN = lines_of(
    """
    The {n} stood near the {m}.
    Nobody looked at the {n}.
    It was a {a} morning.
    A {a} {n} came with the {m}.
    The {n} and the {m} were {a}.
    We walked past the {a} {n}.
    There was a {n} on the {m}.
    Most of the {n} was {a} and {b}.
    They talked about the {n} for a while.
    The {a} {n} was put away.
    After lunch the {m} was {a} again.
    Somebody had moved the {n}.
    Every {n} needs a {m}.
    In the evening it was {a}.
    The {m} team painted a {n}.
    Please handle the {n} with care.
    A {n} is rarely {a}.
    The old list named a {n} and a {m}.
    Two people carried the {a} {n}.
    It rained on the {n}.
    On the left there was a {a} {m}.
    The {n} had been {a} for years.
    She liked the {a} {n} best.
    He forgot the {n} in the {m}.
    All of them were {a}.
    Then the {n} was cleaned.
    Between the {n} and the {m} it is {a}.
    You can see the {n} from here.
    Without the {n} nothing works.
    It took a long time to find the {m}.
    The {b} side of the {n} is {a}.
    Some said the {n} was too {a}.
    A few of us waited by the {m}.
    The next {n} will be {a}.
    Only the {n} was left.
    No one asked why.
    Again the {m} was {a}.
    They sold the {n} and kept the {m}.
    """
)
FILLER_HELD_OUT = lines_of(
    """
    Behind the {n} lay a {a} {m}.
    The {n} seemed {a} to everybody.
    We had never seen such a {a} {n}.
    Later they cleaned the {m}.
    Once more a {n} was needed.
    Children played with the {n}.
    The {a} {m} was closed by noon.
    Few people know the {n}.
    Everything about the {n} was {a}.
    A {n} can replace a {m}.
    It smelled of {n} and {m}.
    That day was {a} and {b}.
    Nothing more was said.
    """
)


@cache
def stated_forms(split: Split) -> tuple[str, ...]:
    """Return the documents' sentences for a fact that do not run into the filler before them."""
    return tuple(form for form in sentence_forms(split) if not form.startswith("{"))
