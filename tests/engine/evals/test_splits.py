"""Training and held-out items share no value, wording or font."""

import random

import pytest

from engine.evals import (
    asking,
    dialogue,
    fonts,
    keys,
    pictures,
    statements,
    tables,
    wordings,
    words,
)
from engine.evals.items import Document, Item, Split, Text, ToolResult, belongs
from engine.evals.tasks import available_tasks, draw_items
from engine.evals.values import KINDS, draw_value

ITEMS = 60


def _items(task: str, split: Split) -> list[Item]:
    return list(draw_items(task, ITEMS, seed=3, split=split))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_values_are_disjoint(kind: str) -> None:
    rng = random.Random(1)
    train = {draw_value(rng, Split.TRAIN, kind) for _ in range(300)}
    held_out = {draw_value(rng, Split.HELD_OUT, kind) for _ in range(300)}
    assert not train & held_out


@pytest.mark.parametrize("pool", [words.NOUNS, words.ADJECTIVES, words.FIRST_NAMES])
def test_word_lists_are_divided(pool: tuple[str, ...]) -> None:
    train, held_out = words.pool(pool, Split.TRAIN), words.pool(pool, Split.HELD_OUT)
    assert not set(train) & set(held_out)
    assert set(train) | set(held_out) == set(pool)
    assert len(held_out) >= 20


@pytest.mark.parametrize(
    ("train", "held_out"),
    [
        (wordings.ASKED_TRAIN, wordings.ASKED_HELD_OUT),
        (wordings.FOLLOWING_TRAIN, wordings.FOLLOWING_HELD_OUT),
        (wordings.AGAIN_TRAIN, wordings.AGAIN_HELD_OUT),
        (wordings.ABOUT_TRAIN, wordings.ABOUT_HELD_OUT),
        (wordings.ABOUT_NEXT_TRAIN, wordings.ABOUT_NEXT_HELD_OUT),
        (asking.PASTED_TRAIN, asking.PASTED_HELD_OUT),
        (pictures.ASKED_TRAIN, pictures.ASKED_HELD_OUT),
        (pictures.ASKED_AGAIN_TRAIN, pictures.ASKED_AGAIN_HELD_OUT),
        (statements.LINES_TRAIN, statements.LINES_HELD_OUT),
        (statements.PROSE_TRAIN, statements.PROSE_HELD_OUT),
        (statements.FILLER_TRAIN, statements.FILLER_HELD_OUT),
        (tables.ASKED_TRAIN, tables.ASKED_HELD_OUT),
        (dialogue.OPEN_TRAIN, dialogue.OPEN_HELD_OUT),
        (dialogue.PICTURE_TRAIN, dialogue.PICTURE_HELD_OUT),
    ],
)
def test_templates_are_disjoint(train: tuple[str, ...], held_out: tuple[str, ...]) -> None:
    assert not {t.strip() for t in train} & {h.strip() for h in held_out}


def test_own_questions_and_small_talk_reach_both_splits() -> None:
    own = [q for _, questions in keys.KNOWN.values() for q in questions]
    assert any(belongs(q, Split.TRAIN) for q in own)
    assert any(belongs(q, Split.HELD_OUT) for q in own)
    for answer, forms in dialogue.SAID.items():
        train = dialogue.forms_of(answer, Split.TRAIN)
        held_out = dialogue.forms_of(answer, Split.HELD_OUT)
        assert held_out, answer
        assert sorted((*train, *held_out)) == sorted(set(forms))


def test_no_question_means_two_keys() -> None:
    own = [q for _, questions in keys.KNOWN.values() for q in questions]
    assert len(own) == len(set(own))


def test_fonts_are_disjoint() -> None:
    train = {face.name for face in fonts.training_faces()}
    held_out = {f.name for f in (*fonts.held_out_faces(), *fonts.extra_held_out_faces())}
    assert "Aileron" in held_out
    assert not train & held_out


@pytest.mark.parametrize(
    "task", [t for t in available_tasks() if t not in ("mixed", "examples/none")]
)
def test_items_are_disjoint(task: str) -> None:
    train = {_asked(item) for item in _items(task, Split.TRAIN)}
    held_out = {_asked(item) for item in _items(task, Split.HELD_OUT)}
    assert not train & held_out


def _asked(item: Item) -> tuple[object, ...]:
    shown = [
        p.text
        if isinstance(p, Text | ToolResult)
        else p.pages
        if isinstance(p, Document)
        else p.image.tobytes()
        for exchange in item.exchanges
        for p in exchange.asked
    ]
    return tuple(shown)
