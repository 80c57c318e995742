"""Every call and answer follows from the functions, the request and the results shown."""

import random
from collections.abc import Callable, Mapping

import pytest

from engine.evals import tool_arguments, tool_chains, tool_functions, tool_requests, tool_results
from engine.evals import tools as tools_
from engine.evals.items import Call, Check, Exchange, Item, Split, Text, ToolResult
from engine.evals.tool_everyday import EVERYDAY, requests_of
from engine.evals.tool_parameters import Parameter
from engine.evals.tool_verbs import VERBS
from tests.support.tool_solver import Solver

ITEMS = 200
FEW = 40
DRAWS: dict[str, Callable[[random.Random, Split, int], Item]] = {
    "tools/call": tools_.draw_call,
    "tools/optional": tools_.draw_optional,
    "tools/two": tools_.draw_two,
    "tools/result": tools_.draw_result,
    "tools/none": tools_.draw_none,
}
_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
}
_STATED = "tools/none"


def _items(task: str, split: Split, seed: int = 1, count: int = ITEMS) -> list[Item]:
    rng = random.Random(seed)
    return [DRAWS[task](rng, split, rng.choice((0, 2, 4, 6, 6, 6))) for _ in range(count)]


@pytest.mark.parametrize("task", DRAWS)
@pytest.mark.parametrize("split", list(Split))
def test_same_seed_same_items(task: str, split: Split) -> None:
    assert _items(task, split, 5, 20) == _items(task, split, 5, 20)
    assert _items(task, split, 5, 20) != _items(task, split, 6, 20)


@pytest.mark.parametrize("task", DRAWS)
def test_no_request_is_drawn_for_both_splits(task: str) -> None:
    train, held_out = (
        {part for item in _items(task, split, 7, FEW) for e in item.exchanges for part in e.asked}
        for split in Split
    )
    assert not {*map(str, train)} & {*map(str, held_out)}


@pytest.mark.parametrize(
    ("train", "held_out"),
    [
        (tool_arguments.NAMED_TRAIN, tool_arguments.NAMED_HELD_OUT),
        (tool_arguments.LISTED_TRAIN, tool_arguments.LISTED_HELD_OUT),
        (tool_arguments.SENTENCE_TRAIN, tool_arguments.SENTENCE_HELD_OUT),
        (tool_arguments.YES_TRAIN, tool_arguments.YES_HELD_OUT),
        (tool_arguments.NO_TRAIN, tool_arguments.NO_HELD_OUT),
        (tool_requests.ASKED_TRAIN, tool_requests.ASKED_HELD_OUT),
        (tool_requests.THING_TRAIN, tool_requests.THING_HELD_OUT),
        (tool_requests.LOOK_UP_TRAIN, tool_requests.LOOK_UP_HELD_OUT),
        (tool_chains.BOTH_TRAIN, tool_chains.BOTH_HELD_OUT),
        (tool_chains.USED_TRAIN, tool_chains.USED_HELD_OUT),
        (tool_chains.THEN_TRAIN, tool_chains.THEN_HELD_OUT),
        (tool_functions.DESCRIBED_TRAIN, tool_functions.DESCRIBED_HELD_OUT),
        (tool_functions.LOOKED_UP_TRAIN, tool_functions.LOOKED_UP_HELD_OUT),
        (tool_results.MESSAGES_TRAIN, tool_results.MESSAGES_HELD_OUT),
    ],
)
def test_wordings_are_disjoint(train: tuple[str, ...], held_out: tuple[str, ...]) -> None:
    assert not {*train} & {*held_out}


def test_forms_of_verbs_and_requests_mean_one_function() -> None:
    forms = [form for forms in VERBS.values() for form in forms]
    assert len(forms) == len(set(forms))
    asked = [form for _, _, forms in EVERYDAY.values() for form in forms]
    assert len(asked) == len(set(asked))
    for name in EVERYDAY:
        assert requests_of(name, Split.HELD_OUT), name
        assert len(requests_of(name, Split.TRAIN)) >= 4, name


