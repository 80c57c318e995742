"""Pictures of text show what their answers say, once and legibly; training shows its own part."""

from __future__ import annotations

import random
import re
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest
from PIL import Image, ImageDraw

from engine.evals import labels, lettering, pictures, receipts, signs
from engine.evals.fonts import extra_held_out_faces, held_out_faces, training_faces
from engine.evals.items import Exchange, Item, Picture, Split, Text, belongs
from engine.model.families.lfm2_patches import PatchSettings, content_box, image_patches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PIL.ImageFont import FreeTypeFont

    from engine.evals.items import Glyph

    Draw = Callable[[random.Random, Split, int], Item]

ITEMS = 100
_Colour = tuple[int, int, int]
DRAWN: dict[str, Draw] = {
    "line": pictures.draw_picture,
    "new_font": pictures.draw_new_font_picture,
    "receipt": receipts.draw_receipt,
    "question": receipts.draw_picture_question,
}
PATCHES = PatchSettings(16, 1, min_image_tokens=4, max_image_tokens=256, trim_margin=2)
needs_fonts = pytest.mark.skipif(not training_faces(), reason="training fonts are not installed")


@needs_fonts
@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("level", [0, 3, 6])
def test_same_seed_same_pictures(name: str, level: int) -> None:
    first, second, other = (
        [_plain(item) for item in _items(name, Split.TRAIN, seed, level, count=6)]
        for seed in (1, 1, 2)
    )
    assert first == second
    assert first != other


@pytest.mark.parametrize(
    ("train", "held_out"),
    [
        (signs.SIGNS_TRAIN, signs.SIGNS_HELD_OUT),
        (receipts.ALL_TRAIN, receipts.ALL_HELD_OUT),
        (receipts.LINE_TRAIN, receipts.LINE_HELD_OUT),
        (labels.PRICE_TRAIN, labels.PRICE_HELD_OUT),
        (labels.STANDS_TRAIN, labels.STANDS_HELD_OUT),
    ],
)
def test_wordings_are_disjoint(train: tuple[str, ...], held_out: tuple[str, ...]) -> None:
    assert not set(train) & set(held_out)


@needs_fonts
@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("split", list(Split))
def test_drawn_again_from_its_characters_a_picture_is_the_same(name: str, split: Split) -> None:
    for item in _full(name, split):
        picture = _picture(item)
        ground, ink = _colours(picture.image)
        assert abs(_brightness(ink) - _brightness(ground)) > 80
        assert any(_is_drawn_in(font, picture, ground, ink) for font in _fonts_of(picture))


@needs_fonts
@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("split", list(Split))
def test_answers_are_what_stands_in_the_picture(name: str, split: Split) -> None:
    for item in _full(name, split):
        lines = _lines(_picture(item))
        assert all(belongs(line, split) for line in lines)
        for exchange in item.exchanges:
            assert exchange.spelled
            assert exchange.answer == _derived(lines, exchange)


@needs_fonts
@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("level", range(7))
def test_pictures_keep_their_pixels(name: str, level: int) -> None:
    for item in _items(name, Split.TRAIN, 6, level, count=20):
        image = _picture(item).image
        assert lettering.fits(*image.size)
        left, top, right, bottom = content_box(image, 2)
        patches = image_patches(image, PATCHES)
        assert patches.tokens <= 256
        assert patches.tokens * 16 * 16 >= 0.65 * (right - left) * (bottom - top)


@needs_fonts
@pytest.mark.parametrize("draw", [receipts.draw_receipt, receipts.draw_picture_question])
def test_lines_of_easy_cards_have_a_row_of_patches_each(draw: Draw) -> None:
    rng = random.Random(7)
    for level in (0, 1, 2, 3, 4) * 20:
        picture = _picture(draw(rng, Split.TRAIN, level))
        rows = _patch_rows(picture)
        apart = {below - above for above, below in pairwise(rows)}
        assert rows[0] == 0
        assert apart in ({1}, {2})


@needs_fonts
def test_lines_of_hard_cards_keep_to_their_own_rows() -> None:
    pictures_drawn = [_picture(item) for item in _full("receipt", Split.TRAIN)]
    crowded = 0
    for picture in pictures_drawn:
        rows = _patch_rows(picture)
        crowded += len(set(rows)) < len(rows)
    # A frame keeps the margin from being cut, which moves the grid.
    assert crowded <= len(pictures_drawn) // 25


@needs_fonts
def test_lines_are_of_every_length_and_seldom_long() -> None:
    lengths = [
        len(item.exchanges[0].answer) for item in _items("line", Split.TRAIN, seed=9, count=300)
    ]
    assert min(lengths) == 8
    assert 36 <= max(lengths) <= 40
    assert 16 <= sum(lengths) / len(lengths) <= 21


@needs_fonts
def test_bills_with_a_total_add_up() -> None:
    rng = random.Random(10)
    totals = 0
    for _ in range(ITEMS):
        stated = labels.draw_bill(rng, Split.TRAIN, 6, 4).stated
        *items, last = [round(float(re.sub("[^0-9.]", "", s.value)) * 100) for s in stated]
        if stated[-1].key == "total":
            totals += 1
            assert sum(items) == last
    assert totals > 10


@cache
def _full(name: str, split: Split) -> tuple[Item, ...]:
    return tuple(_items(name, split, seed=4))


def _items(
    name: str, split: Split, seed: int, level: int = 6, count: int = ITEMS
) -> Iterator[Item]:
    rng = random.Random(seed)
    return (DRAWN[name](rng, split, level) for _ in range(count))


