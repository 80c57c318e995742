"""Pictures of two to five short lines, one below the other, as on receipts and small screens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from engine.evals.fonts import training_faces
from engine.evals.items import Glyph, Picture
from engine.evals.lettering import (
    BLACK_ON_WHITE,
    PATCH,
    Colour,
    SetLine,
    draw_colours,
    fits,
    set_line,
)

if TYPE_CHECKING:
    import random

    from PIL import ImageFont

TOP_LEVEL = 6
_TRIM_MARGIN = 2


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
# A picture of fewer than two columns of patches would be stretched.
_NARROWEST = 24
_FRAMED_SHARE = 0.12
# A rule stands above the last row, where receipts have it.
_RULED_SHARE = 0.2
_ROOM_FOR_A_RULE = 6


def stage_of(level: int) -> Stage:
    """Return how hard cards are at a level."""
    return STAGES[min(level, TOP_LEVEL)]


def draw_card(rng: random.Random, rows: tuple[Row, ...], level: int) -> Picture | None:
    """Draw the rows, or return nothing where this try did not come out as the level wants it."""
    stage = stage_of(level)
    free = rng.random() < stage.free
    face = rng.choice(training_faces()[: stage.faces])
    font = face.at(rng.randint(*(_FREE_SIZES if free else stage.sizes)))
    lines = [_Line.of(row, font) for row in rows]
    if not all(part.clear for line in lines for part in (line.left, line.right) if part):
        return None
    if free:
        tallest = max(line.bottom - line.top for line in lines)
        pitch = round(tallest * rng.uniform(1.1, 1.7)) + 1
    else:
        pitch = PATCH if level == 0 or rng.random() < 0.8 else 2 * PATCH
    if not (_apart if free else _on_the_grid)(lines, pitch):
        return None
    return _painted(rng, lines, round(font.size * rng.uniform(0.5, 2)), pitch, stage, free=free)


def _painted(
    rng: random.Random, lines: list[_Line], gap: int, pitch: int, stage: Stage, *, free: bool
) -> Picture | None:
    inner = max(line.width(gap) for line in lines)
    tall = pitch * (len(lines) - 1) + lines[-1].bottom - lines[0].top
    left, top = rng.randint(2, 2 + stage.jitter), rng.randint(2, 2 + stage.jitter)
    size = (
        left + inner + 3 + rng.randint(0, stage.jitter),
        top + tall + 3 + rng.randint(0, stage.jitter),
    )
    if inner < _NARROWEST or not fits(*size):
        return None
    ink, ground = draw_colours(rng) if stage.coloured else BLACK_ON_WHITE
    image = Image.new("RGB", size, ground)
    draw = ImageDraw.Draw(image)
    centred = stage.coloured and rng.random() < 0.2
    glyphs: list[Glyph] = []
    for number, line in enumerate(lines):
        base = top - lines[0].top + number * pitch
        shift = (inner - line.left.width) // 2 if centred and line.right is None else 0
        glyphs += line.draw(draw, left + shift, left + inner, base, ink)
    if free and rng.random() < _FRAMED_SHARE:
        draw.rectangle((0, 0, size[0] - 1, size[1] - 1), outline=ink)
    room = pitch + lines[-1].top - lines[-2].bottom
    if free and room > _ROOM_FOR_A_RULE and rng.random() < _RULED_SHARE:
        y = base + lines[-1].top - room // 2
        draw.line((left, y, left + inner - 1, y), fill=ink)
    return Picture(image, tuple(glyphs))


@dataclass(frozen=True, slots=True)
class _Line:
    """A row set in a font; `top` and `bottom` are its ink's, from the base line."""

    left: SetLine
    right: SetLine | None
    top: int
    bottom: int

    @classmethod
    def of(cls, row: Row, font: ImageFont.FreeTypeFont) -> _Line:
        left = set_line(row.left, font)
        right = set_line(row.right, font) if row.right else None
        parts = [part.box for part in (left, right) if part]
        return cls(left, right, min(box[1] for box in parts), max(box[3] for box in parts))

    def width(self, gap: int) -> int:
        return self.left.width + (gap + self.right.width if self.right else 0)

    def draw(
        self, on: ImageDraw.ImageDraw, start: int, end: int, base: int, ink: Colour
    ) -> tuple[Glyph, ...]:
        glyphs = self.left.draw(on, start, base, ink)
        if self.right is None:
            return glyphs
        start += self.left.width
        space = Glyph(" ", (start + end - self.right.width) / 2, base)
        return (*glyphs, space, *self.right.draw(on, end - self.right.width, base, ink))


def _on_the_grid(lines: list[_Line], pitch: int) -> bool:
    """Whether each line falls inside one row of patches, as many rows apart as the pitch says."""
    return all(
        _patch_row(lines, pitch, number * pitch + edge) == number * pitch // PATCH
        for number, line in enumerate(lines)
        for edge in (line.top, line.bottom - 1)
    )


def _apart(lines: list[_Line], pitch: int) -> bool:
    """Whether no two lines stand in the same row of patches, where they could not be told apart."""
    rows = {_patch_row(lines, pitch, number * pitch - 2) for number in range(len(lines))}
    return len(rows) == len(lines)


def _patch_row(lines: list[_Line], pitch: int, y: int) -> int:
    """Return the row of patches at a height below the first base line, the margin being cut."""
    above = lines[0].top - _TRIM_MARGIN
    height = pitch * (len(lines) - 1) + lines[-1].bottom + _TRIM_MARGIN - above
    return (y - above) * max(1, round(height / PATCH)) // height
