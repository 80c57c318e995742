"""A bar chart of one run or of two: accuracy by task, with its 95 % interval as a whisker.

The chart is laid out once, as shapes; a picture file and an SVG file show the same shapes.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal
from xml.sax.saxutils import escape, quoteattr

from PIL import Image, ImageDraw, ImageFont

from engine.evals.report import family_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.evals.report import TaskResult

SUFFIXES = (".png", ".svg")
_SCALE = 2
_MARGIN = 24
_PLOT_WIDTH = 440
_VALUE_WIDTH = 56
_BAR = 14
_PAIR_GAP = 2
_ROW_GAP = 10
_FAMILY_GAP = 12
_TITLE, _LABEL, _SMALL = 18, 13, 12
_LONGEST_NAME = 56
_GROUND = "#ffffff"
_INK = "#1f2933"
_FAINT_INK = "#5b6672"
_GRID = "#e3e7eb"
_AXIS = "#9aa5b1"
# Told apart by those who see few colours, too, and in grey.
_BARS = ("#6aa5da", "#f2ae52")
_WHISKER = "#10202f"
_FONTS = "Helvetica, Arial, sans-serif"

Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Bars:
    """A run as the chart shows it."""

    name: str
    tasks: Sequence[TaskResult]


@dataclass(frozen=True, slots=True)
class _Box:
    x: float
    y: float
    width: float
    height: float
    colour: str


@dataclass(frozen=True, slots=True)
class _Stroke:
    x1: float
    y1: float
    x2: float
    y2: float
    colour: str
    width: float


@dataclass(frozen=True, slots=True)
class _Words:
    x: float
    y: float
    text: str
    size: int
    colour: str
    anchor: Anchor = "start"


_Shape = _Box | _Stroke | _Words


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes on a light ground, in pixels."""

    width: int
    height: int
    shapes: tuple[_Shape, ...]


def draw_chart(runs: Sequence[Bars]) -> Drawing:
    """Lay out one run, or two as pairs of bars."""
    tasks = list(dict.fromkeys(result.task for run in runs for result in run.tasks))
    rows = [{r.task: r for r in run.tasks} for run in runs]
    labels = max([80.0, *(_width(_shortened(task), _LABEL) for task in tasks)])
    left = _MARGIN + labels * 1.08 + 12
    width = int(left + _PLOT_WIDTH + _VALUE_WIDTH + _MARGIN)
    shapes: list[_Shape] = _heading(runs)
    top = y = shapes[-1].y + 26 if isinstance(shapes[-1], _Words) else 0.0
    bars: list[_Shape] = []
    row_height = len(runs) * _BAR + (len(runs) - 1) * _PAIR_GAP
    for place, task in enumerate(tasks):
        if place and family_of(task) != family_of(tasks[place - 1]):
            y += _FAMILY_GAP
        middle = y + row_height / 2 + _LABEL * 0.36
        bars.append(_Words(left - 12, middle, _shortened(task), _LABEL, _INK, "end"))
        for number, run in enumerate(rows):
            at = y + number * (_BAR + _PAIR_GAP)
            bars += _bar(run.get(task), left, at, _BARS[number])
        y += row_height + _ROW_GAP
    bottom = y - _ROW_GAP + 8 if tasks else y
    shapes += _axis(left, top - 8, bottom)
    note = "Bars: share of right answers. Lines: 95 % interval."
    bars.append(_Words(left, bottom + 46, note, _SMALL, _FAINT_INK))
    return Drawing(width, int(bottom + 46 + _MARGIN), (*shapes, *bars))


def to_svg(drawing: Drawing) -> str:
    """Return the drawing as the text of an SVG file."""
    width, height = drawing.width, drawing.height
    head = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {head} font-family="{_FONTS}" role="img">',
        f'<rect width="100%" height="100%" fill="{_GROUND}"/>',
        *map(_svg_shape, drawing.shapes),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def to_png(drawing: Drawing) -> bytes:
    """Return the drawing as a PNG file, at twice its size so that letters are crisp."""
    image = Image.new("RGB", (drawing.width * _SCALE, drawing.height * _SCALE), _GROUND)
    draw = ImageDraw.Draw(image)
    for shape in drawing.shapes:
        _paint(draw, shape)
    data = io.BytesIO()
    image.save(data, "PNG", optimize=True)
    return data.getvalue()


