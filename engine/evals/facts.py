"""Facts for documents: a key, its value and the answer that restates both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.evals import keys, questions, words
from engine.evals.values import KINDS, draw_value
from engine.evals.wordings import SHORT

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterable

    from engine.evals.items import Split

    DrawKey = Callable[[random.Random, Split, list[str]], str]

_SHORT_WORDS = {word.rstrip(".") for shorts in SHORT.values() for word in shorts}
_ANY_KIND_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a document states."""

    key: str
    value: str

    def answer(self, page: int | None = None) -> str:
        """The sentence that is right: the key first, because that is how it is found again."""
        where = "" if page is None else f" [p. {page}]"
        return f"The {self.key} is {self.value}{where}."


def asked(rng: random.Random, split: Split, key: str) -> str:
    """Draw a question that names the key."""
    return questions.named(rng, split, key)


def draw_key(rng: random.Random, split: Split) -> str:
    """Draw one key of any source."""
    return _mixed_key(rng, split, rng.sample(keys.TAILS, 2))


def draw_facts(
    rng: random.Random, split: Split, count: int, *, one_kind: bool | None = None
) -> tuple[Fact, ...]:
    """Draw facts with different keys and values, none of them within another.

    Unless it is said, a fifth of the lists has values of one kind only, so that a value's look
    never tells its key.
    """
    source = rng.choice((_known_key, _known_key, _composed_key, _made_up_key, _mixed_key))
    tails = rng.sample(keys.TAILS, 2)
    return _valued(rng, split, _keys(rng, split, count, source, tails), one_kind)


def draw_clear_facts(
    rng: random.Random, split: Split, count: int, *, odd: float = _ANY_KIND_SHARE
) -> tuple[Fact, ...]:
    """Draw facts of which none can be taken for another, most under known keys.

    `odd` is the share of values that are not of the key's kind.
    """
    drawn: list[str] = []
    while len(drawn) < count:
        if rng.random() < 0.08:
            key = _composed_key(rng, split, rng.sample(keys.TAILS, 2))
        else:
            key = rng.choice(keys.KNOWN_KEYS)
        if key not in drawn and questions.clear(key, drawn):
            drawn.append(key)
    return _valued(rng, split, drawn, one_kind=False, odd=odd)


def within(piece: str, text: str) -> int:
    """Count where a piece stands in a text, not counting places inside a word."""
    found = 0
    start = text.find(piece)
    while start >= 0:
        end = start + len(piece)
        glued = (start > 0 and piece[0].isalpha() and text[start - 1].isalpha()) or (
            end < len(text) and piece[-1].isalpha() and text[end].isalpha()
        )
        found += not glued
        start = text.find(piece, start + 1)
    return found


def _valued(
    rng: random.Random,
    split: Split,
    drawn: Iterable[str],
    one_kind: bool | None,
    odd: float = _ANY_KIND_SHARE,
) -> tuple[Fact, ...]:
    if one_kind is None:
        one_kind = rng.random() < 0.2
    kind = rng.choice(tuple(KINDS)) if one_kind else None
    facts: list[Fact] = []
    tries = 0
    for key in drawn:
        value = draw_value(rng, split, kind or _kind_of(rng, key, odd))
        while any(_overlap(value, fact.value) for fact in facts):
            tries += 1
            # Few short numbers fit beside one another: then the last facts are of other kinds.
            value = draw_value(rng, split, kind if tries < 60 else None)
        facts.append(Fact(key, value))
    return tuple(facts)


def _overlap(one: str, other: str) -> bool:
    one, other = one.lower(), other.lower()
    return within(one, other) > 0 if len(one) <= len(other) else within(other, one) > 0


def _keys(
    rng: random.Random, split: Split, count: int, source: DrawKey, tails: list[str]
) -> tuple[str, ...]:
    drawn: dict[str, None] = {}
    while len(drawn) < count:
        key = source(rng, split, tails)
        # Where nothing stands between a key and its value, one key must not begin another.
        if not any(f"{key} ".startswith(f"{d} ") or d.startswith(f"{key} ") for d in drawn):
            drawn[key] = None
    return tuple(drawn)


def _kind_of(rng: random.Random, key: str, odd: float) -> str | None:
    if key not in keys.KNOWN or rng.random() < odd:
        return None
    return keys.KNOWN[key][0]


def _known_key(rng: random.Random, split: Split, _tails: list[str]) -> str:
    """Known keys are seen by both splits: what is new in the held-out one is all around them."""
    del split
    return rng.choice(keys.KNOWN_KEYS)


def _composed_key(rng: random.Random, split: Split, tails: list[str]) -> str:
    tail = rng.choice(tails) if rng.random() < 0.5 else rng.choice(keys.TAILS)
    noun = words.pick(rng, words.NOUNS, split)
    while noun == tail:
        noun = words.pick(rng, words.NOUNS, split)
    if rng.random() < 0.3:
        return f"{words.pick(rng, words.ADJECTIVES, split)} {noun} {tail}"
    return f"{noun} {tail}"


def _made_up_key(rng: random.Random, split: Split, _tails: list[str]) -> str:
    while True:
        drawn = [words.any_word(rng, split) for _ in range(rng.choice((1, 1, 2, 2, 3)))]
        # A made-up word must not be what people write for a known one, as "del" for delivery.
        if not _SHORT_WORDS.intersection(drawn):
            return " ".join(drawn)


def _mixed_key(rng: random.Random, split: Split, tails: list[str]) -> str:
    source = rng.choice((_known_key, _known_key, _composed_key, _made_up_key))
    return source(rng, split, tails)
