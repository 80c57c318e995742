"""The handwritten items: enough of them, answerable from what they show, in words of their own."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

import engine.evals
from engine.evals.checks import is_right
from engine.evals.handwritten import HANDWRITTEN_TASKS, handwritten_items, parse_items
from engine.evals.items import Check, Document, Picture, Text, ToolResult
from engine.evals.tasks import TASKS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.evals.items import Exchange, Item

ITEMS = [item for task in HANDWRITTEN_TASKS for item in handwritten_items(task)]
LINES = (files("resources") / "evals" / "handwritten.jsonl").read_text(encoding="utf-8")
_SLOT = re.compile(r"\{\w+\}")
_FEW_WORDS = r"(?:\S+ ){0,2}\S+"


def test_there_are_enough_of_each_task() -> None:
    assert len(ITEMS) >= 150
    assert len(ITEMS) == len(LINES.splitlines())
    assert all(len(handwritten_items(task)) >= 20 for task in HANDWRITTEN_TASKS)
    assert len(set(LINES.splitlines())) == len(ITEMS)


def test_nothing_can_be_trained_on_them() -> None:
    assert not set(HANDWRITTEN_TASKS) & set(TASKS)


def test_right_answers_pass_their_own_checks() -> None:
    for exchange in _scored(ITEMS):
        assert is_right(exchange, exchange.answer, exchange.calls), exchange.answer


def test_what_was_asked_is_no_answer_by_itself() -> None:
    for exchange in _scored(ITEMS):
        echo = " ".join(part.text for part in exchange.asked if isinstance(part, Text))
        assert not is_right(exchange, echo), echo


def test_no_line_of_a_document_passes_for_saying_that_something_is_absent() -> None:
    for item in ITEMS:
        pages = [p for e in item.exchanges for p in e.asked if isinstance(p, Document)]
        lines = [line for page in pages for text in page.pages for line in text.splitlines()]
        for exchange in _scored([item]):
            if exchange.answer.endswith("is not in the document."):
                for line in lines:
                    for said in (line, *line.split(". ")):
                        assert not is_right(exchange, said), said


def test_accepted_answers_stand_in_what_is_shown_or_are_the_programs_own_words() -> None:
    for line, item in zip(LINES.splitlines(), _in_file_order(), strict=True):
        shown = " ".join(_strings(json.loads(line), without={"answer", "accept", "tools"}))
        shown += " ".join(e.answer for e in item.exchanges if not e.scored)
        for exchange in _scored([item]):
            if exchange.check is Check.CONTAINS and isinstance(exchange.accept[0], str):
                values = [value for value in exchange.accept if isinstance(value, str)]
                assert any(_plain(value) in _plain(shown) for value in values), exchange
            elif exchange.check is Check.CONTAINS:
                assert re.search(r"not in the document\.$|^I (am|see) ", exchange.answer), exchange
            elif exchange.check is Check.REFUSAL:
                assert re.search(r"\(principle: [a-z ]+\)", exchange.answer), exchange


def test_calls_are_of_functions_on_offer_with_what_they_require() -> None:
    for item in ITEMS:
        schemas = {tool["name"]: tool["parameters"] for tool in item.tools}
        for call in (call for exchange in item.exchanges for call in exchange.calls):
            schema = schemas[call.name]
            assert isinstance(schema, dict)
            assert set(schema["required"]) <= set(call.arguments) <= set(schema["properties"])


def test_documents_are_short_and_pictures_legible() -> None:
    for part in (part for item in ITEMS for exchange in item.exchanges for part in exchange.asked):
        if isinstance(part, Document):
            assert sum(map(len, part.pages)) <= 900
        if isinstance(part, Picture):
            low, high = part.image.convert("L").getextrema()
            assert high - low > 100
            assert part.image.width * part.image.height <= 250 * 16 * 16


def test_no_question_is_worded_as_a_generator_words_it() -> None:
    texts = {_plain(text) for text in _generator_texts() if len(text.split()) > 2}
    forms = [
        re.compile(_FEW_WORDS.join(map(re.escape, _SLOT.split(text))))
        for text in texts
        if _SLOT.search(text) and len(re.findall(r"\w+", _SLOT.sub("", text))) > 3
    ]
    assert len(texts) > 1000
    for exchange in _scored(ITEMS):
        for part in exchange.asked:
            if isinstance(part, Text):
                question = _plain(part.text)
                assert question not in texts, question
                assert not [form for form in forms if form.fullmatch(question)], question


EXCHANGE = {"asked": ["?"], "answer": "x", "accept": ["x"]}
RED = {"picture": "x", "size": 18, "ink": "red", "ground": "#ffffff"}


@pytest.mark.parametrize(
    "line",
    [
        {},
        {"family": "poems", "exchanges": [EXCHANGE]},
        {"family": "document", "exchanges": []},
        {"family": "document", "exchanges": [EXCHANGE], "mood": 1},
        {"family": "document", "exchanges": [EXCHANGE | {"accept": []}]},
        {"family": "document", "exchanges": [EXCHANGE | {"accept": ["x", " "]}]},
        {"family": "document", "exchanges": [EXCHANGE | {"accept": [{"pattern": "("}]}]},
        {"family": "document", "exchanges": [EXCHANGE | {"check": "json"}]},
        {"family": "tools", "exchanges": [EXCHANGE | {"accept": [], "check": "calls"}]},
        {"family": "picture", "exchanges": [EXCHANGE | {"asked": [RED]}]},
    ],
)
def test_a_line_that_is_no_item_is_refused(line: dict[str, object]) -> None:
    with pytest.raises((ValidationError, ValueError)):
        parse_items(json.dumps(line))


def test_results_and_pictures_become_parts() -> None:
    parts = [part for item in ITEMS for exchange in item.exchanges for part in exchange.asked]
    assert {type(part) for part in parts} == {Text, Document, Picture, ToolResult}


def _in_file_order() -> tuple[Item, ...]:
    return parse_items(LINES)


def _scored(items: list[Item]) -> Iterator[Exchange]:
    return (exchange for item in items for exchange in item.exchanges if exchange.scored)


def _strings(value: object, without: set[str]) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for key, inner in value.items():
                if key not in without:
                    yield from _strings(inner, without)
        case list():
            for inner in value:
                yield from _strings(inner, without)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _generator_texts() -> Iterator[str]:
    for found in pkgutil.iter_modules(engine.evals.__path__):
        if found.name != "handwritten":
            module = importlib.import_module(f"engine.evals.{found.name}")
            for name, value in vars(module).items():
                if not name.startswith("__"):
                    yield from _leaves(value)


def _leaves(value: object, depth: int = 0) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif depth < 5 and isinstance(value, dict):
        for pair in value.items():
            yield from _leaves(pair, depth + 1)
    elif depth < 5 and isinstance(value, tuple | list | set | frozenset):
        for inner in value:
            yield from _leaves(inner, depth + 1)
    elif hasattr(value, "train") and hasattr(value, "held_out"):
        yield from _leaves((value.train, value.held_out), depth + 1)
