"""Shapes drawn for a question can be told from the pixels, and lead to the answer given."""

import random

import pytest
from seeing import SeenShape, seen_shapes

from engine.evals import shapes
from engine.evals.items import Exchange, Picture, Split, Text
from engine.evals.phrasing import Phrasing
from engine.evals.scenes import COLOURS, KINDS

ITEMS = 110
WORDINGS = [wording for wording in vars(shapes).values() if isinstance(wording, Phrasing)]


@pytest.mark.parametrize("level", [0, 3, 6])
@pytest.mark.parametrize("split", list(Split))
def test_same_seed_same_items(split: Split, level: int) -> None:
    first, second = (
        [shapes.draw_shapes(rng, split, level) for _ in range(5)]
        for rng in (random.Random(1), random.Random(1))
    )
    for one, two in zip(first, second, strict=True):
        assert [e.answer for e in one.exchanges] == [e.answer for e in two.exchanges]
        assert _picture(one.exchanges[0]).image.tobytes() == (
            _picture(two.exchanges[0]).image.tobytes()
        )


@pytest.mark.parametrize(("level", "split"), [(6, s) for s in Split] + [(2, Split.TRAIN)])
def test_answers_follow_from_the_pixels(split: Split, level: int) -> None:
    rng = random.Random(2)
    tasks = set()
    for _ in range(ITEMS):
        item = shapes.draw_shapes(rng, split, level)
        seen = seen_shapes(_picture(item.exchanges[0]))
        assert item.task == "picture/shapes"
        for exchange in item.exchanges:
            assert exchange.answer == _solved(seen, exchange)
            tasks.add(exchange.task)
    assert tasks == {"shapes/count", "shapes/kind", "shapes/colour", "shapes/place"}


def test_a_shape_is_told_to_training_at_its_middle() -> None:
    rng = random.Random(3)
    for _ in range(40):
        picture = _picture(shapes.draw_shapes(rng, Split.TRAIN).exchanges[0])
        told = {(g.character, round(g.x / 4), round((g.y - 2) / 4)) for g in picture.glyphs}
        for shape in seen_shapes(picture):
            x, y = shape.middle
            for code in (COLOURS[shape.colour][0], KINDS[shape.kind]):
                assert any(c == code and abs(a - x / 4) < 2 and abs(b - y / 4) < 2
                           for c, a, b in told)  # fmt: skip


def test_codes_are_distinct_characters() -> None:
    codes = [code for code, _ in COLOURS.values()] + list(KINDS.values())
    assert all(len(code) == 1 for code in codes)
    assert len(set(codes)) == len(codes)


def test_splits_share_no_scene_and_no_wording() -> None:
    for wording in WORDINGS:
        assert len(wording.train) >= 20
        assert len(wording.held_out) >= 6
        assert not set(wording.train) & set(wording.held_out)
    train, held_out = (
        {_scene(shapes.draw_shapes(random.Random(seed), split, 1).exchanges[0])
         for seed in range(80)}
        for split in Split
    )  # fmt: skip
    assert not train & held_out


def _picture(exchange: Exchange) -> Picture:
    (picture,) = (part for part in exchange.asked if isinstance(part, Picture))
    return picture


def _scene(exchange: Exchange) -> object:
    seen = seen_shapes(_picture(exchange))
    left, top = min(s.box[0] for s in seen), min(s.box[1] for s in seen)
    return frozenset(
        (s.colour, s.kind, s.box[0] - left, s.box[1] - top, s.box[2] - left, s.box[3] - top)
        for s in seen
    )


def _solved(seen: list[SeenShape], exchange: Exchange) -> str:
    (asked,) = (part.text.lower() for part in exchange.asked if isinstance(part, Text))
    words = asked.replace("?", "").replace(".", "").replace(",", "").split()
    colour = next((name for name in COLOURS if name in words), "")
    kind = next((name for name in KINDS if name in words or f"{name}s" in words), "")
    chosen = [s for s in seen if colour in ("", s.colour) and kind in ("", s.kind)]
    if exchange.task == "shapes/count":
        one = len(chosen) == 1
        what = " ".join(word for word in (colour, kind or "shape") if word)
        return f"There {'is' if one else 'are'} {len(chosen)} {what}{'' if one else 's'}."
    if exchange.task == "shapes/place":
        place = next(p for p in shapes.PLACES if p in asked)
        axis, sign = shapes.PLACES.index(place) // 2, 1 - 2 * (shapes.PLACES.index(place) % 2)
        ordered = sorted(seen, key=lambda s: sign * s.middle[axis])
        assert abs(ordered[0].middle[axis] - ordered[1].middle[axis]) > shapes.CLEARLY - 2
        return f"The shape {place} is {_a(f'{ordered[0].colour} {ordered[0].kind}')}."
    (shape,) = chosen
    if exchange.task == "shapes/kind":
        return f"The {colour} shape is {_a(shape.kind)}."
    return f"The {kind} is {shape.colour}."


def _a(name: str) -> str:
    return f"an {name}" if name.startswith("o") else f"a {name}"
