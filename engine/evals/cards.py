"""Pictures of two to five short lines, one below the other, as on receipts and small screens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from engine.evals.fonts import training_faces
from engine.evals.items import Glyph, Picture
from engine.evals.lettering import BLACK_ON_WHITE, PATCH, draw_colours, fits, glyphs_of

if TYPE_CHECKING:
    import random

    from PIL import ImageFont

TOP_LEVEL = 6
_TRIM_MARGIN = 2
_Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a card; `right` stands at the right edge, as prices do."""

    left: str
    right: str = ""

    @property
    def text(self) -> str:
        """The line as it is read."""
        return f"{self.left} {self.right}" if self.right else self.left


@dataclass(frozen=True, slots=True)
class Stage:
    """How hard cards are at a level; `free` is the share whose lines ignore the patch grid."""

    rows: int
    longest: int
    faces: int
    sizes: tuple[int, int]
    jitter: int
    coloured: bool
    free: float = 0.0


STAGES = (
    Stage(2, 8, 1, (13, 13), 0, coloured=False),
    Stage(2, 8, 1, (12, 13), 4, coloured=False),
    Stage(2, 10, 4, (12, 13), 6, coloured=False),
    Stage(3, 12, 4, (12, 14), 8, coloured=False),
    Stage(4, 16, 6, (12, 14), 10, coloured=True),
    Stage(5, 20, 6, (12, 14), 16, coloured=True, free=0.25),
    Stage(5, 26, 6, (12, 14), 20, coloured=True, free=0.5),
)
_FREE_SIZES = (12, 18)


def stage_of(level: int) -> Stage:
    """Return how hard cards are at a level."""
    return STAGES[min(level, TOP_LEVEL)]


def draw_card(rng: random.Random, rows: tuple[Row, ...], level: int) -> Picture | None:
    """Draw the rows, or return nothing where this try did not come out as the level wants it."""
    stage = stage_of(level)
    free = rng.random() < stage.free
    font = rng.choice(training_faces()[: stage.faces]).at(
        rng.randint(*(_FREE_SIZES if free else stage.sizes))
    )
    boxes = [_ink_box(font, row.text) for row in rows]
    if free:
        tallest = max(bottom - top for _, top, _, bottom in boxes)
        pitch = round(tallest * rng.uniform(1.1, 1.7)) + 1
    else:
        pitch = PATCH if level == 0 or rng.random() < 0.8 else 2 * PATCH
        if not _on_the_grid(boxes, pitch):
            return None
    return _drawn(rng, rows, font, boxes, pitch, stage)


def _drawn(
    rng: random.Random,
    rows: tuple[Row, ...],
    font: ImageFont.FreeTypeFont,
    boxes: list[_Box],
    pitch: int,
    stage: Stage,
) -> Picture | None:
    gap = round(font.getlength(" ") * rng.uniform(1, 4))
    inner = max(
        box[2] - box[0] + (gap if row.right else 0)
        for row, box in zip(rows, boxes, strict=True)
    )  # fmt: skip
    tall = pitch * (len(rows) - 1) + boxes[-1][3] - boxes[0][1]
    left, top = rng.randint(2, 2 + stage.jitter), rng.randint(2, 2 + stage.jitter)
    width = left + inner + 4 + rng.randint(0, stage.jitter)
    height = top + tall + 3 + rng.randint(0, stage.jitter)
    if not fits(width, height):
        return None
    ink, ground = draw_colours(rng) if stage.coloured else BLACK_ON_WHITE
    image = Image.new("RGB", (width, height), ground)
    draw = ImageDraw.Draw(image)
    centred = stage.coloured and rng.random() < 0.2
    glyphs: list[Glyph] = []
    for number, (row, box) in enumerate(zip(rows, boxes, strict=True)):
        base = top - boxes[0][1] + number * pitch
        x = left - box[0]
        if row.right:
            end = left + inner - round(font.getlength(row.right))
            glyphs += _put(draw, row.left, font, (x, base), ink)
            after = x + font.getlength(row.left)
            glyphs.append(Glyph(" ", (after + end) / 2, base))
            glyphs += _put(draw, row.right, font, (end, base), ink)
        else:
            if centred:
                x += (inner - (box[2] - box[0])) // 2
            glyphs += _put(draw, row.left, font, (x, base), ink)
    return Picture(image, tuple(glyphs))


def _put(
    draw: ImageDraw.ImageDraw,
    text: str,
    font: ImageFont.FreeTypeFont,
    at: tuple[int, int],
    ink: tuple[int, int, int],
) -> tuple[Glyph, ...]:
    draw.text(at, text, font=font, fill=ink, anchor="ls")
    return glyphs_of(text, font, *at)


def _ink_box(font: ImageFont.FreeTypeFont, text: str) -> _Box:
    left, top, right, bottom = font.getbbox(text, anchor="ls")
    return int(left), int(top), int(right) + 1, int(bottom)


def _on_the_grid(boxes: list[_Box], pitch: int) -> bool:
    """Whether each line falls inside one row of patches once the plain margin is cut."""
    above = boxes[0][1] - _TRIM_MARGIN
    height = pitch * (len(boxes) - 1) + boxes[-1][3] + _TRIM_MARGIN - above
    patches = max(1, round(height / PATCH))
    if patches != 1 + (len(boxes) - 1) * (pitch // PATCH):
        return False
    for number, (_, top, _, bottom) in enumerate(boxes):
        first, last = (
            (number * pitch + edge - above) * patches // height for edge in (top, bottom - 1)
        )
        if not first == last == number * pitch // PATCH:
            return False
    return True
