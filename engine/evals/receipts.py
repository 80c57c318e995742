"""Pictures of receipts, labels and small screens, and questions about all, a line or a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.evals import keys, pictures, words
from engine.evals.cards import TOP_LEVEL, Row, draw_card, stage_of
from engine.evals.facts import Fact, draw_key, draw_question
from engine.evals.items import Exchange, Item, Picture, Split, Text, belongs
from engine.evals.lines import draw_line, real_line
from engine.evals.lists import lines_of
from engine.evals.values import draw_value

if TYPE_CHECKING:
    import random

ORDINALS = ("first", "second", "third", "fourth", "fifth")
LINE_TRAIN = lines_of(
    """
    Read the {o} line.
    What is the {o} line?
    What does the {o} line say?
    What is written in the {o} line?
    What stands in the {o} line?
    Just the {o} line, please.
    Give me the {o} line.
    Which text is in the {o} line?
    And the {o} line?
    Type out the {o} line.
    {o} line
    """
)
LINE_HELD_OUT = lines_of(
    """
    Please read the {o} line.
    Tell me what the {o} line says.
    Can you read the {o} line?
    """
)
ALL_TRAIN = (
    *(form for form in pictures.ASKED_TRAIN if "line" not in form and "sign" not in form),
    "Read all lines.", "Read everything.", "Transcribe all of it.", "What do the lines say?",
    "Write down all the lines.",
)  # fmt: skip
ALL_HELD_OUT = (
    *(form for form in pictures.ASKED_HELD_OUT if "line" not in form),
    "Please read all of it.", "Read every line.",
)  # fmt: skip
PRICE_TRAIN = lines_of(
    """
    How much is the {k}?
    What does the {k} cost?
    What is the price of the {k}?
    How much was the {k}?
    What was paid for the {k}?
    The {k} costs how much?
    """
)
PRICE_HELD_OUT = ("How much does the {k} cost?", "What did the {k} cost?")
STANDS_TRAIN = ("{K}: {v}", "{K}: {v}", "{K} {v}", "{K} = {v}", "{U} {v}")
STANDS_HELD_OUT = ("{U}: {v}", "{k}: {v}", "{K} - {v}")
# A line that gives a key and a value is never cut shorter than this.
_KEYED_LONGEST = 16
_SHORT_KEYS = tuple(dict.fromkeys((*keys.TAILS, *(key for key in keys.KNOWN if len(key) < 9))))
_SHORT_KINDS = ("code", "number", "amount", "date", "time", "person", "room", "measure",
    "percentage", "duration", "word", "town")  # fmt: skip
_SUMS = ("total", "tax", "tip", "cash", "change", "card", "rest", "sum", "deposit", "discount")
_PRICES = ("{}", "{}", "{} EUR", "${}", "£{}", "€{}")


@dataclass(frozen=True, slots=True)
class _Stated:
    """A row that gives a value: the question for it and the answer."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class _Content:
    """What stands on a card and what can be asked about its values."""

    rows: tuple[Row, ...]
    stated: tuple[_Stated, ...] = ()


