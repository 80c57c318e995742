"""Pictures of bar charts, and questions on which bar is the highest and what it stands for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from engine.evals import words
from engine.evals.fonts import Face, held_out_faces, training_faces
from engine.evals.items import Glyph, Picture, Split, belongs
from engine.evals.lettering import PATCH, Colour, SetLine, set_line
from engine.evals.lists import words_of
from engine.evals.scenes import COLOURS, Ground, draw_ground, shade

if TYPE_CHECKING:
    import random

    from PIL import ImageFont

WIDEST = 156
# Between any two bars of a chart, so that no two heights can be confused.
LEAST_STEP = 6
_LOWEST = 14
_GAP = 4
# What the cut of the plain margin leaves above and below the content, taken together.
_TRIMMED = 4
_SERIES = words_of(
    """
    mon tue wed thu fri sat sun jan feb mar apr may jun jul aug sep oct nov dec
    """
)
# As labels they could be taken for words of a question.
_MISTAKABLE = ("bar", *COLOURS)


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar; its label and value are empty where none is printed."""

    colour: str
    height: int
    label: str = ""
    value: str = ""

    @property
    def name(self) -> str:
        """What the bar is called: its label, or its colour where it has none."""
        return self.label or self.colour


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars from left to right, and the ground they stand on."""

    bars: tuple[Bar, ...]
    ground: Ground
    font: ImageFont.FreeTypeFont

    @property
    def coloured(self) -> bool:
        """Whether every bar has a colour of its own."""
        return len({bar.colour for bar in self.bars}) == len(self.bars)


@dataclass(frozen=True, slots=True)
class Stage:
    """How hard charts are at a level: shares of charts with labels and with values."""

    most: int
    labelled: float
    valued: float
    faces: int
    plain: bool


STAGES = (
    Stage(2, 0, 0, 1, plain=True),
    Stage(3, 0, 0, 1, plain=True),
    Stage(4, 0, 0, 1, plain=False),
    Stage(3, 0.7, 0, 2, plain=True),
    Stage(4, 0.8, 0.5, 4, plain=False),
    Stage(5, 0.8, 0.7, 6, plain=False),
    Stage(5, 0.85, 0.75, 6, plain=False),
)


def draw_bars(rng: random.Random, split: Split, level: int) -> Chart:
    """Draw the bars of a chart of the split."""
    stage = STAGES[min(level, len(STAGES) - 1)]
    ground = draw_ground(rng, stage.plain)
    while True:
        count = rng.randint(2, stage.most)
        labelled = rng.random() < stage.labelled
        valued = rng.random() < stage.valued
        heights = _heights(rng, count, labelled, valued)
        if labelled and rng.random() < 0.35:
            colours = [rng.choice(ground.colours)] * count
        else:
            colours = rng.sample(ground.colours, count)
        font = _face(rng, split, stage).at(rng.choice((12, 12, 13)))
        labels = _labels(rng, split, count, font) if labelled else [""] * count
        scale = rng.uniform(0.2, min(1.4, 99 / max(heights)))
        values = [str(round(height * scale)) if valued else "" for height in heights]
        bars = tuple(map(Bar, colours, heights, labels, values))
        if belongs(";".join(f"{bar.name} {bar.colour} {bar.height}" for bar in bars), split):
            return Chart(bars, ground, font)


def paint_chart(rng: random.Random, chart: Chart) -> Picture:
    """Return the picture of a chart."""
    font, count = chart.font, len(chart.bars)
    width = max(_set(bar.label, font).width for bar in chart.bars)
    pitch = max(width + _GAP, rng.randint(18, 28)) + rng.randint(0, 8)
    inner = min(-(-(count * pitch + _TRIMMED) // PATCH) * PATCH - _TRIMMED, WIDEST)
    pitch = inner // count
    thick = rng.randint(pitch // 2, max(pitch // 2, min(pitch - _GAP, 30)))
    left, top = rng.randint(2, 8), rng.randint(2, 8)
    tallest = max(bar.height for bar in chart.bars)
    head, foot = _room(font, chart)
    base = top + head + tallest
    size = left + inner + rng.randint(2, 8), base + foot + rng.randint(2, 8)
    image = Image.new("RGB", size, chart.ground.colour)
    draw = ImageDraw.Draw(image)
    grey = rng.randint(225, 255) if chart.ground.dark else rng.randint(0, 70)
    ink = grey, grey, grey
    draw.line((left, base, left + inner - 1, base), fill=ink)
    if rng.random() < 0.25:
        draw.line((left, top + head, left, base), fill=ink)
    shades = {name: shade(rng, name, chart.ground) for name in COLOURS}
    glyphs: list[Glyph] = []
    for place, bar in enumerate(chart.bars):
        middle = left + (2 * place + 1) * inner // (2 * count)
        start, above = middle - thick // 2, base - bar.height
        draw.rectangle((start, above, start + thick - 1, base - 1), fill=shades[bar.colour])
        # Far enough below the top to keep out of the printed value's patches.
        glyphs += (
            Glyph(COLOURS[bar.colour][0], middle, above + 14),
            Glyph(str(8 * bar.height // tallest), middle, above + 14),
        )
        glyphs += _put(draw, bar.value, font, (middle, above - 3), ink)
        glyphs += _put(draw, bar.label, font, (middle, base + 13), ink)
    return Picture(image, tuple(glyphs))


def _put(
    draw: ImageDraw.ImageDraw,
    text: str,
    font: ImageFont.FreeTypeFont,
    at: tuple[int, int],
    ink: Colour,
) -> tuple[Glyph, ...]:
    """Write a text that has its middle and its base line here."""
    if not text:
        return ()
    line = _set(text, font)
    return line.draw(draw, at[0] - line.width // 2, at[1], ink)


def _room(font: ImageFont.FreeTypeFont, chart: Chart) -> tuple[int, int]:
    """Return the pixels needed above the tallest bar and from the axis down."""
    tallest = max(chart.bars, key=lambda bar: bar.height)
    head = 3 - _set(tallest.value, font).box[1] if tallest.value else 0
    foot = max(_set(bar.label, font).box[3] for bar in chart.bars)
    return head, foot + 13 if tallest.label else 1


def _heights(rng: random.Random, count: int, labelled: bool, valued: bool) -> list[int]:
    # With the axis, the label and the value, the content then fills whole patches.
    patches = rng.randint(5, 6) if labelled and valued else rng.randint(4, 6)
    rest = 1 + 15 * labelled + 12 * valued
    tallest = PATCH * patches - _TRIMMED - rest
    lower = rng.sample(range(_LOWEST, tallest - LEAST_STEP * (count - 1)), count - 1)
    heights = [h + place * (LEAST_STEP - 1) for place, h in enumerate(sorted(lower))]
    heights.append(tallest)
    rng.shuffle(heights)
    return heights


def _labels(
    rng: random.Random, split: Split, count: int, font: ImageFont.FreeTypeFont
) -> list[str]:
    """Draw words of three to five letters that fit side by side."""
    case = rng.choice((str.capitalize, str.capitalize, str.upper, str.lower))
    room = WIDEST // count - _GAP
    series = rng.random() < 0.3
    labels: list[str] = []
    while len(labels) < count:
        word = _series(rng, split) if series else _word(rng, split)
        label = case(word)
        if not 3 <= len(word) <= 5 or word in _MISTAKABLE or label in labels:
            continue
        if _set(label, font).width <= room:
            labels.append(label)
    return labels


def _series(rng: random.Random, split: Split) -> str:
    pool = words.pool(_SERIES, split)
    return rng.choice(pool) if rng.random() < 0.8 else words.made_up(rng, split, (1,))


def _word(rng: random.Random, split: Split) -> str:
    if rng.random() < 0.5:
        return words.made_up(rng, split, (1,))
    return words.pick(rng, words.NOUNS, split)


def _face(rng: random.Random, split: Split, stage: Stage) -> Face:
    learnt = training_faces()[: stage.faces]
    if split is Split.HELD_OUT and (not learnt or rng.random() < 0.5):
        return rng.choice(held_out_faces())
    return rng.choice(learnt)


# Numbers and names of days come again and again.
@lru_cache(maxsize=4096)
def _set(text: str, font: ImageFont.FreeTypeFont) -> SetLine:
    return set_line(text, font)
