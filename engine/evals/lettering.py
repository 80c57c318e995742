"""What all pictures of text share: colours, and where each drawn character stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.evals.items import Glyph

if TYPE_CHECKING:
    import random

    from PIL import ImageFont

Colour = tuple[int, int, int]
WIDEST = 640
MOST_PATCHES = 250
PATCH = 16
BLACK_ON_WHITE: tuple[Colour, Colour] = ((0, 0, 0), (255, 255, 255))


def fits(width: int, height: int) -> bool:
    """Whether a picture of this size in pixels keeps its pixels in the starter's patches."""
    return width <= WIDEST and width * height <= MOST_PATCHES * PATCH * PATCH


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


def glyphs_of(line: str, font: ImageFont.FreeTypeFont, x: float, base: float) -> tuple[Glyph, ...]:
    """Return the characters of a line that starts at x and stands on a base line."""
    return tuple(
        Glyph(
            character,
            x + font.getlength(line[: place + 1]) - font.getlength(character) / 2,
            base,
        )
        for place, character in enumerate(line)
    )


def _grey(rng: random.Random, low: int, high: int) -> Colour:
    value = rng.randint(low, high)
    return value, value, value


def _tint(rng: random.Random, low: int, high: int) -> Colour:
    return rng.randint(low, high), rng.randint(low, high), rng.randint(low, high)