def _plain(item: Item) -> list[object]:
    shown = [
        part.text if isinstance(part, Text) else (part.image.tobytes(), part.glyphs)
        for exchange in item.exchanges
        for part in exchange.asked
        if isinstance(part, Text | Picture)
    ]
    return [shown, [exchange.answer for exchange in item.exchanges]]


def _picture(item: Item) -> Picture:
    (picture,) = [p for e in item.exchanges for p in e.asked if isinstance(p, Picture)]
    return picture


def _base_lines(picture: Picture) -> list[float]:
    return sorted({glyph.y for glyph in picture.glyphs})


def _lines(picture: Picture) -> list[str]:
    """Read the characters from left to right, line by line, by their places."""
    return [
        "".join(
            glyph.character
            for glyph in sorted(picture.glyphs, key=lambda glyph: glyph.x)
            if glyph.y == y
        )
        for y in _base_lines(picture)
    ]


def _derived(lines: list[str], exchange: Exchange) -> str:
    question = exchange.asked[-1]
    assert isinstance(question, Text)
    if exchange.task in ("picture", "picture/again", "receipt/all"):
        return "\n".join(lines)
    if exchange.task == "receipt/line":
        return lines[_place(question.text, len(lines))]
    sentence = re.fullmatch(r"The (.+?) is (.+)\.", exchange.answer)
    assert sentence is not None
    key, value = sentence.groups()
    assert key in question.text.lower()
    standing = [line for line in lines if line.lower().startswith(key)]
    assert len(standing) == 1
    between = standing[0][len(key) : -len(value)]
    assert standing[0].endswith(value)
    assert between in (": ", " ", " = ", " - ")
    return exchange.answer


def _place(question: str, count: int) -> int:
    number = re.search(r"line (\d)", question.lower())
    if number:
        return int(number[1]) - 1
    named = {word: place for place, word in enumerate(receipts.ORDINALS)}
    named |= {"top": 0, "last": count - 1, "bottom": count - 1}
    (place,) = [place for word, place in named.items() if word in question.lower().split()]
    return place


def _words(picture: Picture) -> list[list[Glyph]]:
    words: list[list[Glyph]] = [[]]
    for glyph in picture.glyphs:
        if glyph.character == " " or (words[-1] and words[-1][-1].y != glyph.y):
            words.append([])
        if glyph.character != " ":
            words[-1].append(glyph)
    return [word for word in words if word]


def _fonts_of(picture: Picture) -> Iterator[FreeTypeFont]:
    """Yield the fonts that set the characters of the longest word as far apart."""
    word = max(_words(picture), key=len)
    text = "".join(glyph.character for glyph in word)
    for face in (*training_faces(), *held_out_faces(), *extra_held_out_faces()):
        for font in (face.at(size) for size in range(12, 21)):
            if _spans(text, font, word[-1].x - word[0].x):
                yield font


def _is_drawn_in(font: FreeTypeFont, picture: Picture, ground: _Colour, ink: _Colour) -> bool:
    """Whether the words drawn in a font, where they are said to stand, make the picture."""
    mask = Image.new("L", picture.image.size, 0)
    for word in _words(picture):
        text = "".join(glyph.character for glyph in word)
        x, y = round(word[0].x - _half_first(text, font)), round(word[0].y)
        left, top, right, bottom = font.getbbox(text, anchor="ls")
        assert x + left >= 0
        assert y + top >= 0
        assert x + right <= picture.image.width
        assert y + bottom <= picture.image.height
        ImageDraw.Draw(mask).text((x, y), text, 255, font, anchor="ls")
    again = Image.composite(
        Image.new("RGB", mask.size, ink), Image.new("RGB", mask.size, ground), mask
    )
    pixels = np.asarray(picture.image).astype(int)
    # Thin letters may have no pixel of full ink, so that the ink is not known to the last digit.
    same = np.abs(np.asarray(again) - pixels).max(axis=-1) < 4
    # A frame runs along the edge, and letters may touch it; a rule keeps clear of them.
    beside = np.asarray(mask) == 0
    beside[[0, -1], :] = beside[:, [0, -1]] = True
    frame_or_rule = beside & (pixels == ink).all(axis=-1)
    return bool((same | frame_or_rule).all())


def _spans(text: str, font: FreeTypeFont, wanted: float) -> bool:
    """Whether a font sets the first and the last character as far apart."""
    advances = [_advance(font, c) for c in text]
    unkerned, ends = sum(advances), (advances[0] + advances[-1]) / 2
    if abs(unkerned - ends - wanted) > 4:  # a quick look, as asking the font is slow
        return False
    return abs(font.getlength(text) * (1 - ends / unkerned) - wanted) < 1e-6


def _half_first(text: str, font: FreeTypeFont) -> float:
    scale = font.getlength(text) / sum(_advance(font, c) for c in text)
    return _advance(font, text[0]) * scale / 2


@cache
def _advance(font: FreeTypeFont, character: str) -> float:
    return font.getlength(character)


def _colours(image: Image.Image) -> tuple[_Colour, _Colour]:
    """Return the commonest colour and the one farthest from it."""
    counted = cast("list[tuple[int, _Colour]]", image.getcolors(4096))
    ground = max(counted)[1]
    far = [sum(abs(a - b) for a, b in zip(c, ground, strict=True)) for _, c in counted]
    return ground, counted[far.index(max(far))][1]


def _brightness(colour: _Colour) -> float:
    red, green, blue = colour
    return 0.299 * red + 0.587 * green + 0.114 * blue


def _patch_rows(picture: Picture) -> list[int]:
    """Return the rows of patches in which the lines' characters end."""
    _, top, _, bottom = content_box(picture.image, 2)
    height = image_patches(picture.image, PATCHES).height
    return [
        min(int((y - 2 - top) / (bottom - top) * height), height - 1) for y in _base_lines(picture)
    ]
