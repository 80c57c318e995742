"""Looks at a drawn picture pixel by pixel, to tell its shapes and bars without the generator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.evals.scenes import COLOURS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.evals.items import Picture

    Pixels = NDArray[np.int16]
    Mask = NDArray[np.bool_]

_GROUND_TOLERANCE = 48
# The very tip of a star may stand alone.
_LEAST = 4


@dataclass(frozen=True)
class SeenShape:
    colour: str
    kind: str
    box: tuple[int, int, int, int]

    @property
    def middle(self) -> tuple[float, float]:
        left, top, right, bottom = self.box
        return (left + right) / 2, (top + bottom) / 2


@dataclass(frozen=True)
class SeenBar:
    colour: str
    height: int
    label: str
    value: str


def seen_shapes(picture: Picture) -> list[SeenShape]:
    pixels, content = _content(picture)
    shapes = []
    while content.any():
        part = _component(content)
        content &= ~part
        if part.sum() < _LEAST:
            continue
        rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
        box = int(columns[0]), int(rows[0]), int(columns[-1]), int(rows[-1])
        own = part[box[1] : box[3] + 1, box[0] : box[2] + 1]
        shapes.append(SeenShape(_colour(np.median(pixels[part], axis=0)), _kind(own), box))
    return shapes


def seen_bars(picture: Picture) -> list[SeenBar]:
    """Bars stand on the longest line; their texts are read where the glyphs say they are."""
    pixels, content = _content(picture)
    base = int(content.sum(axis=1).argmax())
    runs = _runs(content[base - 3])
    bars = []
    for left, right in runs:
        middle = (left + right) // 2
        top = base - 3
        while content[top - 1, middle]:
            top -= 1
        texts = [g for g in picture.glyphs if not top < g.y < base]
        near = [g for g in texts if _nearest(runs, g.x) == (left, right)]
        label = "".join(g.character for g in near if g.y > base)
        value = "".join(g.character for g in near if g.y <= top)
        bars.append(SeenBar(_colour(pixels[base - 3, middle]), base - top, label, value))
    return bars


def _content(picture: Picture) -> tuple[Pixels, Mask]:
    pixels = np.asarray(picture.image.convert("RGB"), dtype=np.int16)
    ground = np.median(pixels[[0, 0, -1, -1], [0, -1, 0, -1]], axis=0)
    return pixels, np.abs(pixels - ground).max(axis=-1) > _GROUND_TOLERANCE


def _component(content: Mask) -> Mask:
    part = np.zeros_like(content)
    part.flat[int(content.argmax())] = True
    while True:
        grown = part.copy()
        for axis in (0, 1):
            grown |= np.roll(grown, 1, axis=axis) | np.roll(grown, -1, axis=axis)
        grown &= content
        if (grown == part).all():
            return part
        part = grown


def _kind(own: Mask) -> str:
    """Tell a kind by how much of its box it fills, and two of them by their feet."""
    filled = own.mean()
    if filled > 0.93:
        return "square"
    if filled > 0.65:
        return "circle"
    if filled < 0.465:
        return "star"
    return "triangle" if own[-2].mean() > 0.7 else "diamond"


def _colour(pixel: NDArray[np.generic]) -> str:
    return min(COLOURS, key=lambda name: float(np.abs(pixel - np.array(COLOURS[name][1])).sum()))


def _runs(row: Mask) -> list[tuple[int, int]]:
    """Return first and last of each run of content; one pixel is an axis and no bar."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], row, [False])).astype(np.int8)))
    pairs = [(int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    return [(a, b) for a, b in pairs if b > a]


def _nearest(runs: list[tuple[int, int]], x: float) -> tuple[int, int]:
    return min(runs, key=lambda run: abs((run[0] + run[1]) / 2 - x))
