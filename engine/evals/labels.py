"""What stands on receipts, labels and small screens: keys with values, items with prices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.evals import keys, words
from engine.evals.cards import Row, stage_of
from engine.evals.facts import asked, draw_key
from engine.evals.items import Split, belongs
from engine.evals.lines import draw_line, real_line
from engine.evals.lists import lines_of, words_of
from engine.evals.values import draw_value

if TYPE_CHECKING:
    import random

PRICE_TRAIN = lines_of(
    """
    How much is the {k}?
    What does the {k} cost?
    What is the price of the {k}?
    How much was the {k}?
    What was paid for the {k}?
    The {k} costs how much?
    How much did they take for the {k}?
    Price of the {k}?
    """
)
PRICE_HELD_OUT = ("How much does the {k} cost?", "What did the {k} cost?")
STANDS_TRAIN = ("{K}: {v}", "{K}: {v}", "{K} {v}", "{K} = {v}", "{U} {v}")
STANDS_HELD_OUT = ("{U}: {v}", "{k}: {v}", "{K} - {v}")
_COLUMN = "\t"
_IN_COLUMNS = "{K}" + _COLUMN + "{v}"
# A line that gives a key and a value is never cut shorter than this.
_KEYED_LONGEST = 16
_ATTEMPTS = 60
_SHORT_KEYS = tuple(dict.fromkeys((*keys.TAILS, *(key for key in keys.KNOWN if len(key) < 9))))
_SHORT_KINDS = words_of(
    """
    code number amount date time person room measure percentage duration word town
    """
)
_SUMS = ("total", "sum", "card")
_OTHER_SUMS = ("tax", "tip", "change", "rest", "deposit", "discount")
_PRICES = ("{}", "{}", "{} EUR", "${}", "£{}", "€{}")


@dataclass(frozen=True, slots=True)
class Stated:
    """A value that a row gives for a key, and a question that names the key."""

    key: str
    value: str
    question: str

    @property
    def answer(self) -> str:
        """The sentence that is right, as for documents."""
        return f"The {self.key} is {self.value}."


@dataclass(frozen=True, slots=True)
class Content:
    """The rows of a card and what can be asked about their values."""

    rows: tuple[Row, ...]
    stated: tuple[Stated, ...] = ()


class _Rows:
    """Rows gathered one by one, each of the split, short enough and with a key of its own."""

    def __init__(self, split: Split, level: int) -> None:
        self.rows: list[Row] = []
        self.stated: list[Stated] = []
        self._split = split
        self._longest = max(_KEYED_LONGEST, stage_of(level).longest)

    def add(self, form: str, key: str, value: str, question: str) -> bool:
        """Add a row that suits, or leave it out."""
        text = form.format(k=key, K=key[0].upper() + key[1:], U=key.upper(), v=value)
        row = Row(*text.split(_COLUMN))
        # Where one key starts with another it is not plain where a key ends.
        confusable = any(key.startswith(s.key) or s.key.startswith(key) for s in self.stated)
        suits = len(row.text) <= self._longest and belongs(row.text, self._split)
        if suits and not confusable:
            self.rows.append(row)
            self.stated.append(Stated(key, value, question))
        return suits and not confusable


def draw_plain(rng: random.Random, split: Split, level: int, count: int) -> Content:
    """Draw lines that have nothing to do with one another."""
    return Content(tuple(Row(_plain_line(rng, split, level)) for _ in range(count)))


def draw_bill(rng: random.Random, split: Split, level: int, count: int) -> Content:
    """Draw items with their prices, a sum below them and now and then a heading above."""
    columns = level > 3 and rng.random() < 0.5
    price = rng.choice(_PRICES)
    ask_price = PRICE_TRAIN if split is Split.TRAIN else PRICE_HELD_OUT
    heading = [Row(_heading(rng, split, level))] if count > 2 and rng.random() < 0.5 else []
    while True:
        forms = _forms(rng, split, columns=columns)
        items = _Rows(split, level)
        cents = 0
        while len(items.rows) < count - len(heading) - 1:
            key = words.pick(rng, words.NOUNS, split)
            cost = rng.randint(5, 9999 if level > 3 else 999)
            question = rng.choice(ask_price).format(k=key)
            if items.add(rng.choice(forms), key, price.format(f"{cost / 100:.2f}"), question):
                cents += cost
        key = rng.choice((*_SUMS, *_OTHER_SUMS))
        last = cents if key in _SUMS else rng.randint(1, cents)
        question = ask_key(rng, split, key)
        if items.add(rng.choice(forms), key, price.format(f"{last / 100:.2f}"), question):
            return Content((*heading, *items.rows), tuple(items.stated))


def draw_keyed(rng: random.Random, split: Split, level: int, count: int) -> Content:
    """Draw lines that each give a key and its value.

    A third of the cards has values of one kind only, so that a value's look never tells its key.
    """
    while True:
        forms = _forms(rng, split, columns=level > 3 and rng.random() < 0.3)
        one_kind = rng.choice(_SHORT_KINDS) if rng.random() < 0.33 else None
        drawn = _Rows(split, level)
        # A kind whose values are too long for the card's rows would never fill it.
        for _ in range(_ATTEMPTS):
            known = level < 4 or rng.random() < 0.6
            key = rng.choice(_SHORT_KEYS) if known else draw_key(rng, split)
            value = draw_value(rng, split, one_kind or _kind_of(rng, key))
            drawn.add(rng.choice(forms), key, value, ask_key(rng, split, key))
            if len(drawn.rows) == count:
                return Content(tuple(drawn.rows), tuple(drawn.stated))


def ask_key(rng: random.Random, split: Split, key: str) -> str:
    """Draw a question that names a key, as for documents but without that word."""
    while True:
        question = asked(rng, split, key)
        if "document" not in question.lower() or "document" in key:
            return question


def _kind_of(rng: random.Random, key: str) -> str:
    known = key in keys.KNOWN and rng.random() < 0.7
    return keys.KNOWN[key][0] if known else rng.choice(_SHORT_KINDS)


def _plain_line(rng: random.Random, split: Split, level: int) -> str:
    longest = stage_of(level).longest
    if level < 3 or rng.random() < 0.2:
        return draw_line(rng, split, min(level, 4), 4 if level > 2 else 1, longest)
    while True:
        line = real_line(rng, split)
        if 3 <= len(line) <= longest and belongs(line, split):
            return line


def _heading(rng: random.Random, split: Split, level: int) -> str:
    while True:
        line = rng.choice((draw_value(rng, split, "firm"), words.any_word(rng, split).upper()))
        if len(line) <= stage_of(level).longest and belongs(line, split):
            return line


def _forms(rng: random.Random, split: Split, *, columns: bool) -> tuple[str, ...]:
    """Return how keys and values may stand on one card: usually all in the same way."""
    if columns:
        return (_IN_COLUMNS,)
    forms = STANDS_TRAIN if split is Split.TRAIN else STANDS_HELD_OUT
    return (rng.choice(forms),) if rng.random() < 0.6 else forms