def _heading(runs: Sequence[Bars]) -> list[_Shape]:
    y = _MARGIN + _TITLE
    shapes: list[_Shape] = [_Words(_MARGIN, y, "Right answers by task", _TITLE, _INK)]
    y += 4
    for run, colour in zip(runs, _BARS, strict=False):
        y += 22
        if len(runs) == 1:
            shapes.append(_Words(_MARGIN, y, _shortened(run.name), _LABEL, _FAINT_INK))
            break
        shapes.append(_Box(_MARGIN, y - 10, 12, 12, colour))
        shapes.append(_Words(_MARGIN + 20, y, _shortened(run.name), _LABEL, _INK))
    return shapes


def _bar(result: TaskResult | None, left: float, y: float, colour: str) -> list[_Shape]:
    """Return a bar with its whisker, and its figure in a column of its own at the right."""
    middle = y + _BAR / 2
    figure = middle + _SMALL * 0.36
    end = left + _PLOT_WIDTH + _VALUE_WIDTH
    if result is None or not result.n:
        return [_Words(left + 6, figure, "not asked", _SMALL, _FAINT_INK)]
    low, high = (left + _PLOT_WIDTH * share for share in result.interval)
    return [
        _Box(left, y, _PLOT_WIDTH * result.accuracy, _BAR, colour),
        _Stroke(low, middle, high, middle, _WHISKER, 1.5),
        _Stroke(low, middle - 4, low, middle + 4, _WHISKER, 1.5),
        _Stroke(high, middle - 4, high, middle + 4, _WHISKER, 1.5),
        _Words(end, figure, f"{result.accuracy:.0%}".replace("%", " %"), _SMALL, _INK, "end"),
    ]


def _axis(left: float, top: float, bottom: float) -> list[_Shape]:
    shapes: list[_Shape] = []
    for step in range(5):
        x = left + _PLOT_WIDTH * step / 4
        shapes.append(_Stroke(x, top, x, bottom, _GRID if step else _AXIS, 1))
        shapes.append(_Words(x, bottom + 18, f"{step * 25} %", _SMALL, _FAINT_INK, "middle"))
    return shapes


def _svg_shape(shape: _Shape) -> str:
    match shape:
        case _Box(x, y, width, height, colour):
            place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
            return f'<rect {place} fill="{colour}"/>'
        case _Stroke(x1, y1, x2, y2, colour, width):
            place = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
            return f'<line {place} stroke="{colour}" stroke-width="{width}"/>'
        case _Words(x, y, text, size, colour, anchor):
            place = f'x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}"'
            return f"<text {place} text-anchor={quoteattr(anchor)}>{escape(text)}</text>"


def _paint(draw: ImageDraw.ImageDraw, shape: _Shape) -> None:
    match shape:
        case _Box(x, y, width, height, colour):
            if width > 0:
                corners = (x, y, x + width, y + height)
                draw.rectangle([round(c * _SCALE) for c in corners], fill=colour)
        case _Stroke(x1, y1, x2, y2, colour, width):
            ends = [round(c * _SCALE) for c in (x1, y1, x2, y2)]
            draw.line(ends, fill=colour, width=round(width * _SCALE))
        case _Words(x, y, text, size, colour, anchor):
            at = (x * _SCALE, y * _SCALE)
            side = {"start": "ls", "middle": "ms", "end": "rs"}[anchor]
            draw.text(at, text, font=_font(size * _SCALE), fill=colour, anchor=side)


def _width(text: str, size: int) -> float:
    return _font(size * _SCALE).getlength(text) / _SCALE


def _shortened(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


@lru_cache(maxsize=8)
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise RuntimeError("this Pillow is built without FreeType, so it cannot draw text")
    return font
