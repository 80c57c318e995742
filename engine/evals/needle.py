"""Long documents in which a few facts are hidden, and questions for each of them."""

from __future__ import annotations

import string
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from engine.evals import facts, questions, statements, words
from engine.evals.documents import file_name
from engine.evals.facts import Fact
from engine.evals.items import Document, Exchange, Item, Split, Text
from engine.evals.needle_texts import FILLER_HELD_OUT, FILLER_TRAIN, stated_forms
from engine.evals.values import draw_value

if TYPE_CHECKING:
    import random

    from engine.evals.items import Part

TOP_LEVEL = 6
# Shortest and longest conversation in tokens, by level.
_TOKENS = ((105, 150), (105, 200), (105, 320), (110, 550), (120, 900), (150, 1400), (150, 1950))
_MOST_NEEDLES = {Split.TRAIN: 8, Split.HELD_OUT: 3}
_MOST_OTHERS = 6
_TOKENS_A_NEEDLE = 160
_LEAST_FILLER = 12
_TOKENS_A_PAGE = 250
_MOST_PAGES = 4
_SHORTEST_VALUE = 3
_OWNED_SHARE = 0.4
# The starter's tokens: a letter is this much of one, any other character is one by itself.
_TOKENS_A_LETTER = 0.56
_NO_LETTERS = str.maketrans("", "", string.ascii_letters)
_TOKENS_AROUND_DOCUMENT = 24
_TOKENS_AROUND_PAGE = 6
_TOKENS_AROUND_EXCHANGE = 6


@dataclass(frozen=True, slots=True)
class _Hidden:
    fact: Fact
    sentence: str


