"""What two pictures have in common can be told from the pixels, and leads to the answer given."""

import random

import pytest
from seeing import SeenShape, seen_shapes

from engine.evals import comparing
from engine.evals.items import Exchange, Picture, Split, Text, belongs
from engine.evals.phrasing import Phrasing
from engine.evals.scenes import COLOURS, KINDS

ITEMS = 130
WORDINGS = [wording for wording in vars(comparing).values() if isinstance(wording, Phrasing)]
TASKS = {f"compare/{name}" for name in ("more", "count", "shape", "colour", "difference", "text")}


def test_same_seed_same_items() -> None:
    for split in Split:
        first, second = (
            [comparing.draw_compare(rng, split) for _ in range(8)]
            for rng in (random.Random(1), random.Random(1))
        )
        for one, two in zip(first, second, strict=True):
            assert [e.answer for e in one.exchanges] == [e.answer for e in two.exchanges]
            assert [p.image.tobytes() for p in _pictures(one.exchanges[0])] == [
                p.image.tobytes() for p in _pictures(two.exchanges[0])
            ]


@pytest.mark.parametrize(("level", "split"), [(6, s) for s in Split] + [(1, Split.TRAIN)])
def test_answers_follow_from_the_pixels(split: Split, level: int) -> None:
    rng = random.Random(2)
    tasks = set()
    for _ in range(ITEMS):
        item = comparing.draw_compare(rng, split, level)
        one, two = _pictures(item.exchanges[0])
        for exchange in item.exchanges:
            tasks.add(exchange.task)
            if exchange.task == "compare/text":
                assert exchange.answer == _compared(_read(one), _read(two))
            else:
                seen = seen_shapes(one), seen_shapes(two)
                assert exchange.answer == _solved(seen, exchange)
    assert tasks == TASKS


def test_every_outcome_comes_up() -> None:
    rng = random.Random(3)
    openings: dict[str, set[str]] = {}
    for _ in range(150):
        for exchange in comparing.draw_compare(rng, Split.TRAIN).exchanges:
            openings.setdefault(exchange.task, set()).add(exchange.answer.split()[1])
    assert openings["compare/more"] == {"first", "second", "pictures"}
    assert openings["compare/text"] == {"both", "the"}
    assert openings["compare/shape"] == {"both", "the"}
    assert openings["compare/colour"] == {"both", "the"}


def test_splits_share_no_text_and_no_wording() -> None:
    for wording in WORDINGS:
        assert len(wording.train) >= 20
        assert len(wording.held_out) >= 6
        assert not set(wording.train) & set(wording.held_out)
    rng = random.Random(4)
    for split in Split:
        for _ in range(100):
            exchange = comparing.draw_compare(rng, split).exchanges[0]
            if exchange.task == "compare/text":
                assert all(belongs(_read(picture), split) for picture in _pictures(exchange))


def _pictures(exchange: Exchange) -> list[Picture]:
    pictures = [part for part in exchange.asked if isinstance(part, Picture)]
    assert len(pictures) == 2
    return pictures


def _read(picture: Picture) -> str:
    return "".join(glyph.character for glyph in picture.glyphs)


def _compared(one: str, two: str) -> str:
    if one == two:
        return f"Yes, both say {one}."
    return f"No, the first says {one} and the second says {two}."


def _solved(seen: tuple[list[SeenShape], list[SeenShape]], exchange: Exchange) -> str:
    if exchange.task in ("compare/more", "compare/count"):
        return _counted(seen, exchange)
    ((one,), (two,)) = seen
    if exchange.task == "compare/difference":
        # Nothing else differs, so that there is nothing else to name.
        assert one.middle == pytest.approx(two.middle, abs=1.5)
        assert (one.kind == two.kind) != (one.colour == two.colour)
        if one.kind == two.kind:
            return f"The first shape is {one.colour}, the second is {two.colour}."
        return f"The first shape is a {one.kind}, the second is a {two.kind}."
    if exchange.task == "compare/shape":
        if one.kind == two.kind:
            return f"Yes, both show a {one.kind}."
        return f"No, the first shows a {one.kind} and the second shows a {two.kind}."
    if one.colour == two.colour:
        return f"Yes, both are {one.colour}."
    return f"No, the first is {one.colour} and the second is {two.colour}."


def _counted(seen: tuple[list[SeenShape], list[SeenShape]], exchange: Exchange) -> str:
    (asked,) = (part.text.lower() for part in exchange.asked if isinstance(part, Text))
    words = asked.replace("?", "").replace(".", "").replace(",", "").split()
    colour = next((name for name in COLOURS if name in words), "")
    kind = next((name for name in KINDS if f"{name}s" in words), "")
    one, two = (
        sum(colour in ("", s.colour) and kind in ("", s.kind) for s in shapes) for shapes in seen
    )
    what = " ".join(word for word in (colour, kind or "shape") if word)
    if exchange.task == "compare/count":
        nth, number = ("first", one) if "first" in words else ("second", two)
        return f"The {nth} picture has {number} {what}{'' if number == 1 else 's'}."
    if one == two:
        return f"Both pictures have the same number of {what}s."
    return f"The {'first' if one > two else 'second'} picture has more {what}s."
