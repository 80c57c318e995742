"""Pictures of one line of text, and the questions that ask to read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from engine.evals.fonts import Face, extra_held_out_faces, held_out_faces, training_faces
from engine.evals.items import Exchange, Item, Picture, Split, Text
from engine.evals.lettering import BLACK_ON_WHITE, draw_colours, fits, set_line
from engine.evals.lines import draw_line
from engine.evals.lists import lines_of

if TYPE_CHECKING:
    import random

TOP_LEVEL = 6
_ROOMY_SHARE = 0.4
_COMMON_SIZES = ((320, 64), (320, 160), (256, 64), (200, 80), (240, 120), (300, 100), (320, 48),
    (400, 64), (480, 48), (480, 96), (512, 64), (640, 48), (640, 96))  # fmt: skip

ASKED_TRAIN = lines_of(
    """
    What does the picture say?
    What does this picture say?
    What does it say?
    What is written here?
    What is written in the picture?
    What is written there?
    Read the picture.
    Read the text.
    Read this.
    Please read this.
    Please read the line.
    What text is in the picture?
    Which text do you see?
    What text do you see?
    What is the text?
    What's the text in the image?
    What's written on it?
    What stands in the picture?
    Can you read this?
    Can you read the picture?
    Tell me what it says.
    Tell me what is written there.
    Transcribe the text.
    Transcribe this line.
    Type out the text.
    Give me the text in this image.
    Give me the text.
    What does the image say?
    What does the line say?
    What does the sign say?
    What does the screenshot say?
    What can you read here?
    what does it say
    read it
    text?
    """
)
ASKED_HELD_OUT = lines_of(
    """
    What does this image say?
    What is written in this picture?
    Please read the text in the picture.
    Can you read the text?
    Tell me the text.
    What does the text say?
    Read the line.
    """
)
ASKED_AGAIN_TRAIN = lines_of(
    """
    What did it say?
    Read it again.
    Read it again, please.
    Once more, please.
    What was written there?
    What was the text?
    Please repeat the text.
    And what does the picture say?
    Sorry, what does it say?
    """
)
ASKED_AGAIN_HELD_OUT = ("What did the picture say?", "Read it once more.", "What was the line?")


@dataclass(frozen=True, slots=True)
class _Stage:
    """How hard pictures are at a level."""

    shortest: int
    longest: int
    faces: int
    sizes: tuple[int, int]
    jitter: int
    coloured: bool


_STAGES = (
    _Stage(1, 8, 1, (13, 13), 0, coloured=False),
    _Stage(1, 10, 1, (12, 14), 4, coloured=False),
    _Stage(1, 10, 4, (12, 15), 6, coloured=False),
    _Stage(4, 12, 4, (13, 16), 8, coloured=False),
    _Stage(4, 16, 6, (13, 18), 10, coloured=True),
    _Stage(4, 28, 6, (12, 19), 16, coloured=True),
    _Stage(8, 40, 6, (12, 20), 20, coloured=True),
)


def draw_picture(
    rng: random.Random, split: Split, level: int = TOP_LEVEL, faces: tuple[Face, ...] | None = None
) -> Item:
    """Draw a picture of a line and one question, now and then asked again in other words."""
    asked = ASKED_TRAIN if split is Split.TRAIN else ASKED_HELD_OUT
    again = ASKED_AGAIN_TRAIN if split is Split.TRAIN else ASKED_AGAIN_HELD_OUT
    line, picture = draw_line_picture(rng, split, level, faces)
    exchanges = [Exchange((picture, Text(rng.choice(asked))), line, "picture", spelled=True)]
    if level > 2 and rng.random() < 0.15:
        question = Text(rng.choice(again + asked))
        exchanges.append(Exchange((question,), line, "picture/again", spelled=True))
    return Item("picture", tuple(exchanges))


def draw_new_font_picture(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw a picture in the font that training never showed."""
    return draw_picture(rng, split, level, held_out_faces())


def draw_other_font_picture(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw a picture in another unseen font, from a package that the application lacks."""
    return draw_picture(rng, split, level, extra_held_out_faces())


def draw_line_picture(
    rng: random.Random, split: Split, level: int, faces: tuple[Face, ...] | None = None
) -> tuple[str, Picture]:
    """Draw a line and its picture."""
    stage = _STAGES[min(level, TOP_LEVEL)]
    while True:
        face = rng.choice(faces or training_faces()[: stage.faces])
        size = rng.randint(*stage.sizes)
        line = draw_line(rng, split, level, stage.shortest, stage.longest)
        text = set_line(line, face.at(size))
        if not text.clear:
            continue
        _, top, _, bottom = text.box
        width, height = text.width + 1, bottom - top + 1
        canvas = _canvas(rng, level, stage, width, height)
        if canvas is None:
            continue
        image = Image.new("RGB", canvas, (255, 255, 255))
        x, y = _place(rng, canvas, (width, height), stage, level)
        ink, ground = draw_colours(rng) if stage.coloured else BLACK_ON_WHITE
        image.paste(ground, (0, 0, *canvas))
        draw = ImageDraw.Draw(image)
        if level > 3 and rng.random() < 0.1:
            draw.rectangle((0, 0, canvas[0] - 1, canvas[1] - 1), outline=ink)
        glyphs = text.draw(draw, x, y - top, ink)
        return line, Picture(image, glyphs)


def _canvas(
    rng: random.Random, level: int, stage: _Stage, width: int, height: int
) -> tuple[int, int] | None:
    """Return a size that holds the line, or nothing where none does."""
    if level == 0:
        return (96, 16) if width <= 92 else None
    if level > 4 and rng.random() < 0.2:
        size = rng.choice(_COMMON_SIZES)
        return size if width <= size[0] - 4 and height <= size[1] - 2 else None
    margin = stage.jitter if rng.random() < _ROOMY_SHARE else min(4, stage.jitter)
    full_width = width + 4 + rng.randint(0, 2 * margin)
    full_height = height + 2 + rng.randint(0, margin + 4)
    if level < 3 or rng.random() < 0.5:
        full_width, full_height = -(-full_width // 16) * 16, -(-full_height // 16) * 16
    full_height = max(16, full_height)
    return (full_width, full_height) if fits(full_width, full_height) else None


def _place(
    rng: random.Random, canvas: tuple[int, int], text: tuple[int, int], stage: _Stage, level: int
) -> tuple[int, int]:
    free_x, free_y = canvas[0] - text[0], canvas[1] - text[1]
    if level == 0:
        return 2, free_y // 2
    if level > 4 and rng.random() < 0.35:
        return free_x // 2, free_y // 2
    reach = stage.jitter if level < 5 else max(free_x, free_y)
    return rng.randint(1, max(1, min(free_x - 1, reach))), rng.randint(0, max(0, free_y))
