"""Small sums: two numbers, an operation, and the answer that restates them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.evals.items import Exchange, Item, Split, belongs
from engine.evals.phrasing import Phrasing, conversation, typed

if TYPE_CHECKING:
    import random

TASK = "dialogue/arithmetic"
# The largest number of a sum and of a product, by level; at first there are no products.
_SUM_TOPS = (9, 12, 20, 30, 50, 75, 99)
_PRODUCT_TOPS = (0, 0, 5, 7, 9, 10, 12)
_ASKED = """
    (Do you know what|Can you tell me what|Tell me what|I want to know what) {x} {o} {y} is.
    (What's|And what is|So what is|And how much is|How much would be) {x} {o} {y}?
    (Calculate|Compute|Work out|Solve|Find|Tell me|Give me) {x} {o} {y}(.|, please.| for me.)
    Please (calculate|compute|work out|solve|tell me) {x} {o} {y}.
    (Can you|Could you) (calculate|compute|work out|solve|tell me) {x} {o} {y}?
    {x} {o} {y} (is what|makes what|equals what|equals|makes|is|please|= what)?
    (I need|I want to know|My sum:|My question:|Quick:|The result of|The value of) {x} {o} {y}.
    What do you get for {x} {o} {y}?
    What does {x} {o} {y} (make|give|equal)?
    What is the (result|answer|value) of {x} {o} {y}?
    """
_COMMON = """
    What is {x} {o} {y}?
    How much is {x} {o} {y}?
    {x} {o} {y}
    {x} {o} {y} =
    {x} {o} {y} = ?
    """
_OWN = {
    "plus": """
        (Add|Please add|Can you add|Add up) {x} and {y}.
        (What is|What's|And what is) the (sum|total) of {x} and {y}?
        (Tell me|Give me|Compute|Find) the (sum|total) of {x} and {y}.
        What do {x} and {y} (make|give)( together|)?
        How much (are|is) {x} and {y}( together|)?
        (Add|Please add) {y} to {x}.
        """,
    "minus": """
        (Subtract|Please subtract|Take|Please take|Can you take|Take away) {y} from {x}.
        (What is|What's|How much is) {x} less {y}?
        What is left of {x} (without|if I take away|after taking) {y}?
        {x} take away {y}
        (What is|What's) the difference between {x} and {y}?
        """,
    "times": """
        (Multiply|Please multiply|Can you multiply) {x} (by|and) {y}.
        (What is|What's|And what is) the product of {x} and {y}?
        (Tell me|Give me|Compute|Find) the product of {x} and {y}.
        What is {x} multiplied by {y}?
        {x} multiplied by {y}
        """,
}
_SIGNS = {"plus": "(plus|+)", "minus": "(minus|-)", "times": "(times|x|*)"}
ASKED = {
    name: Phrasing.of(
        _ASKED.replace("{o}", signs) + _OWN[name],
        always_trained=_COMMON.replace("{o}", signs),
    )
    for name, signs in _SIGNS.items()
}


def draw_arithmetic(rng: random.Random, split: Split, level: int = 6) -> Item:
    """Draw one to three sums."""
    return conversation(rng, split, level, arithmetic, (1, 2, 2, 3))


def arithmetic(rng: random.Random, split: Split, level: int = 6) -> Exchange:
    """Draw a sum; each pair of numbers is of one split, whatever the wording."""
    names = ("plus", "minus", "times") if _PRODUCT_TOPS[level] else ("plus", "minus")
    name = rng.choice(names)
    top = (_PRODUCT_TOPS if name == "times" else _SUM_TOPS)[level]
    while True:
        x, y = rng.randint(0, top), rng.randint(0, top)
        if name == "minus" and x < y:
            x, y = y, x
        if belongs(f"{x} {name} {y}", split):
            break
    question = ASKED[name].draw_typed(rng, split).format(x=x, y=y)
    answer = f"{x} {name} {y} is {_value(name, x, y)}."
    return typed(question, answer, TASK, (str(x), str(y)))


def _value(name: str, x: int, y: int) -> int:
    return x + y if name == "plus" else x - y if name == "minus" else x * y
