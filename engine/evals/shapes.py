"""Pictures of plain shapes, and questions on how many there are, what they are and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.evals.items import Exchange, Item, Part, Split, Text
from engine.evals.phrasing import Phrasing
from engine.evals.scenes import KINDS, Plan, Scene, Shape, draw_scene, paint

if TYPE_CHECKING:
    import random

TOP_LEVEL = 6
# How much nearer to an edge a shape is than all others to be the one that stands there.
CLEARLY = 8

COUNT = Phrasing.of(
    """
    How many {things} (are there|can you see|do you see|are in the picture|are shown|are here)?
    How many {things} (does it show|does the picture show|does the picture have|do you count)?
    How many {things} (are in this picture|can be seen|are in it|can you count|do you find)?
    How many {things} are there in (the|this) (picture|image)?
    (Count|Please count) the {things}(| in the picture| in this picture| for me).
    (Can|Could) you count the {things}(| in the picture| for me)?
    (What is|What's) the number of {things}(| in the picture| here| in this image)?
    (Tell me|Give me|I need) the number of {things}(| in the picture).
    How many {things}?
    The number of {things}, please.
    """
)
KIND = Phrasing.of(
    """
    (What|Which) shape is {colour}?
    (What|Which) shape (is the {colour} one|has the colour {colour}|in the picture is {colour})?
    (What|Which) shape is the {colour} (thing|object|figure)?
    What is the {colour} (one|shape|thing|object|figure)?
    What (kind of shape|sort of shape|form) is the {colour} (one|thing|figure)?
    (What|Which) {colour} shape (is there|do you see|is in the picture|is shown)?
    (Name|Tell me) the shape that is {colour}.
    (What|Which) (figure|form) is {colour}?
    """
)
COLOUR = Phrasing.of(
    """
    (What|Which) (colour|color) is the {kind}(| in the picture| here| in this picture)?
    (What|Which) (colour|color) does the {kind} have?
    (What is|What's) the (colour|color) of the {kind}?
    (Tell me|Name|Give me) the (colour|color) of the {kind}.
    In (what|which) (colour|color) is the {kind}(| drawn| shown| painted)?
    The (colour|color) of the {kind}?
    """
)
PLACE = Phrasing.of(
    """
    What is {place}(| of the picture)?
    What (do you see|can you see|stands|is shown|is there) {place}?
    (Which|What) shape (is|stands|do you see|is shown|can be seen) {place}?
    (Which|What) shape is {place} of (the|this) picture?
    (Name|Tell me|Describe) the shape {place}.
    (Which|What) (figure|object|thing) is {place}?
    """
)
PLACES = ("on the left", "on the right", "at the top", "at the bottom")
_PLANS = (
    Plan(1, 1, 1, (18, 26), plain=True),
    Plan(2, 1, 2, (18, 26), plain=True),
    Plan(3, 2, 3, (18, 28), plain=True),
    Plan(3, 2, 4),
    Plan(4, 2, 5),
    Plan(4, 3, 6),
    Plan(4, 3, 6),
)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Something that can be asked of a scene; `subject` keeps it from being asked twice."""

    subject: str
    phrasing: Phrasing
    slots: dict[str, str]
    answer: str


def draw_shapes(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw a picture of shapes and two to four questions on it."""
    scene = draw_scene(rng, split, _PLANS[min(level, TOP_LEVEL)])
    picture = paint(rng, scene)
    wanted = rng.randint(2, 4)
    asked: dict[str, _Asked] = {}
    while len(asked) < wanted:
        found = rng.choice((_count, _kind, _colour, _place, _place))(rng, scene)
        if found is not None:
            asked.setdefault(found.subject, found)
    exchanges: list[Exchange] = []
    for question in asked.values():
        text = Text(question.phrasing.draw_typed(rng, split).format(**question.slots))
        parts: tuple[Part, ...] = (text,) if exchanges else (picture, text)
        task = f"shapes/{question.subject.split()[0]}"
        exchanges.append(Exchange(parts, question.answer, task))
    return Item("picture/shapes", tuple(exchanges))


def things(colour: str, kind: str, number: int) -> str:
    """Return what is counted, as "circles", "1 red shape" without the number, and so on."""
    return " ".join(part for part in (colour, kind or "shape") if part) + "s" * (number != 1)


def a(name: str) -> str:
    """Return a name with its indefinite article."""
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def draw_counted(rng: random.Random, scene: Scene) -> tuple[str, str]:
    """Draw a colour and a kind to count, either of them open; great numbers as often as small."""
    by_number: dict[int, list[tuple[str, str]]] = {}
    for colour in ("", *scene.ground.colours):
        for kind in ("", *KINDS):
            by_number.setdefault(scene.count(colour, kind), []).append((colour, kind))
    numbers = sorted(number for number in by_number if number)
    number = 0 if rng.random() < 0.1 else rng.choice(numbers)
    # One that names a colour and a kind is a rarer question than one that names either.
    plain = [pair for pair in by_number[number] if not all(pair)]
    return rng.choice(plain if plain and rng.random() < 0.8 else by_number[number])


def at_place(scene: Scene, place: str) -> Shape | None:
    """Return the shape that stands at a place more clearly than all others."""
    axis = PLACES.index(place) // 2
    ordered = sorted(scene.shapes, key=lambda shape: shape.middle[axis])
    if place in ("on the right", "at the bottom"):
        ordered.reverse()
    if len(ordered) < 2 or abs(ordered[0].middle[axis] - ordered[1].middle[axis]) < CLEARLY:
        return None
    return ordered[0]


def _count(rng: random.Random, scene: Scene) -> _Asked:
    colour, kind = draw_counted(rng, scene)
    number = scene.count(colour, kind)
    answer = f"There {'is' if number == 1 else 'are'} {number} {things(colour, kind, number)}."
    return _Asked(f"count {colour} {kind}", COUNT, {"things": things(colour, kind, 2)}, answer)


def _kind(rng: random.Random, scene: Scene) -> _Asked | None:
    alone = [shape for shape in scene.shapes if scene.count(colour=shape.colour) == 1]
    if not alone:
        return None
    shape = rng.choice(alone)
    answer = f"The {shape.colour} shape is {a(shape.kind)}."
    return _Asked(f"kind {shape.colour}", KIND, {"colour": shape.colour}, answer)


def _colour(rng: random.Random, scene: Scene) -> _Asked | None:
    alone = [shape for shape in scene.shapes if scene.count(kind=shape.kind) == 1]
    if not alone:
        return None
    shape = rng.choice(alone)
    answer = f"The {shape.kind} is {shape.colour}."
    return _Asked(f"colour {shape.kind}", COLOUR, {"kind": shape.kind}, answer)


def _place(rng: random.Random, scene: Scene) -> _Asked | None:
    place = rng.choice(PLACES)
    shape = at_place(scene, place)
    if shape is None:
        return None
    answer = f"The shape {place} is {a(f'{shape.colour} {shape.kind}')}."
    return _Asked(f"place {place}", PLACE, {"place": place}, answer)
