"""Pictures of plain shapes: what stands where, in which colour, and how it is painted."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from engine.evals.items import Glyph, Picture, Split, belongs

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

Colour = tuple[int, int, int]

# What training is told of a shape: a letter for its colour and one for its kind.
COLOURS: dict[str, tuple[str, Colour]] = {
    "red": ("R", (215, 35, 35)),
    "green": ("G", (35, 155, 60)),
    "blue": ("B", (40, 85, 220)),
    "yellow": ("Y", (250, 220, 40)),
    "orange": ("O", (245, 135, 20)),
    "purple": ("P", (145, 50, 175)),
    "black": ("K", (15, 15, 15)),
}
KINDS = {"circle": "c", "square": "s", "triangle": "t", "star": "*", "diamond": "d"}
CELL = 32
_STAR = tuple(
    (
        0.5 + radius * math.sin(turn * math.pi / 5),
        0.52 - radius * math.cos(turn * math.pi / 5),
    )
    for turn, radius in enumerate((0.52, 0.21) * 5)
)
_OUTLINES: dict[str, tuple[tuple[float, float], ...]] = {
    "square": ((0, 0), (1, 0), (1, 1), (0, 1)),
    "triangle": ((0.5, 0), (1, 1), (0, 1)),
    "star": _STAR,
    "diamond": ((0.5, 0), (1, 0.5), (0.5, 1), (0, 0.5)),
}
_FINE = 3


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape in the square of `size` pixels whose upper left corner is at x and y."""

    colour: str
    kind: str
    x: int
    y: int
    size: int

    @property
    def middle(self) -> tuple[float, float]:
        """The middle of its square."""
        return self.x + self.size / 2, self.y + self.size / 2

    def is_a(self, colour: str, kind: str) -> bool:
        """Whether it has this colour and is of this kind; an empty name allows any."""
        return colour in ("", self.colour) and kind in ("", self.kind)


@dataclass(frozen=True, slots=True)
class Ground:
    """What a picture is painted on, and how its colours came out."""

    colour: Colour = (255, 255, 255)
    dark: bool = False
    drift: int = 0
    smooth: bool = False

    @property
    def colours(self) -> tuple[str, ...]:
        """The colours that can be told from it."""
        return tuple(name for name in COLOURS if not (self.dark and name == "black"))


@dataclass(frozen=True, slots=True)
class Scene:
    """Shapes on a ground, from left to right and from the top."""

    shapes: tuple[Shape, ...]
    size: tuple[int, int]
    ground: Ground

    def count(self, colour: str = "", kind: str = "") -> int:
        """Return how many shapes have this colour and are of this kind, if one is named."""
        return sum(shape.is_a(colour, kind) for shape in self.shapes)

    def belongs(self, split: Split) -> bool:
        """Whether it is of the split; wherever the shapes stand, as the margin is cut later."""
        left, top = min(s.x for s in self.shapes), min(s.y for s in self.shapes)
        places = sorted((s.x - left, s.y - top, s.size, s.colour, s.kind) for s in self.shapes)
        return belongs(";".join(" ".join(map(str, place)) for place in places), split)


@dataclass(frozen=True, slots=True)
class Plan:
    """How many shapes of what size a scene may have, and whether its ground is plain white."""

    columns: int
    rows: int
    most: int
    sizes: tuple[int, int] = (16, 28)
    margin: int = 0
    plain: bool = False


def draw_ground(rng: random.Random, plain: bool = False) -> Ground:
    """Draw a ground, light or dark; a plain one is white."""
    if plain:
        return Ground()
    kind, smooth = rng.random(), rng.random() < 0.6
    drift = rng.choice((0, 6, 12))
    if kind < 0.35:
        return Ground(drift=drift, smooth=smooth)
    low, high = (228, 255) if kind < 0.7 else (0, 36)
    colour = rng.randint(low, high), rng.randint(low, high), rng.randint(low, high)
    return Ground(colour, low == 0, drift, smooth)


def draw_scene(
    rng: random.Random,
    split: Split,
    plan: Plan,
    palette: Sequence[str] = (),
    only: Sequence[str] = (),
) -> Scene:
    """Draw a scene of the split; where they are given, of these colours and these kinds only."""
    ground = draw_ground(rng, plan.plain)
    while not set(palette) <= set(ground.colours):
        ground = draw_ground(rng, plan.plain)
    while True:
        number = max(rng.randint(1, plan.most), rng.randint(1, plan.most))
        columns, rows = _grid(rng, plan, number)
        # Few colours and kinds, so that there is something to count.
        colours = palette or rng.sample(ground.colours, rng.randint(1, 4))
        kinds = only or rng.sample(tuple(KINDS), rng.randint(1, 4))
        left, top = rng.randint(0, plan.margin), rng.randint(0, plan.margin)
        shapes = []
        for cell in sorted(rng.sample(range(columns * rows), number)):
            size = rng.randint(*plan.sizes)
            x = left + cell % columns * CELL + rng.randint(1, CELL - 1 - size)
            y = top + cell // columns * CELL + rng.randint(1, CELL - 1 - size)
            shapes.append(Shape(rng.choice(colours), rng.choice(kinds), x, y, size))
        scene = Scene(tuple(shapes), (left + columns * CELL, top + rows * CELL), ground)
        if scene.belongs(split):
            return scene


def paint(rng: random.Random, scene: Scene) -> Picture:
    """Return the picture of a scene."""
    fine = _FINE if scene.ground.smooth else 1
    width, height = scene.size
    image = Image.new("RGB", (width * fine, height * fine), scene.ground.colour)
    draw = ImageDraw.Draw(image)
    for shape in scene.shapes:
        _put(draw, shape, fine, shade(rng, shape.colour, scene.ground))
    glyphs = [glyph for shape in scene.shapes for glyph in _glyphs(shape)]
    return Picture(image.reduce(fine) if fine > 1 else image, tuple(glyphs))


def shade(rng: random.Random, name: str, ground: Ground) -> Colour:
    """Return a named colour as it comes out on a ground."""
    red, green, blue = COLOURS[name][1]
    drift = ground.drift
    return (
        min(255, max(0, red + rng.randint(-drift, drift))),
        min(255, max(0, green + rng.randint(-drift, drift))),
        min(255, max(0, blue + rng.randint(-drift, drift))),
    )


def _grid(rng: random.Random, plan: Plan, number: int) -> tuple[int, int]:
    """Return columns and rows of cells that hold so many shapes."""
    while True:
        columns, rows = rng.randint(1, plan.columns), rng.randint(1, plan.rows)
        if columns * rows >= number:
            return columns, rows


def _put(draw: ImageDraw.ImageDraw, shape: Shape, fine: int, ink: Colour) -> None:
    x, y, reach = shape.x * fine, shape.y * fine, shape.size * fine - 1
    if shape.kind == "circle":
        draw.ellipse((x, y, x + reach, y + reach), fill=ink)
        return
    corners = [(x + round(across * reach), y + round(down * reach))
               for across, down in _OUTLINES[shape.kind]]  # fmt: skip
    draw.polygon(corners, fill=ink)


def _glyphs(shape: Shape) -> tuple[Glyph, Glyph]:
    # Characters are looked for two pixels above the line they stand on.
    x, y = shape.middle[0], shape.middle[1] + 2
    return Glyph(COLOURS[shape.colour][0], x, y), Glyph(KINDS[shape.kind], x, y)
