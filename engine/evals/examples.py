"""Conversations whose earlier turns are examples to follow, with or without a word about it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.evals import labelling
from engine.evals.items import Exchange, Item, Split, Text
from engine.evals.lists import lines_of
from engine.evals.transforms import draw_transform

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator

    from engine.evals.labelling import Lesson

    DrawLesson = Callable[[random.Random, Split, int, int], Lesson]

TOP_LEVEL = 6
# Most examples of a conversation, by level.
_MOST = (3, 4, 4, 5, 6, 8, 10)
_TRANSFORM_LEVEL = 2
_TRANSFORM_SHARE = 0.25
_SYSTEM_SHARE = 0.5

# A way of labelling comes in at its place in this list.
LABELLINGS: tuple[DrawLesson, ...] = (
    labelling.draw_look_up,
    labelling.draw_by_word,
    labelling.draw_by_kind,
    labelling.draw_by_property,
)

SYSTEM_TRAIN = lines_of(
    """
    Answer as in the examples.
    Answer like the examples.
    Follow the examples.
    Follow the examples above.
    Do as the examples do.
    Continue in the same way.
    Go on as shown.
    Learn from the examples.
    Use the examples.
    Give the answer that the examples give.
    The examples show what to do.
    Label each text as shown.
    Reply as you did before.
    Copy the manner of the examples.
    Same rule as in the examples.
    Find the rule and apply it.
    Each message gets one answer, as in the examples.
    Work like this.
    Treat the last message like the others.
    Sort the texts as in the examples.
    Answer in the same form as before.
    Keep to the pattern.
    See how it is done and do the same.
    Look at the examples first.
    """
)
SYSTEM_HELD_OUT = lines_of(
    """
    Please answer in the way the examples show.
    Apply what the examples show.
    Stick to the pattern of the examples.
    Reply in the manner of the examples.
    Do the same as in the turns before.
    Take the examples as your guide.
    The turns before are examples.
    Answer just as above.
    """
)


def draw_examples(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw examples of any kind: to look up, to label or to transform by.

    This is for training, where what is read is asked about more than once.
    """
    if level >= _TRANSFORM_LEVEL and rng.random() < _TRANSFORM_SHARE:
        return draw_transform_by_examples(rng, split, level)
    lesson = _lesson(rng, split, level, rng.randint(1, _MOST[min(level, TOP_LEVEL)]))
    item = _item(rng, split, lesson, "examples")
    return replace(item, exchanges=(*item.exchanges, *_further(rng, lesson, "examples")))


def draw_without_examples(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw a query as in five examples, but show none: what a model gets right by itself."""
    lesson = _lesson(rng, split, level, 5)
    exchange = Exchange((Text(lesson.query),), lesson.answer, "examples/none")
    return Item("examples/none", (exchange,), system=draw_system(rng, split))


def draw_one_example(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw one example and a query."""
    return _labelled(rng, split, level, 1, "examples/one")


def draw_three_examples(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw three examples and a query."""
    return _labelled(rng, split, level, 3, "examples/three")


def draw_five_examples(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw five examples and a query."""
    return _labelled(rng, split, level, 5, "examples/five")


def draw_ten_examples(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw ten examples and a query."""
    return _labelled(rng, split, level, 10, "examples/ten")


def draw_transform_by_examples(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw three to five examples of a change and a text to be changed like them."""
    return _item(rng, split, draw_transform(rng, split, level), "examples/transform")


def draw_system(rng: random.Random, split: Split) -> str:
    """Draw a word about the examples, or none."""
    if rng.random() >= _SYSTEM_SHARE:
        return ""
    return rng.choice(SYSTEM_TRAIN if split is Split.TRAIN else SYSTEM_HELD_OUT)


def _labelled(rng: random.Random, split: Split, level: int, count: int, task: str) -> Item:
    return _item(rng, split, _lesson(rng, split, level, count), task)


def _lesson(rng: random.Random, split: Split, level: int, count: int) -> Lesson:
    return rng.choice(LABELLINGS[: level + 1])(rng, split, level, count)


def _item(rng: random.Random, split: Split, lesson: Lesson, task: str) -> Item:
    examples = [
        Exchange((Text(shown),), output, task, scored=False) for shown, output in lesson.examples
    ]
    query = Exchange(
        (Text(lesson.query),), lesson.answer, task, thought=lesson.thought, copied=lesson.copied
    )
    return Item(task, (*examples, query), system=draw_system(rng, split))


def _further(rng: random.Random, lesson: Lesson, task: str) -> Iterator[Exchange]:
    """Ask for up to three of the examples once more."""
    last = {output: shown for shown, output in lesson.examples}
    for shown, output in rng.sample(lesson.examples, rng.randint(0, min(3, len(last)))):
        yield Exchange(
            (Text(shown),), output, task, thought=last[output], copied=(last[output], output)
        )
