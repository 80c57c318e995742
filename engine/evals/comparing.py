"""Two pictures in one question: which has more, and whether they show or say the same."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from engine.evals.fonts import Face, held_out_faces, training_faces
from engine.evals.items import Exchange, Item, Picture, Split, Text, belongs
from engine.evals.lettering import BLACK_ON_WHITE, draw_colours, set_line
from engine.evals.phrasing import Phrasing
from engine.evals.scenes import KINDS, Plan, Scene, draw_scene, paint
from engine.evals.shapes import a, draw_counted, things
from engine.evals.values import draw_value

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable

TOP_LEVEL = 6

MORE = Phrasing.of(
    """
    (Which|What) picture (has|shows|contains) more {things}?
    Which (of the two|of the pictures|one) (has|shows|contains) more {things}?
    Which of (the|these) two pictures (has|shows|contains) more {things}?
    (In which|On which) (picture|one) (are|are there) more {things}?
    Where (are there|do you see|can you see) more {things}?
    Are there more {things} in the first or in the second picture?
    Compare the number of {things}(| in both pictures| in the two pictures).
    Which picture has the (greater|higher|larger) number of {things}?
    (Tell me|Say) which picture has more {things}.
    """
)
COUNT = Phrasing.of(
    """
    How many {things} (are in|are there in|can you see in|do you see in) the {nth} picture?
    How many {things} (are shown in|are there on|can be seen in|do you count in) the {nth} one?
    How many {things} does the {nth} (picture|one|image) (have|show|contain)?
    (Count|Please count|And count) the {things} (in|on) the {nth} (picture|one).
    (Tell me|Give me|I need) the number of {things} in the {nth} (picture|image).
    (What is|What's) the number of {things} in the {nth} (picture|one)?
    """
)
SAME_SHAPE = Phrasing.of(
    """
    Do (both|the|these|the two) pictures show the same shape?
    Do (both|the two|they|these two) (show|have) the same shape?
    (Is|Is it|Do you see) the same shape in both (pictures|images)?
    Is the shape the same (in both|in both pictures|in the two pictures|here)?
    Do both pictures (have|contain) the same (shape|form|figure)?
    Are (both|the two|these) shapes of the same kind?
    (Compare|Please compare) the (shapes|kinds of shape).
    Is the second shape the same (kind|form|shape) as the first?
    """
)
SAME_COLOUR = Phrasing.of(
    """
    Do (both|the|these|the two) (shapes|pictures|figures) have the same (colour|color)?
    (Is|Do you see) the same (colour|color) in both (pictures|images)?
    Is the (colour|color) the same (in both|in both pictures|here)?
    Are (both|the two|these|the) (shapes|figures) of the same (colour|color)?
    (Compare|Please compare) the (colours|colors).
    Is the second (shape|one) the same (colour|color) as the first?
    """
)
DIFFERENCE = Phrasing.of(
    """
    What (differs|is different|has changed|is not the same)(| here| in the pictures)?
    What (differs|is different) (between|in) the two (pictures|shapes)?
    (What is|Where is|What's) the difference(| between the two| between the pictures| here)?
    How do (the|these|the two|both) (pictures|shapes) differ?
    In what do (the|both|the two) (pictures|shapes) differ?
    (Tell me|Name|Find|Describe) the difference.
    What is not the same in (both|the two|these) pictures?
    """
)
SAME_TEXT = Phrasing.of(
    """
    Do (both|they|the two|both pictures|the two pictures|these pictures) say the same(| thing)?
    Do (both|the two|these) pictures (show|have|contain) the same (text|words|line)?
    Is (it|the text|the line) the same (in both|in both pictures|in the two pictures)?
    Does the same (text|line) stand in (both|the two) pictures?
    Are (both|the two|these) (texts|lines) (the same|equal|identical)?
    (Compare|Please compare) the (texts|two texts|lines).
    Does the second picture say the same as the first?
    """
)

_ONE = (Plan(1, 1, 1, (18, 26), plain=True), Plan(1, 1, 1, margin=4))
_SOME = (
    Plan(2, 1, 2, (18, 26), plain=True),
    Plan(2, 2, 3, (18, 28), plain=True),
    Plan(3, 2, 4, margin=4),
)
_KINDS_OF_WORD = ("code", "code", "number", "word", "word", "room", "time", "town", "amount")
# A character is mistaken for another of its own row only.
_ALIKE = ("ABCDEFGHJKLMNPRSTUVWXYZ", "abcdefghijkmnopqrstuvwxyz", "0123456789")
_NTH = ("first", "second")


def draw_compare(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw two pictures and one or two questions on both."""
    kind = rng.random()
    if kind < 0.4:
        exchanges = _draw_more(rng, split, level)
    elif kind < 0.7:
        exchanges = _draw_alike(rng, split, level)
    else:
        exchanges = _draw_texts(rng, split, level)
    return Item("picture/compare", exchanges)


def _draw_more(rng: random.Random, split: Split, level: int) -> tuple[Exchange, ...]:
    plan = _SOME[min(level // 2, 2)]
    wanted = rng.choice((-1, 0, 1))
    one = draw_scene(rng, split, plan)
    alike = rng.random() < 0.5
    while True:
        # Half the time of the same colours and kinds, so that both hold what is counted.
        two = draw_scene(rng, split, plan, *(_palette(one) if alike else ()))
        scenes = (one, two) if rng.random() < 0.5 else (two, one)
        colour, kind = draw_counted(rng, rng.choice(scenes))
        counts = scenes[0].count(colour, kind), scenes[1].count(colour, kind)
        if any(counts) and (counts[0] > counts[1]) - (counts[0] < counts[1]) == wanted:
            break
    many = things(colour, kind, 2)
    if wanted:
        answer = f"The {_NTH[wanted < 0]} picture has more {many}."
    else:
        answer = f"Both pictures have the same number of {many}."
    question = MORE.draw_typed(rng, split).format(things=many)
    opening = _opening(rng, scenes, question, answer, "compare/more")
    if rng.random() < 0.6:
        return (opening,)
    which = rng.randrange(2)
    colour, kind = draw_counted(rng, scenes[which])
    number = scenes[which].count(colour, kind)
    question = COUNT.draw_typed(rng, split).format(things=things(colour, kind, 2), nth=_NTH[which])
    answer = f"The {_NTH[which]} picture has {number} {things(colour, kind, number)}."
    return opening, Exchange((Text(question),), answer, "compare/count")


def _draw_alike(rng: random.Random, split: Split, level: int) -> tuple[Exchange, ...]:
    plan = _ONE[level > 2]
    same_kind, same_colour, twins = (rng.random() < share for share in (0.5, 0.5, 0.7))
    while True:
        first = draw_scene(rng, split, plan)
        one = first.shapes[0]
        colour = one.colour if same_colour else _other(rng, first.ground.colours, one.colour)
        kind = one.kind if same_kind else _other(rng, KINDS, one.kind)
        if twins:
            second = replace(first, shapes=(replace(one, colour=colour, kind=kind),))
        else:
            second = draw_scene(rng, split, plan, (colour,), (kind,))
        if second.belongs(split):
            break
    scenes, two = (first, second), second.shapes[0]
    kinds = SAME_SHAPE.draw_typed(rng, split), _alike_kinds(one.kind, two.kind)
    colours = SAME_COLOUR.draw_typed(rng, split), _alike_colours(one.colour, two.colour)
    asked = [(*kinds, "compare/shape"), (*colours, "compare/colour")]
    if twins and same_kind != same_colour:
        # With one difference only, in nothing else such as the size, the question has one answer.
        words = (a(one.kind), a(two.kind)) if same_colour else (one.colour, two.colour)
        answer = f"The first shape is {words[0]}, the second is {words[1]}."
        asked.append((DIFFERENCE.draw_typed(rng, split), answer, "compare/difference"))
        if rng.random() < 0.5:
            return (_opening(rng, scenes, *asked[-1]),)
    rng.shuffle(asked)
    opening, *others = asked[: rng.choice((1, 1, 2))]
    later = (Exchange((Text(question),), said, task) for question, said, task in others)
    return (_opening(rng, scenes, *opening), *later)


def _palette(scene: Scene) -> tuple[list[str], list[str]]:
    """Return the colours and the kinds of a scene."""
    shapes = scene.shapes
    return sorted({s.colour for s in shapes}), sorted({s.kind for s in shapes})


def _other(rng: random.Random, names: Iterable[str], name: str) -> str:
    return rng.choice([other for other in names if other != name])


def _alike_kinds(one: str, two: str) -> str:
    if one == two:
        return f"Yes, both show {a(one)}."
    return f"No, the first shows {a(one)} and the second shows {a(two)}."


def _alike_colours(one: str, two: str) -> str:
    if one == two:
        return f"Yes, both are {one}."
    return f"No, the first is {one} and the second is {two}."


def _opening(
    rng: random.Random, scenes: tuple[Scene, Scene], question: str, answer: str, task: str
) -> Exchange:
    pictures = (paint(rng, scene) for scene in scenes)
    return Exchange((*pictures, Text(question)), answer, task)


def _draw_texts(rng: random.Random, split: Split, level: int) -> tuple[Exchange, ...]:
    one = _draw_text(rng, split, level)
    if rng.random() < 0.5:
        two = one
        answer = f"Yes, both say {one}."
    else:
        two = _other_text(rng, split, level, one)
        answer = f"No, the first says {one} and the second says {two}."
    pictures = (_written(rng, split, level, text) for text in (one, two))
    question = Text(SAME_TEXT.draw_typed(rng, split))
    return (Exchange((*pictures, question), answer, "compare/text", spelled=True),)


def _draw_text(rng: random.Random, split: Split, level: int) -> str:
    while True:
        text = draw_value(rng, split, rng.choice(_KINDS_OF_WORD))
        if 2 <= len(text) <= 4 + level and text.isascii():
            return text


def _other_text(rng: random.Random, split: Split, level: int, text: str) -> str:
    """Return a text of the split that is not this one, half the time by one character only."""
    near = rng.random() < 0.5
    while True:
        place = rng.randrange(len(text))
        row = [row for row in _ALIKE if text[place] in row]
        if near and row:
            other = text[:place] + rng.choice(row[0]) + text[place + 1 :]
        else:
            other = _draw_text(rng, split, level)
        if other != text and belongs(other, split):
            return other


def _written(rng: random.Random, split: Split, level: int, text: str) -> Picture:
    font = _face(rng, split, level).at(rng.randint(12, 13 + level // 2))
    line = set_line(text, font)
    left, top = rng.randint(2, 3 + level), rng.randint(2, 3 + level)
    width = left + line.width + rng.randint(2, 3 + level)
    height = top + line.box[3] - line.box[1] + rng.randint(2, 3 + level)
    ink, ground = draw_colours(rng) if level > 3 else BLACK_ON_WHITE
    image = Image.new("RGB", (width, height), ground)
    return Picture(image, line.draw(ImageDraw.Draw(image), left, top - line.box[1], ink))


def _face(rng: random.Random, split: Split, level: int) -> Face:
    learnt = training_faces()[: 1 + level]
    if split is Split.HELD_OUT and (not learnt or rng.random() < 0.5):
        return rng.choice(held_out_faces())
    return rng.choice(learnt)
