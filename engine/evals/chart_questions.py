"""Questions on bar charts: the highest and the lowest bar, colours, printed values, how many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.evals.charts import Bar, Chart, draw_bars, paint_chart
from engine.evals.items import Exchange, Item, Part, Split, Text
from engine.evals.phrasing import Phrasing

if TYPE_CHECKING:
    import random

TOP_LEVEL = 6
# How an extreme is answered, and how it may be asked; the first suit a value too.
_EXTREMES = {
    "highest": ("highest", "biggest", "largest", "tallest", "longest"),
    "lowest": ("lowest", "smallest", "shortest"),
}
_OF_VALUES = 2

EXTREME = Phrasing.of(
    """
    (Which|What) bar is (the|) {extreme}?
    (Which|What) is the {extreme} bar(| here| in the chart| of the chart| in this picture)?
    (Which|What) bar (in the chart|in the picture|here|of the chart) is the {extreme}?
    (Which|What) is the {extreme}(| one| column)?
    (Tell me|Name|Give me|Find) the {extreme} bar(| in the chart).
    Which (one|column) is the {extreme}?
    Which of the bars is the {extreme}?
    The {extreme} bar?
    """
)
COLOUR = Phrasing.of(
    """
    (What|Which) (colour|color) is the {bar}(| in the chart| here)?
    (What|Which) (colour|color) does the {bar} have?
    (What is|What's) the (colour|color) of the {bar}?
    (Tell me|Name|Give me) the (colour|color) of the {bar}.
    In (what|which) (colour|color) is the {bar}(| drawn| shown| painted)?
    The (colour|color) of the {bar}?
    """
)
VALUE = Phrasing.of(
    """
    What is the value of {name}(| in the chart| in the picture| here)?
    (Which|What) value (does {name} have|has {name}|is given for {name}|stands above {name})?
    (Which|What) number (does {name} have|belongs to {name}|is printed above {name})?
    (Tell me|Give me|Read|I need) the value of {name}.
    (How much|How many) does {name} have?
    What does the chart (say|show|give) for {name}?
    (How high|How much) is {name}?
    The value of {name}(|, please).
    """
)
LEVEL = Phrasing.of(
    """
    (What|Which) is the {extreme} value(| in the chart| here| shown| in the picture| of all)?
    (What|Which) value is the {extreme}(| one| of all)?
    (What|Which) number is the {extreme}(| one| of all)?
    (What is|What's) the {extreme} number(| in the chart| here| shown)?
    (Tell me|Give me|Read|Find) the {extreme} (value|number).
    How much does the {extreme} bar have?
    What is the value of the {extreme} bar?
    """
)
COUNT = Phrasing.of(
    """
    How many bars (are there|can you see|do you see|are in the chart|are shown|are here)?
    How many bars (does it show|does the chart have|has the chart|do you count|are in it)?
    How many bars (can be seen|can you count|are in the picture|does the chart show)?
    How many (columns|bars) are there in (the|this) (chart|picture|diagram)?
    (Count|Please count) the bars(| in the chart| in this picture| for me).
    (Can|Could) you count the bars(| in the chart| for me)?
    (What is|What's) the number of bars(| in the chart| here| in this chart)?
    (Tell me|Give me|I need) the number of bars(| in the chart).
    How many bars?
    The number of bars, please.
    """
)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question of one intent; `subject` keeps it from being asked twice."""

    subject: str
    question: str
    answer: str


def draw_chart(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw a bar chart and two to four questions on it."""
    chart = draw_bars(rng, split, level)
    picture = paint_chart(rng, chart)
    bar = chart.bars[0]
    # Bars without any text leave three questions.
    wanted = rng.randint(2, 4 if bar.label or bar.value else 3)
    asked: dict[str, _Asked] = {}
    while len(asked) < wanted:
        found = rng.choice((_extreme, _extreme, _colour, _value, _value, _level, _count))(
            rng, split, chart
        )
        if found is not None:
            asked.setdefault(found.subject, found)
    exchanges: list[Exchange] = []
    for found in asked.values():
        text = Text(found.question)
        parts: tuple[Part, ...] = (text,) if exchanges else (picture, text)
        task = f"chart/{found.subject.split()[0]}"
        exchanges.append(Exchange(parts, found.answer, task, spelled=True))
    return Item("picture/chart", tuple(exchanges))


def extreme_bar(chart: Chart, extreme: str) -> Bar:
    """Return the highest or the lowest bar."""
    return (max if extreme == "highest" else min)(chart.bars, key=lambda bar: bar.height)


def _extreme(rng: random.Random, split: Split, chart: Chart) -> _Asked:
    extreme, asked = _draw_extreme(rng)
    question = EXTREME.draw_typed(rng, split).format(extreme=asked)
    answer = f"The {extreme} bar is {extreme_bar(chart, extreme).name}."
    return _Asked(f"extreme {extreme}", question, answer)


def _colour(rng: random.Random, split: Split, chart: Chart) -> _Asked | None:
    # Of a chart without labels the bar's name is its colour, and is asked for as such.
    if not chart.bars[0].label:
        return None
    if chart.coloured and rng.random() < 0.6:
        extreme, asked = _draw_extreme(rng)
        question = COLOUR.draw_typed(rng, split).format(bar=f"{asked} bar")
        answer = f"The {extreme} bar is {extreme_bar(chart, extreme).colour}."
        return _Asked(f"colour {extreme}", question, answer)
    bar = rng.choice(chart.bars)
    called = rng.choice((f"bar {bar.label}", f"bar of {bar.label}", f"{bar.label} bar"))
    question = COLOUR.draw_typed(rng, split).format(bar=called)
    return _Asked(f"colour {bar.label}", question, f"The bar {bar.label} is {bar.colour}.")


def _value(rng: random.Random, split: Split, chart: Chart) -> _Asked | None:
    bar = rng.choice(chart.bars)
    if not bar.value:
        return None
    name = bar.label or f"the {bar.colour} bar"
    question = VALUE.draw_typed(rng, split).format(name=name)
    return _Asked(f"value {bar.name}", question, f"The value of {name} is {bar.value}.")


def _level(rng: random.Random, split: Split, chart: Chart) -> _Asked | None:
    extreme = rng.choice(tuple(_EXTREMES))
    asked = rng.choice(_EXTREMES[extreme][:_OF_VALUES])
    bar = extreme_bar(chart, extreme)
    if not bar.value:
        return None
    question = LEVEL.draw_typed(rng, split).format(extreme=asked)
    return _Asked(f"level {extreme}", question, f"The {extreme} value is {bar.value}.")


def _count(rng: random.Random, split: Split, chart: Chart) -> _Asked:
    question = COUNT.draw_typed(rng, split)
    return _Asked("count", question, f"There are {len(chart.bars)} bars.")


def _draw_extreme(rng: random.Random) -> tuple[str, str]:
    """Draw highest or lowest, and a word that may stand for it in the question."""
    extreme = rng.choice(tuple(_EXTREMES))
    return extreme, rng.choice(_EXTREMES[extreme])
