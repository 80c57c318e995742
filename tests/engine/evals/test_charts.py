"""Bars drawn for a question can be measured in the pixels, and lead to the answer given."""

import random
from itertools import pairwise

import pytest
from seeing import SeenBar, seen_bars

from engine.evals import chart_questions
from engine.evals.charts import LEAST_STEP
from engine.evals.items import Exchange, Picture, Split, Text, belongs
from engine.evals.phrasing import Phrasing

ITEMS = 110
WORDINGS = [wording for wording in vars(chart_questions).values() if isinstance(wording, Phrasing)]
HIGH = ("highest", "biggest", "largest", "tallest", "longest")


def test_same_seed_same_items() -> None:
    for split in Split:
        first, second = (
            [chart_questions.draw_chart(rng, split) for _ in range(5)]
            for rng in (random.Random(1), random.Random(1))
        )
        for one, two in zip(first, second, strict=True):
            assert [e.answer for e in one.exchanges] == [e.answer for e in two.exchanges]
            assert _picture(one.exchanges[0]).image.tobytes() == (
                _picture(two.exchanges[0]).image.tobytes()
            )


@pytest.mark.parametrize("split", list(Split))
@pytest.mark.parametrize("level", [2, 6])
def test_answers_follow_from_the_pixels(split: Split, level: int) -> None:
    rng = random.Random(2)
    tasks = set()
    for _ in range(ITEMS):
        item = chart_questions.draw_chart(rng, split, level)
        bars = seen_bars(_picture(item.exchanges[0]))
        for exchange in item.exchanges:
            assert exchange.answer == _solved(bars, exchange)
            tasks.add(exchange.task)
    assert {"chart/count", "chart/extreme"} <= tasks
    assert level < 6 or {"chart/colour", "chart/value", "chart/level"} <= tasks


def test_heights_differ_clearly_and_values_follow_them() -> None:
    rng = random.Random(3)
    for _ in range(60):
        bars = seen_bars(_picture(chart_questions.draw_chart(rng, Split.TRAIN).exchanges[0]))
        ordered = sorted(bars, key=lambda bar: bar.height)
        for low, high in pairwise(ordered):
            assert high.height - low.height >= LEAST_STEP
            assert not low.value or int(low.value) < int(high.value)


def test_a_picture_is_small_and_text_stands_inside() -> None:
    rng = random.Random(4)
    for split in Split:
        for _ in range(40):
            picture = _picture(chart_questions.draw_chart(rng, split).exchanges[0])
            width, height = picture.image.size
            assert width <= 176
            assert height <= 112
            assert all(0 <= g.x <= width and 0 <= g.y <= height for g in picture.glyphs)


def test_splits_share_no_label_and_no_wording() -> None:
    for wording in WORDINGS:
        assert len(wording.train) >= 20
        assert len(wording.held_out) >= 6
        assert not set(wording.train) & set(wording.held_out)
    rng = random.Random(5)
    for split in Split:
        for _ in range(50):
            for bar in seen_bars(_picture(chart_questions.draw_chart(rng, split).exchanges[0])):
                assert not bar.label or belongs(bar.label.lower(), split)


def _picture(exchange: Exchange) -> Picture:
    (picture,) = (part for part in exchange.asked if isinstance(part, Picture))
    return picture


def _solved(bars: list[SeenBar], exchange: Exchange) -> str:
    (asked,) = (part.text for part in exchange.asked if isinstance(part, Text))
    words = asked.replace("?", "").replace(".", "").replace(",", "").split()
    lowered = [word.lower() for word in words]
    extreme = "highest" if any(word in HIGH for word in lowered) else "lowest"
    most = (max if extreme == "highest" else min)(bars, key=lambda bar: bar.height)
    if exchange.task == "chart/count":
        return f"There are {len(bars)} bars."
    if exchange.task == "chart/extreme":
        return f"The {extreme} bar is {most.label or most.colour}."
    if exchange.task == "chart/level":
        return f"The {extreme} value is {most.value}."
    if exchange.task == "chart/value" and not bars[0].label:
        (bar,) = (bar for bar in bars if bar.colour in lowered)
        return f"The value of the {bar.colour} bar is {bar.value}."
    named = [bar for bar in bars if bar.label in words]
    if exchange.task == "chart/colour" and not named:
        return f"The {extreme} bar is {most.colour}."
    (bar,) = named
    if exchange.task == "chart/value":
        return f"The value of {bar.label} is {bar.value}."
    return f"The bar {bar.label} is {bar.colour}."
