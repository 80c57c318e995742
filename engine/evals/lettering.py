"""What all pictures of text share: lines set in a font, colours, and the size that is kept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import TYPE_CHECKING

from PIL import Image, ImageChops, ImageDraw

from engine.evals.items import Glyph

if TYPE_CHECKING:
    import random

    from PIL import ImageFont

Colour = tuple[int, int, int]
WIDEST = 640
PATCH = 16
BLACK_ON_WHITE: tuple[Colour, Colour] = ((0, 0, 0), (255, 255, 255))
_MOST_PATCHES = 250
# Glyphs stand on whole pixels, so that a narrower space could look like a gap between letters.
_NARROWEST_SPACE = 0.28
_DOTS = ".:;"
_FAINT = 90


@dataclass(frozen=True, slots=True)
class SetLine:
    """A line in a font: its words, where each starts, how long it is, and the box of the ink.

    All is in pixels, from the point on the base line where the line starts.
    """

    words: tuple[str, ...]
    starts: tuple[int, ...]
    lengths: tuple[float, ...]
    box: tuple[int, int, int, int]
    font: ImageFont.FreeTypeFont

    @property
    def width(self) -> int:
        """How wide the ink is."""
        return self.box[2] - self.box[0]

    @property
    def clear(self) -> bool:
        """Whether every dot can be seen: a colon may melt into the bars of a "t" before it."""
        return not any(
            _melts(self.font, word[max(0, at - 2) : at], mark)
            for word in self.words
            for at, mark in enumerate(word)
            if at and mark in _DOTS
        )

    def draw(self, on: ImageDraw.ImageDraw, x: int, base: int, ink: Colour) -> tuple[Glyph, ...]:
        """Draw the line so that its ink begins at x, and return its characters."""
        x -= self.box[0]
        glyphs: list[Glyph] = []
        end = 0.0
        for word, start, length in zip(self.words, self.starts, self.lengths, strict=True):
            if start:
                glyphs.append(Glyph(" ", x + (end + start) / 2, base))
            on.text((x + start, base), word, font=self.font, fill=ink, anchor="ls")
            advances = [_advance(self.font, character) for character in word]
            # Kerning changes the sum a little; it is spread, as patches are much wider.
            scale = length / sum(advances)
            end = float(start)
            for character, advance in zip(word, advances, strict=True):
                glyphs.append(Glyph(character, x + end + advance * scale / 2, base))
                end += advance * scale
        return tuple(glyphs)


def set_line(line: str, font: ImageFont.FreeTypeFont) -> SetLine:
    """Set a line of words with single spaces between them."""
    words = tuple(line.split(" "))
    space = ceil(max(_advance(font, " "), _NARROWEST_SPACE * font.size))
    lengths = tuple(font.getlength(word) for word in words)
    boxes = [font.getbbox(word, anchor="ls") for word in words]
    starts = [0]
    for length in lengths[:-1]:
        starts.append(starts[-1] + ceil(length) + space)
    box = (
        int(boxes[0][0]),
        int(min(box[1] for box in boxes)),
        starts[-1] + int(boxes[-1][2]),
        int(max(box[3] for box in boxes)),
    )
    return SetLine(words, tuple(starts), lengths, box, font)


def fits(width: int, height: int) -> bool:
    """Whether a picture of this size in pixels keeps its pixels in the starter's patches."""
    return width <= WIDEST and width * height <= _MOST_PATCHES * PATCH * PATCH


def draw_colours(rng: random.Random) -> tuple[Colour, Colour]:
    """Draw ink and ground that differ well in brightness; dark on light twice as often."""
    kind = rng.random()
    if kind < 0.35:
        ink, ground = _grey(rng, 0, 60), (255, 255, 255)
    elif kind < 0.7:
        ink, ground = _tint(rng, 0, 110), _tint(rng, 200, 255)
    else:
        ink, ground = _tint(rng, 195, 255), _tint(rng, 0, 80)
    return ink, ground


@lru_cache(maxsize=16384)
def _melts(font: ImageFont.FreeTypeFont, before: str, mark: str) -> bool:
    """Whether a mark touches what stands before it on each of its rows of pixels."""
    whole = before + mark
    alone, together = _inked(font, before, whole), _inked(font, whole, whole)
    added = ImageChops.subtract(together, alone).point(_plainly)
    rest = ImageChops.subtract(together, added).point(_plainly)
    touching = ImageChops.darker(added, ImageChops.offset(rest, 1, 0))
    return _rows(touching) >= _rows(added)


def _inked(font: ImageFont.FreeTypeFont, text: str, widest: str) -> Image.Image:
    size = ceil(font.size)
    image = Image.new("L", (ceil(font.getlength(widest)) + size, 3 * size))
    ImageDraw.Draw(image).text((size // 2, 2 * size), text, 255, font, anchor="ls")
    return image


def _plainly(value: int) -> int:
    return 255 if value > _FAINT else 0


def _rows(image: Image.Image) -> set[int]:
    return {y for y in range(image.height) if image.crop((0, y, image.width, y + 1)).getbbox()}


@lru_cache(maxsize=16384)
def _advance(font: ImageFont.FreeTypeFont, character: str) -> float:
    return font.getlength(character)


def _grey(rng: random.Random, low: int, high: int) -> Colour:
    value = rng.randint(low, high)
    return value, value, value


def _tint(rng: random.Random, low: int, high: int) -> Colour:
    return rng.randint(low, high), rng.randint(low, high), rng.randint(low, high)
