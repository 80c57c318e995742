"""Questions about documents: every answer follows from what is shown, and from nothing else."""

import random
import re
from collections import Counter
from functools import lru_cache

import pytest
from document_solver import solved

from engine.evals.items import Document, Item, Split, Text
from engine.evals.layouts import placed_once, shown_text
from engine.evals.statements import filler
from engine.evals.tasks import TASKS
from engine.evals.words import with_an

DRAWS = {task: draw for task, draw in TASKS.items() if task.startswith("document/")}


def _drawn(task: str, split: Split, count: int, level: int = 6) -> list[Item]:
    rng = random.Random(f"{task}/{split}/{level}")
    return [DRAWS[task](rng, split, level) for _ in range(count)]


@lru_cache(maxsize=32)
def _items(task: str, split: Split) -> list[Item]:
    return _drawn(task, split, 200)


def test_sentences_between_the_facts_are_said_as_people_say_them() -> None:
    rng = random.Random(1)
    for split in Split:
        said = " ".join(filler(rng, split) for _ in range(2000))
        assert " an " in said
        assert not re.search(r"\b[Aa] (?!uni|usu)[aeiou]", said)
    assert with_an("A oven, a unit and a hour") == "An oven, a unit and an hour"


@pytest.mark.parametrize("task", DRAWS)
@pytest.mark.parametrize("split", list(Split))
def test_same_seed_same_items(task: str, split: Split) -> None:
    assert _drawn(task, split, 10) == _drawn(task, split, 10)


@pytest.mark.parametrize("task", DRAWS)
@pytest.mark.parametrize("split", list(Split))
def test_every_answer_can_be_found(task: str, split: Split) -> None:
    for item in _items(task, split):
        answers = [exchange.answer for exchange in item.exchanges]
        assert solved(item) == answers, [exchange.asked for exchange in item.exchanges]


@pytest.mark.parametrize("task", DRAWS)
def test_easier_items_can_be_found_too(task: str) -> None:
    for level in range(6):
        for item in _drawn(task, Split.TRAIN, 12, level):
            assert solved(item) == [exchange.answer for exchange in item.exchanges]


@pytest.mark.parametrize("task", DRAWS)
@pytest.mark.parametrize("split", list(Split))
def test_what_is_copied_stands_once_where_it_was_shown(task: str, split: Split) -> None:
    for item in _items(task, split)[:80]:
        assert item.task == task
        most = 6 if split is Split.HELD_OUT else 12
        assert 2 <= len(item.exchanges) <= most
        shown = _shown(item)
        for exchange in item.exchanges:
            assert exchange.task == task
            assert all(piece in exchange.answer for piece in exchange.copied)
            question = exchange.asked[-1]
            assert isinstance(question, Text)
            assert all(piece in f"{shown}\n{question.text}" for piece in exchange.copied)
            if "is not in the" not in exchange.answer:
                assert placed_once(exchange.copied[-1:], shown)


def test_some_questions_ask_what_is_not_stated() -> None:
    for task in DRAWS:
        answers = [e.answer for item in _items(task, Split.TRAIN) for e in item.exchanges]
        share = sum("is not in the" in answer for answer in answers) / len(answers)
        low, high = (0.35, 0.65) if task == "document/absent" else (0.06, 0.22)
        assert low < share < high, task


def test_answers_stand_on_all_pages() -> None:
    found = Counter(
        exchange.answer.rpartition(" [p. ")[2]
        for item in _items("document/pages", Split.TRAIN)
        for exchange in item.exchanges
    )
    assert all(found[f"{page}]."] > 20 for page in range(1, 5))


def test_long_documents_fit_the_context() -> None:
    lengths = [len(_shown(item)) for item in _items("document/long", Split.TRAIN)]
    assert max(lengths) <= 2900
    assert sum(length > 2000 for length in lengths) > 15


def test_easy_documents_are_short() -> None:
    items = _drawn("document/facts", Split.TRAIN, 50, level=0)
    assert max(len(_shown(item)) for item in items) < 200


def test_pasted_answers_name_no_page() -> None:
    for item in _items("document/pasted", Split.TRAIN):
        assert not any("[p. " in exchange.answer for exchange in item.exchanges)
        assert not any(isinstance(part, Document) for e in item.exchanges for part in e.asked)


def _shown(item: Item) -> str:
    part = item.exchanges[0].asked[0]
    if isinstance(part, Document):
        return shown_text(part.name, part.pages)
    assert isinstance(part, Text)
    return part.text