def draw_any_needle(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw a document of any length up to the level's longest, short ones as often as long."""
    shortest, longest = _TOKENS[min(level, TOP_LEVEL)]
    tokens = int(shortest * (longest / shortest) ** rng.random())
    return draw_needle(rng, split, level, tokens)


def draw_needle_256(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw a conversation of about 256 tokens."""
    return draw_needle(rng, split, level, 250, "needle/256")


def draw_needle_512(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw a conversation of about 512 tokens."""
    return draw_needle(rng, split, level, 498, "needle/512")


def draw_needle_1k(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw a conversation of about 1,024 tokens."""
    return draw_needle(rng, split, level, 990, "needle/1k")


def draw_needle_2k(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw a conversation of about 2,048 tokens."""
    return draw_needle(rng, split, level, 1990, "needle/2k")


def draw_needle(
    rng: random.Random, split: Split, level: int, tokens: int, task: str = "needle"
) -> Item:
    """Draw a conversation of about so many of the starter's tokens, answers included."""
    needles = rng.randint(1, min(_MOST_NEEDLES[split], 1 + tokens // _TOKENS_A_NEEDLE))
    others = rng.randint(0, min(level, tokens // _TOKENS_A_NEEDLE, _MOST_OTHERS))
    count = rng.randint(1, min(_MOST_PAGES, 1 + tokens // _TOKENS_A_PAGE))
    around = _TOKENS_AROUND_DOCUMENT + count * _TOKENS_AROUND_PAGE
    while True:
        hidden = _draw_hidden(rng, split, needles + others)
        found = [one.fact for one in hidden[:needles]]
        asked = [_question(rng, split, at, hidden) for at in range(needles)]
        texts = [*asked, *(f.answer(1) for f in found), *(h.sentence for h in hidden)]
        room = tokens - around - needles * _TOKENS_AROUND_EXCHANGE - sum(map(_tokens, texts))
        if room >= _LEAST_FILLER or len(hidden) == 1:
            break
        others, needles = max(0, others - 1), needles if others else max(1, needles - 1)
    pages = _pages(rng, split, hidden, room, count)
    shown: list[Part] = [Document(_name(rng, split, hidden), pages)]
    exchanges = []
    for question, needle in zip(asked, hidden, strict=False):
        answer = needle.fact.answer(_page(pages, needle.sentence))
        copied = (needle.fact.key, needle.fact.value)
        exchanges.append(Exchange((*shown, Text(question)), answer, task, copied=copied))
        shown = []
    return Item(task, tuple(exchanges))


def _draw_hidden(rng: random.Random, split: Split, count: int) -> list[_Hidden]:
    """Draw facts of which no key or value stands in another fact."""
    forms = stated_forms(split)
    drawn: list[_Hidden] = []
    while len(drawn) < count:
        key = facts.draw_key(rng, split)
        if rng.random() < _OWNED_SHARE:
            key = f"{key} of the {words.pick(rng, words.NOUNS, split)}"
        value = draw_value(rng, split)
        fact = Fact(key, value)
        new = _Hidden(fact, statements.stated(rng.choice(forms), fact))
        if len(value) >= _SHORTEST_VALUE and _is_clear(new, drawn):
            drawn.append(new)
    return drawn


def _is_clear(new: _Hidden, others: list[_Hidden]) -> bool:
    sentence = new.sentence.casefold()
    if any(sentence.count(text) > 1 for text in _told(new)):
        return False
    return not any(
        any(text in other.sentence.casefold() for text in _told(new))
        or any(text in sentence for text in _told(other))
        for other in others
    )


def _told(hidden: _Hidden) -> tuple[str, str]:
    return hidden.fact.key.casefold(), hidden.fact.value.casefold()


def _question(rng: random.Random, split: Split, at: int, hidden: list[_Hidden]) -> str:
    """Draw a question for one of the facts whose own words are no other fact's key."""
    others = [_told(one)[0] for one in (*hidden[:at], *hidden[at + 1 :])]
    while True:
        question = questions.named(rng, split, hidden[at].fact.key, later=at > 0)
        if not any(key in question.casefold() for key in others):
            return question


def _pages(
    rng: random.Random, split: Split, hidden: list[_Hidden], room: float, count: int
) -> tuple[str, ...]:
    """Write filler into the room, in tokens, and hide the facts in it, over some pages."""
    written: list[str] = []
    fillers = _Fillers(rng, split)
    while room > 0:
        sentence = fillers.draw()
        room -= _tokens(sentence) + 1
        written.append(sentence)
    written = _without(written[:-1], [text for one in hidden for text in _told(one)])
    for one in hidden:
        written.insert(rng.randint(0, len(written)), one.sentence)
    size = -(-len(written) // count)
    between = rng.choice((" ", " ", "\n"))
    return tuple(between.join(written[i : i + size]) for i in range(0, len(written), size))


def _without(sentences: list[str], told: list[str]) -> list[str]:
    """Leave out the sentences that have something of the facts in them."""
    whole = "\n".join(sentences).casefold()
    within = [text for text in told if text in whole]
    return [s for s in sentences if not any(text in s.casefold() for text in within)]


class _Fillers:
    """Draws sentences that state nothing."""

    def __init__(self, rng: random.Random, split: Split) -> None:
        self._rng = rng
        self._forms = FILLER_TRAIN if split is Split.TRAIN else FILLER_HELD_OUT
        self._nouns = _after_a(words.NOUNS, split)
        self._adjectives = _after_a(words.ADJECTIVES, split)

    def draw(self) -> str:
        """Draw a sentence."""
        noun, other = self._rng.choice(self._nouns), self._rng.choice(self._nouns)
        one, two = self._rng.choice(self._adjectives), self._rng.choice(self._adjectives)
        return self._rng.choice(self._forms).format(n=noun, m=other, a=one, b=two)


@lru_cache(maxsize=4)
def _after_a(drawn: tuple[str, ...], split: Split) -> tuple[str, ...]:
    """Return the words before which stands "a" and not "an"."""
    return tuple(word for word in words.pool(drawn, split) if word[0] not in "aeiou")


def _name(rng: random.Random, split: Split, hidden: list[_Hidden]) -> str:
    """Draw a file name that has nothing of the facts in it."""
    while True:
        name = file_name(rng, split)
        if not any(text in name.casefold() for one in hidden for text in _told(one)):
            return name


def _page(pages: tuple[str, ...], sentence: str) -> int:
    return next(n for n, page in enumerate(pages, start=1) if sentence in page)


def _tokens(text: str) -> float:
    others = len(text.translate(_NO_LETTERS))
    return others + (len(text) - others) * _TOKENS_A_LETTER
