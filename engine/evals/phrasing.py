"""Ways to say a thing, as patterns: "(Hi|Hello)( there|)!" is four, each of one split only."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from engine.evals.items import Exchange, Item, Split, Text, belongs

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

    DrawExchange = Callable[[random.Random, Split, int], Exchange]

_GROUP = re.compile(r"\(([^()]*)\)")
# A line may end inside a group, and the pattern goes on.
_LINE_END = re.compile(r"\n(?![^()]*\))")
_OPENINGS = ("Please, ", "Hi, ", "Hello, ", "Excuse me, ", "One thing: ", "Hey Tanka, ", "Sorry, ",
    "OK, ", "Next: ", "Tanka, ", "Well, ")  # fmt: skip
_NEVER_LOWERED = ("I ", "I'", "Tanka", "PDF", "JSON")


def expand(pattern: str) -> tuple[str, ...]:
    """Return all the texts a pattern stands for."""
    pieces = _GROUP.split(pattern)
    choices = [piece.split("|") if place % 2 else [piece] for place, piece in enumerate(pieces)]
    return tuple(" ".join("".join(parts).split()) for parts in product(*choices))


@dataclass(frozen=True, slots=True)
class Phrasing:
    """The ways to say one thing, divided between the splits."""

    train: tuple[str, ...]
    held_out: tuple[str, ...]

    @classmethod
    def of(cls, block: str, always_trained: str = "") -> Phrasing:
        """Divide the texts of a block of patterns; case and final mark do not decide the side."""
        common, forms = _expand_all(always_trained), _expand_all(block)
        known = {_plain(form) for form in common}
        rest = [form for form in forms if _plain(form) not in known]
        train = [form for form in rest if belongs(_plain(form), Split.TRAIN)]
        held_out = [form for form in rest if belongs(_plain(form), Split.HELD_OUT)]
        return cls((*common, *train), tuple(held_out))

    def draw(self, rng: random.Random, split: Split) -> str:
        """Draw one of the split."""
        return rng.choice(self.train if split is Split.TRAIN else self.held_out)

    def draw_typed(self, rng: random.Random, split: Split) -> str:
        """Draw one as somebody might type it: after an opening, in lower case, unfinished."""
        form = self.draw(rng, split)
        if rng.random() < 0.2 and not form.startswith("{"):
            form = rng.choice(_OPENINGS) + _lower_first(form)
        kind = rng.random()
        if kind < 0.6:
            return form
        if kind < 0.8:
            return form.rstrip(".?!")
        if kind < 0.96:
            return form.lower().rstrip(".?!")
        return form + form[-1] if form[-1] in "?!" else form


def typed(question: str, answer: str, task: str, copied: Sequence[str] = ()) -> Exchange:
    """Return a question in words and its answer."""
    return Exchange((Text(question),), answer, task, copied=tuple(copied))


def conversation(
    rng: random.Random, split: Split, level: int, draw: DrawExchange, lengths: Sequence[int]
) -> Item:
    """Draw a conversation of one task, as long as one of the lengths."""
    count = rng.choice(lengths)
    exchanges = tuple(draw(rng, split, level) for _ in range(count))
    return Item(exchanges[0].task, exchanges)


def _expand_all(block: str) -> tuple[str, ...]:
    patterns = [line for line in _LINE_END.split(block) if line.strip()]
    return tuple(dict.fromkeys(form for pattern in patterns for form in expand(pattern)))


def _plain(form: str) -> str:
    return form.lower().rstrip(" .?!=")


def _lower_first(form: str) -> str:
    return form if form.startswith(_NEVER_LOWERED) else form[0].lower() + form[1:]