@pytest.mark.parametrize("task", DRAWS)
@pytest.mark.parametrize("split", list(Split))
def test_answers_follow_from_what_is_shown(task: str, split: Split) -> None:
    for item in _items(task, split, 2):
        solver = Solver(item, split)
        for exchange in item.exchanges:
            (asked,) = exchange.asked
            assert isinstance(asked, Text | ToolResult)
            if _is_stated(exchange):
                assert all(stretch in asked.text for stretch in exchange.copied[1:])
                assert exchange.copied[0].lower() in asked.text.rsplit("\n", 1)[-1].lower()
                continue
            found = solver.answer(asked)
            right = list(exchange.calls) if exchange.calls else exchange.answer
            assert found == right, asked.text


@pytest.mark.parametrize("task", DRAWS)
@pytest.mark.parametrize("split", list(Split))
def test_calls_satisfy_the_functions_on_offer(task: str, split: Split) -> None:
    for item in _items(task, split, 3, FEW):
        names = [str(tool["name"]) for tool in item.tools]
        assert names == sorted(set(names))
        offered = dict(zip(names, item.tools, strict=True))
        for exchange in item.exchanges:
            assert (exchange.check is Check.CALLS) == bool(exchange.calls)
            assert bool(exchange.calls) != bool(exchange.answer)
            for call in exchange.calls:
                _check_call(call, offered[call.name])


@pytest.mark.parametrize("task", DRAWS)
@pytest.mark.parametrize("split", list(Split))
def test_copied_stretches_stand_in_both_places(task: str, split: Split) -> None:
    for item in _items(task, split, 4, FEW):
        shown = " ".join(str(tool["name"]) for tool in item.tools)
        for exchange in item.exchanges:
            (asked,) = exchange.asked
            assert isinstance(asked, Text | ToolResult)
            shown += f"\n{asked.text}"
            place = 0
            for stretch in exchange.copied:
                assert stretch.lower() in shown.lower().replace("_", " ") + shown.lower()
                place = exchange.said.index(stretch, place) + len(stretch)
            shown += exchange.said


def test_nothing_is_asked_of_a_document_where_there_is_none() -> None:
    for split in Split:
        for item in (*_items("tools/result", split, 9), *_items("tools/none", split, 9)):
            for exchange in item.exchanges:
                assert not any("document" in str(part) for part in exchange.asked)


def test_money_moves_by_an_order_and_not_because_it_is_owed() -> None:
    for form in EVERYDAY["transfer_money"][2]:
        assert form.split()[0] in (
            "Send", "Pay", "Give", "Transfer", "Wire", "Please", "Let", "Move"
        )  # fmt: skip


def test_what_belongs_to_a_thing_is_not_told_like_a_further_order() -> None:
    parameter = Parameter("parking", "boolean", "parking")
    rng = random.Random(10)
    for split in Split:
        for value in (True, False):
            argument = tool_arguments.Argument(parameter, value, "")
            said = {tool_arguments.phrase(rng, split, argument, modifying=True) for _ in range(FEW)}
            assert len(said) > 1
            assert not any(phrase.startswith("and ") for phrase in said)


def test_both_manners_of_two_calls_are_drawn() -> None:
    items = _items("tools/two", Split.TRAIN, 8, FEW)
    assert {len(item.exchanges[0].calls) for item in items} == {1, 2}
    assert any(len(item.exchanges) == 3 for item in items)


def _is_stated(exchange: Exchange) -> bool:
    return exchange.task == _STATED and bool(exchange.copied) and not exchange.calls


def _check_call(call: Call, tool: Mapping[str, object]) -> None:
    schema = tool["parameters"]
    assert isinstance(schema, dict)
    properties = schema["properties"]
    assert {*schema["required"]} <= {*call.arguments} <= {*properties}
    assert list(call.arguments) == [name for name in properties if name in call.arguments]
    for name, value in call.arguments.items():
        kind = properties[name]["type"]
        assert isinstance(value, _TYPES[kind])
        assert isinstance(value, bool) == (kind == "boolean")
        assert value in properties[name].get("enum", [value])
        if kind == "array":
            assert isinstance(value, list)
            assert all(isinstance(one, str) for one in value)