def draw_receipt(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw a picture of a few lines and up to three questions in turn about it."""
    while True:
        content = _draw_content(rng, split, level)
        picture = draw_card(rng, content.rows, level)
        if picture is not None:
            break
    lines = [row.text for row in content.rows]
    asked = ALL_TRAIN if split is Split.TRAIN else ALL_HELD_OUT
    whole = Exchange((Text(rng.choice(asked)),), "\n".join(lines), "receipt/all", spelled=True)
    others = [_line_exchange(rng, split, lines, place) for place in range(len(lines))]
    others += [
        Exchange((Text(stated.question),), stated.answer, "receipt/value", spelled=True)
        for stated in content.stated
    ]
    count = 1 if level < 2 else rng.randint(2, min(3, len(others)))
    chosen = rng.sample(others, count)
    if rng.random() < 0.5:
        chosen[0] = whole
    return Item("picture/receipt", _shown(picture, chosen))


def draw_picture_question(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw a picture of two to four values with their keys, and questions that name a key."""
    while True:
        content = _keyed(rng, split, level, rng.randint(2, max(2, min(4, level))))
        picture = draw_card(rng, content.rows, level)
        if picture is not None:
            break
    count = 1 if level < 2 else rng.randint(2, min(3, len(content.stated)))
    exchanges = [
        Exchange((Text(stated.question),), stated.answer, "picture/question", spelled=True)
        for stated in rng.sample(content.stated, count)
    ]
    return Item("picture/question", _shown(picture, exchanges))


def _shown(picture: Picture, exchanges: list[Exchange]) -> tuple[Exchange, ...]:
    first = exchanges[0]
    opening = Exchange((picture, *first.asked), first.answer, first.task, spelled=True)
    return (opening, *exchanges[1:])


def _line_exchange(rng: random.Random, split: Split, lines: list[str], place: int) -> Exchange:
    names = [ORDINALS[place]]
    if place == 0:
        names.append("top")
    if place == len(lines) - 1:
        names += ["last", "bottom"]
    forms = LINE_TRAIN if split is Split.TRAIN else LINE_HELD_OUT
    question = rng.choice(forms).format(o=rng.choice(names))
    return Exchange((Text(question),), lines[place], "receipt/line", spelled=True)


def _draw_content(rng: random.Random, split: Split, level: int) -> _Content:
    stage = stage_of(level)
    count = rng.randint(2, stage.rows)
    kind = rng.random() if level > 1 else 1.0
    if kind < 0.4:
        return _bill(rng, split, level, count)
    if kind < 0.7:
        return _keyed(rng, split, level, count)
    return _Content(tuple(Row(_free_line(rng, split, level)) for _ in range(count)))


def _free_line(rng: random.Random, split: Split, level: int) -> str:
    longest = stage_of(level).longest
    if level < 3 or rng.random() < 0.2:
        return draw_line(rng, split, min(level, 4), 4 if level > 2 else 1, longest)
    while True:
        line = real_line(rng, split)
        if 3 <= len(line) <= longest and belongs(line, split):
            return line


def _bill(rng: random.Random, split: Split, level: int, count: int) -> _Content:
    """Draw items with their prices, a sum below them and now and then a heading above."""
    heading = count > 2 and rng.random() < 0.5
    rows = [Row(_heading(rng, split, level))] if heading else []
    columns = level > 3 and rng.random() < 0.5
    form = rng.choice(_PRICES)
    stated: list[_Stated] = []
    names: list[str] = []
    asked = PRICE_TRAIN if split is Split.TRAIN else PRICE_HELD_OUT
    while len(rows) < count:
        last = len(rows) == count - 1
        name = rng.choice(_SUMS) if last else words.pick(rng, words.NOUNS, split)
        value = form.format(f"{rng.randint(5, 9999 if level > 3 else 999) / 100:.2f}")
        row = _row(rng, split, Fact(name, value), columns=columns)
        if name in names or not _suits(row, split, level):
            continue
        rows.append(row)
        names.append(name)
        question = (
            draw_question(rng, split, name) if last else rng.choice(asked).format(k=name)
        )  # fmt: skip
        stated.append(_Stated(question, Fact(name, value).answer))
    return _Content(tuple(rows), tuple(stated))


def _heading(rng: random.Random, split: Split, level: int) -> str:
    while True:
        line = rng.choice((draw_value(rng, split, "firm"), words.any_word(rng, split).upper()))
        if len(line) <= stage_of(level).longest and belongs(line, split):
            return line


def _keyed(rng: random.Random, split: Split, level: int, count: int) -> _Content:
    """Draw lines that each give a key and its value.

    A third of the cards has values of one kind only, so that a value's look never tells its key.
    """
    columns = level > 3 and rng.random() < 0.3
    kind = rng.choice(_SHORT_KINDS) if rng.random() < 0.33 else None
    facts: list[Fact] = []
    rows: list[Row] = []
    while len(rows) < count:
        fact = _draw_fact(rng, split, level, kind)
        row = _row(rng, split, fact, columns=columns)
        if _suits(row, split, level) and not _confusable(fact, facts):
            facts.append(fact)
            rows.append(row)
    stated = tuple(_Stated(_key_question(rng, split, f.key), f.answer) for f in facts)
    return _Content(tuple(rows), stated)


def _draw_fact(rng: random.Random, split: Split, level: int, kind: str | None) -> Fact:
    key = rng.choice(_SHORT_KEYS) if level < 4 or rng.random() < 0.6 else draw_key(rng, split)
    known = keys.KNOWN.get(key, (None,))[0] if rng.random() < 0.7 else None
    return Fact(key, draw_value(rng, split, kind or known or rng.choice(_SHORT_KINDS)))


def _key_question(rng: random.Random, split: Split, key: str) -> str:
    while True:
        question = draw_question(rng, split, key)
        if "document" not in question:
            return question


def _row(rng: random.Random, split: Split, fact: Fact, *, columns: bool) -> Row:
    named = fact.key[0].upper() + fact.key[1:]
    if columns:
        return Row(named, fact.value)
    form = rng.choice(STANDS_TRAIN if split is Split.TRAIN else STANDS_HELD_OUT)
    return Row(form.format(k=fact.key, K=named, U=fact.key.upper(), v=fact.value))


def _suits(row: Row, split: Split, level: int) -> bool:
    longest = max(_KEYED_LONGEST, stage_of(level).longest)
    return len(row.text) <= longest and belongs(row.text, split)


def _confusable(fact: Fact, others: list[Fact]) -> bool:
    """Whether one key starts with another, so that it is not plain where a key ends."""
    return any(fact.key.startswith(f.key) or f.key.startswith(fact.key) for f in others)
