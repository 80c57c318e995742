"""Pictures of receipts, labels and small screens, and questions about all, a line or a value."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.evals import pictures
from engine.evals.cards import TOP_LEVEL, draw_card, stage_of
from engine.evals.items import Exchange, Item, Picture, Split, Text
from engine.evals.labels import Content, Stated, draw_bill, draw_keyed, draw_plain
from engine.evals.lists import lines_of, words_of

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

ORDINALS = words_of("first second third fourth fifth")
# With the place in words at {o} or as a number at {n}.
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
    Only read the {o} line.
    The {o} line?
    {o} line
    Read line {n}.
    What is line {n}?
    Line {n}, please.
    What is written in line {n}?
    """
)
LINE_HELD_OUT = lines_of(
    """
    Please read the {o} line.
    Tell me what the {o} line says.
    Can you read the {o} line?
    What does line {n} say?
    """
)
ALL_TRAIN = (
    *(form for form in pictures.ASKED_TRAIN if "line" not in form and "sign" not in form),
    "Read all lines.", "Read everything.", "Transcribe all of it.", "What do the lines say?",
    "Write down all the lines.", "What does the receipt say?", "What is on the screen?",
)  # fmt: skip
ALL_HELD_OUT = (
    *(form for form in pictures.ASKED_HELD_OUT if "line" not in form),
    "Please read all of it.", "Read every line.",
)  # fmt: skip
_WHOLE_SHARE = 0.5


def draw_receipt(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw a picture of a few lines and up to three questions in turn about it."""

    def draw() -> Content:
        count = rng.randint(2, stage_of(level).rows)
        kind = rng.random() if level > 1 else 1.0
        if kind < 0.4:
            return draw_bill(rng, split, level, count)
        if kind < 0.7:
            return draw_keyed(rng, split, level, count)
        return draw_plain(rng, split, level, count)

    content, picture = _until_drawn(rng, draw, level)
    lines = [row.text for row in content.rows]
    others = [_about_line(rng, split, lines, place) for place in range(len(lines))]
    others += [_about_value(stated, "receipt/value") for stated in content.stated]
    chosen = rng.sample(others, 1 if level < 2 else rng.randint(2, min(3, len(others))))
    if rng.random() < _WHOLE_SHARE:
        question = Text(rng.choice(ALL_TRAIN if split is Split.TRAIN else ALL_HELD_OUT))
        chosen[0] = Exchange((question,), "\n".join(lines), "receipt/all", spelled=True)
    return Item("picture/receipt", _shown(picture, chosen))


def draw_picture_question(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw a picture of two to four values with their keys, and questions that name a key."""

    def draw() -> Content:
        return draw_keyed(rng, split, level, rng.randint(2, max(2, min(4, level))))

    content, picture = _until_drawn(rng, draw, level)
    count = 1 if level < 2 else rng.randint(2, min(3, len(content.stated)))
    chosen = rng.sample(content.stated, count)
    exchanges = [_about_value(stated, "picture/question") for stated in chosen]
    return Item("picture/question", _shown(picture, exchanges))


def _until_drawn(
    rng: random.Random, draw: Callable[[], Content], level: int
) -> tuple[Content, Picture]:
    while True:
        content = draw()
        picture = draw_card(rng, content.rows, level)
        if picture is not None:
            return content, picture


def _shown(picture: Picture, exchanges: list[Exchange]) -> tuple[Exchange, ...]:
    opening = replace(exchanges[0], asked=(picture, *exchanges[0].asked))
    return (opening, *exchanges[1:])


def _about_line(rng: random.Random, split: Split, lines: list[str], place: int) -> Exchange:
    names = [ORDINALS[place]]
    if place == 0:
        names.append("top")
    if place == len(lines) - 1:
        names += ["last", "bottom"]
    form = rng.choice(LINE_TRAIN if split is Split.TRAIN else LINE_HELD_OUT)
    question = form.format(o=rng.choice(names), n=place + 1)
    return Exchange((Text(question),), lines[place], "receipt/line", spelled=True)


def _about_value(stated: Stated, task: str) -> Exchange:
    return Exchange((Text(stated.question),), stated.answer, task, spelled=True)
