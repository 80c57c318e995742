"""Examples to follow: what they show is enough to answer, in one way only."""

import random
from collections.abc import Callable

import pytest
from example_solver import solve_labelled, solve_transform

from engine.evals import examples, labelling
from engine.evals.examples import LABELLINGS
from engine.evals.items import Item, Split, Text

ITEMS = 200
LABELLED = (
    examples.draw_one_example,
    examples.draw_three_examples,
    examples.draw_five_examples,
    examples.draw_ten_examples,
)
ALL = (*LABELLED, examples.draw_transform_by_examples, examples.draw_examples)
Draw = Callable[[random.Random, Split, int], Item]
DrawLesson = Callable[[random.Random, Split, int, int], labelling.Lesson]


def _drawn(
    draw: Draw, split: Split, level: int = 6, seed: int = 1, count: int = ITEMS
) -> list[Item]:
    rng = random.Random(seed)
    return [draw(rng, split, level) for _ in range(count)]


def _texts(item: Item) -> list[str]:
    return [part.text for e in item.exchanges for part in e.asked if isinstance(part, Text)]


@pytest.mark.parametrize("split", list(Split))
@pytest.mark.parametrize("draw", LABELLED)
def test_labels_follow_from_the_examples(draw: Draw, split: Split) -> None:
    for item in _drawn(draw, split):
        query = item.exchanges[-1]
        assert solve_labelled(item) == (query.thought, query.answer), _texts(item)


@pytest.mark.parametrize("level", [0, 2, 4])
def test_labels_follow_from_the_examples_at_every_level(level: int) -> None:
    for item in _drawn(examples.draw_three_examples, Split.TRAIN, level):
        query = item.exchanges[-1]
        assert solve_labelled(item) == (query.thought, query.answer), _texts(item)


@pytest.mark.parametrize("split", list(Split))
@pytest.mark.parametrize("level", [2, 6])
def test_transforms_follow_from_the_examples(level: int, split: Split) -> None:
    for item in _drawn(examples.draw_transform_by_examples, split, level):
        query = item.exchanges[-1]
        assert query.thought == _texts(item)[-1]
        assert solve_transform(item) == query.answer, _texts(item)


@pytest.mark.parametrize("split", list(Split))
@pytest.mark.parametrize("draw", ALL)
def test_only_the_query_is_scored_and_what_it_copies_is_shown(draw: Draw, split: Split) -> None:
    for item in _drawn(draw, split, count=60):
        shown = [exchange for exchange in item.exchanges if not exchange.scored]
        query = item.exchanges[len(shown)]
        assert query.said == f"<think>{query.thought}</think>{query.answer}"
        assert not any(exchange.scored or exchange.thought for exchange in shown)
        text = "\n".join([*_texts(item), *(exchange.answer for exchange in shown)])
        place = 0
        for piece in query.copied:
            assert piece in text
            place = query.said.index(piece, place) + len(piece)


def test_labels_stand_in_no_input() -> None:
    for item in _drawn(examples.draw_ten_examples, Split.TRAIN):
        inputs = "\n".join(_texts(item)).casefold()
        assert not any(e.answer.casefold() in inputs for e in item.exchanges)


@pytest.mark.parametrize("draw", LABELLINGS[1:])
def test_the_query_itself_is_new_when_labelled_by_class(draw: DrawLesson) -> None:
    rng = random.Random(2)
    for _ in range(ITEMS):
        lesson = draw(rng, Split.TRAIN, 6, 10)
        labels = {label for _, label in lesson.examples}
        assert 2 <= len(labels) <= 5
        assert lesson.query not in {text for text, _ in lesson.examples}


def test_without_examples_the_queries_are_the_same_ones() -> None:
    for seed in range(50):
        bare = examples.draw_without_examples(random.Random(seed), Split.HELD_OUT)
        shown = examples.draw_five_examples(random.Random(seed), Split.HELD_OUT)
        (only,) = bare.exchanges
        query = shown.exchanges[-1]
        assert (only.asked, only.answer, bare.system) == (query.asked, query.answer, shown.system)


def test_the_easiest_examples_are_few() -> None:
    items = _drawn(examples.draw_examples, Split.TRAIN, 0)
    assert {sum(not e.scored for e in item.exchanges) for item in items} == {1, 2, 3}
    hardest = _drawn(examples.draw_examples, Split.TRAIN)
    assert max(sum(not e.scored for e in item.exchanges) for item in hardest) == 10


def test_further_queries_repeat_examples() -> None:
    seen = 0
    for item in _drawn(examples.draw_examples, Split.TRAIN):
        shown = [e for e in item.exchanges if not e.scored]
        for further in item.exchanges[len(shown) + 1 :]:
            seen += 1
            assert (further.asked, further.answer) in [(e.asked, e.answer) for e in shown]
            last = [e for e in shown if e.answer == further.answer][-1]
            assert last.asked == (Text(further.thought),)
    assert seen > ITEMS // 2


@pytest.mark.parametrize("draw", ALL)
def test_same_seed_same_examples(draw: Draw) -> None:
    first, second = (_drawn(draw, Split.HELD_OUT, seed=4, count=30) for _ in range(2))
    assert first == second
    assert first != _drawn(draw, Split.HELD_OUT, seed=5, count=30)


@pytest.mark.parametrize("draw", ALL)
def test_training_shows_no_input_label_or_wording_of_the_held_out_items(draw: Draw) -> None:
    train, held_out = (_drawn(draw, split) for split in Split)
    seen = {text for item in train for text in _texts(item)}
    assert not seen & {text for item in held_out for text in _texts(item)}
    labels = {e.answer for item in train for e in item.exchanges}
    assert not labels & {e.answer for item in held_out for e in item.exchanges}


def test_wordings_are_divided() -> None:
    assert not {*examples.SYSTEM_TRAIN} & {*examples.SYSTEM_HELD_OUT}
    assert not {*labelling.FRAMES_TRAIN} & {*labelling.FRAMES_HELD_OUT}
