"""Facts for documents: a key, its value, the answer that restates both, and the questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.evals import keys, words
from engine.evals.items import Split, belongs
from engine.evals.values import KINDS, draw_value

if TYPE_CHECKING:
    import random

_ANY_KIND_SHARE = 0.3
_OWN_QUESTION_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a document states."""

    key: str
    value: str

    @property
    def answer(self) -> str:
        """The sentence that is right: the key first, because that is how it is found again."""
        return f"The {self.key} is {self.value}."


def draw_facts(rng: random.Random, split: Split, count: int) -> tuple[Fact, ...]:
    """Draw facts with different keys and values.

    A fifth of the lists has values of one kind only, so that a value's look never tells its key.
    """
    one_kind = rng.choice(tuple(KINDS)) if rng.random() < 0.2 else None
    source = rng.choice((_known_key, _known_key, _composed_key, _made_up_key, _mixed_key))
    tails = rng.sample(keys.TAILS, 2)
    drawn: dict[str, str] = {}
    while len(drawn) < count:
        key = source(rng, split, tails)
        if key in drawn:
            continue
        value = draw_value(rng, split, one_kind or _kind_of(rng, key))
        if value not in drawn.values():
            drawn[key] = value
    return tuple(Fact(key, value) for key, value in drawn.items())


def draw_question(rng: random.Random, split: Split, key: str) -> str:
    """Draw a question for a key: usually one that names it, sometimes one that only means it."""
    own = [q for q in keys.KNOWN.get(key, ("", ()))[1] if belongs(q, split)]
    if own and rng.random() < _OWN_QUESTION_SHARE:
        return rng.choice(own)
    return asked(rng, split, key)


def asked(rng: random.Random, split: Split, key: str) -> str:
    """Draw a question that names the key."""
    forms = keys.ASKED_TRAIN if split is Split.TRAIN else keys.ASKED_HELD_OUT
    return rng.choice(forms).format(k=key, K=key[0].upper() + key[1:])


def draw_key(rng: random.Random, split: Split) -> str:
    """Draw one key of any source."""
    return _mixed_key(rng, split, rng.sample(keys.TAILS, 2))


def _kind_of(rng: random.Random, key: str) -> str | None:
    if key not in keys.KNOWN or rng.random() < _ANY_KIND_SHARE:
        return None
    return keys.KNOWN[key][0]


def _known_key(rng: random.Random, split: Split, _tails: list[str]) -> str:
    """Known keys are seen by both splits: what is new in the held-out one is all around them."""
    del split
    return rng.choice(tuple(keys.KNOWN))


def _composed_key(rng: random.Random, split: Split, tails: list[str]) -> str:
    tail = rng.choice(tails) if rng.random() < 0.5 else rng.choice(keys.TAILS)
    noun = words.pick(rng, words.NOUNS, split)
    if rng.random() < 0.3:
        return f"{words.pick(rng, words.ADJECTIVES, split)} {noun} {tail}"
    return f"{noun} {tail}"


def _made_up_key(rng: random.Random, split: Split, _tails: list[str]) -> str:
    return " ".join(words.any_word(rng, split) for _ in range(rng.choice((1, 1, 2, 2, 3))))


def _mixed_key(rng: random.Random, split: Split, tails: list[str]) -> str:
    source = rng.choice((_known_key, _known_key, _composed_key, _made_up_key))
    return source(rng, split, tails)
