"""Labelling by examples: inputs with new labels, and a query that is to be labelled like them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.evals import facts, words
from engine.evals.items import Split, belongs
from engine.evals.properties import Fresh, draw_property
from engine.evals.values import KINDS, draw_value

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

    Make = Callable[[], str]
    Sort = Callable[[random.Random, Split, int], Sequence[Make]]

_MOST_CLASSES = 5
_VARIED_LEVEL = 4  # from here on a query may differ in case or by a mark from its example
_VALUES_LEVEL = 3  # from here on an example's output may be a value
_MARKS = ("?", ".", "!", "...", ":", ",")

# Kinds whose values cannot be taken for one another; those of a group are never used together.
_SEEN_KINDS = ("code", "number", "phone", "amount", "date", "time", "person", "firm", "address",
    "email", "measure", "percentage", "duration", "phrase")  # fmt: skip
_ALIKE = ({"number", "phone"}, {"person", "firm"})

# Where the shared word {w} stands among others; all inputs of a conversation have one frame.
FRAMES_TRAIN = (
    "{w} {x}", "{w} {x}", "{w} {x} {y}", "{w}: {x}", "{w} {d}", "{w}, {x}", "{w} - {x}",
    "the {w} and the {x}", "{x} for the {w}", "{w} from {x}", "a {x} in the {w}", "{w} ({x})",
    "my {w} is {x}", "{x} {w}?", "about the {w}: {x}", "{d} {w}", "no {w} without {x}",
    "{w} {d} {x}", "{w} or {x}", "send {w} to {x}", "{x} and {y} near the {w}",
)  # fmt: skip
FRAMES_HELD_OUT = (
    "{w}; {x}", "{w} with {x}", "our {w}, {x}", "{x} by the {w}", "{d}. {w} {x}",
    "one {w} like {x}", "{w} = {x}", "from {w} to {x}",
)  # fmt: skip
# Here the word moves about, and nothing else is shared.
_ORDERS = ("{w} {x}", "{x} {w}", "{x} {w} {y}", "{w} {x} {y}", "{x} {y} {w}")


@dataclass(frozen=True, slots=True)
class Lesson:
    """Examples, each an input and its output, and a query that is to be answered like them.

    `thought` is what is restated before the answer, `copied` what of both is copied.
    """

    examples: tuple[tuple[str, str], ...]
    query: str
    thought: str
    answer: str
    copied: tuple[str, ...]


def draw_look_up(rng: random.Random, split: Split, level: int, count: int) -> Lesson:
    """Draw examples of which the query repeats one."""
    while True:
        inputs = _look_up_inputs(rng, split, level, count)
        index = rng.randrange(count)
        query = inputs[index]
        if level >= _VARIED_LEVEL and rng.random() < 0.4:
            query = _varied(rng, query)
        outputs = _look_up_outputs(rng, split, level, count)
        lesson = _lesson(tuple(zip(inputs, outputs, strict=True)), query, index)
        if _is_clear(lesson):
            return lesson


def draw_by_kind(rng: random.Random, split: Split, level: int, count: int) -> Lesson:
    """Draw examples labelled by the kind of value that they are."""
    del level
    return _by_class(rng, split, count, _kinds)


def draw_by_word(rng: random.Random, split: Split, level: int, count: int) -> Lesson:
    """Draw examples labelled by a word that all inputs of one label share."""
    return _by_class(rng, split, count, _first_words if level < 3 else _words)


def draw_by_property(rng: random.Random, split: Split, level: int, count: int) -> Lesson:
    """Draw examples labelled by what can be seen in their text: a mark, capitals, a digit."""
    del level
    return _by_class(rng, split, count, draw_property)


def draw_labels(rng: random.Random, split: Split, count: int) -> list[str]:
    """Draw labels that mean nothing here, none of them part of another."""
    form = rng.random()
    change = str.lower if form < 0.6 else str.capitalize if form < 0.9 else str.upper
    draw = words.made_up if rng.random() < 0.5 else words.any_word
    drawn: list[str] = []
    while len(drawn) < count:
        label = change(draw(rng, split))
        if not any(label in other or other in label for other in drawn):
            drawn.append(label)
    return drawn


def _by_class(rng: random.Random, split: Split, count: int, sort: Sort) -> Lesson:
    while True:
        makes = sort(rng, split, min(count, rng.randint(2, _MOST_CLASSES)))
        labels = draw_labels(rng, split, len(makes))
        classes = [*range(len(makes)), *(rng.randrange(len(makes)) for _ in range(count))][:count]
        rng.shuffle(classes)
        asked = rng.choice(classes)
        examples = tuple((makes[c](), labels[c]) for c in classes)
        last = max(i for i, c in enumerate(classes) if c == asked)
        query = makes[asked]()
        lesson = _lesson(examples, query, last)
        if _is_clear(lesson) and all(query != shown for shown, _ in examples):
            return lesson


def _lesson(examples: tuple[tuple[str, str], ...], query: str, index: int) -> Lesson:
    thought, answer = examples[index]
    return Lesson(examples, query, thought, answer, (thought, answer))


def _is_clear(lesson: Lesson) -> bool:
    """Whether no input is part of another and no label stands in an input."""
    inputs = [shown.casefold() for shown, _ in lesson.examples]
    thought = lesson.thought.casefold()
    if sum(thought in shown for shown in inputs) > 1 or len(set(inputs)) < len(inputs):
        return False
    text = "\n".join([*inputs, lesson.query.casefold()])
    return not any(label.casefold() in text for _, label in lesson.examples)


def _look_up_inputs(rng: random.Random, split: Split, level: int, count: int) -> list[str]:
    kind = rng.choice(tuple(KINDS)) if rng.random() < 0.5 else None
    form = rng.random() if level else 0.0
    drawn: list[str] = []
    while len(drawn) < count:
        if form < 0.3:
            text = words.any_word(rng, split)
        elif form < 0.5:
            text = facts.draw_key(rng, split)
        else:
            text = draw_value(rng, split, kind)
        folded = text.casefold()
        if not belongs(text, split):
            continue
        if len(text) > 1 and not any(folded in o or o in folded for o in map(str.casefold, drawn)):
            drawn.append(text)
    return drawn


def _look_up_outputs(rng: random.Random, split: Split, level: int, count: int) -> list[str]:
    if level >= _VALUES_LEVEL and rng.random() < 0.2:
        kind = rng.choice(_SEEN_KINDS)
        return [draw_value(rng, split, kind) for _ in range(count)]
    if rng.random() < 0.6:
        return draw_labels(rng, split, count)
    labels = draw_labels(rng, split, min(count, rng.randint(2, _MOST_CLASSES)))
    return [rng.choice(labels) for _ in range(count)]


def _varied(rng: random.Random, text: str) -> str:
    if rng.random() < 0.5:
        return text + rng.choice(_MARKS)
    return rng.choice((text.upper(), text.capitalize(), text.lower(), text.title()))


def _kinds(rng: random.Random, split: Split, count: int) -> Sequence[Make]:
    kinds: list[str] = []
    for kind in rng.sample(_SEEN_KINDS, len(_SEEN_KINDS)):
        if not any(kind in group and group & {*kinds} for group in _ALIKE):
            kinds.append(kind)
    return [_maker(rng, split, kind) for kind in kinds[:count]]


def _maker(rng: random.Random, split: Split, kind: str) -> Make:
    def make() -> str:
        while True:
            value = draw_value(rng, split, kind)
            if _is_typical(kind, value):
                return value

    return make


def _is_typical(kind: str, value: str) -> bool:
    if kind == "person":
        return " " in value
    if kind == "phone":
        return value[0] in "0+"
    if kind == "code":
        return value[0] == "#" or not value.replace("-", "").isdigit()
    return True


def _first_words(rng: random.Random, split: Split, count: int) -> Sequence[Make]:
    return _word_makers(rng, split, count, ("{w} {x}",))


def _words(rng: random.Random, split: Split, count: int) -> Sequence[Make]:
    if rng.random() < 0.4:
        return _word_makers(rng, split, count, _ORDERS)
    frames = FRAMES_TRAIN if split is Split.TRAIN else FRAMES_HELD_OUT
    return _word_makers(rng, split, count, (rng.choice(frames),))


def _word_makers(
    rng: random.Random, split: Split, count: int, frames: tuple[str, ...]
) -> Sequence[Make]:
    fresh = Fresh(rng, split)

    def maker(shared: str) -> Make:
        return lambda: rng.choice(frames).format(
            w=shared, x=fresh.word(), y=fresh.word(), d=fresh.number()
        )

    return [maker(fresh.word()) for _ in range(count)]
