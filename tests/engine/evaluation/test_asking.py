"""Items reach the engine as a person's conversation would, and outcomes come back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from engine.api.errors import BadRequest, ContextTooLong, ModelNotUsable, TurnFault
from engine.api.messages import ImagePart, ToolResultPart
from engine.evals.items import (
    Call,
    Check,
    Document,
    Exchange,
    Item,
    Picture,
    Text,
    ToolResult,
    call_text,
)
from engine.evaluation.asking import (
    NO_PICTURES,
    NO_TOOLS,
    REFUSED,
    TOO_LONG,
    Answered,
    Skipped,
    ask_item,
)
from engine.evaluation.choosing import choose_tasks, items_of, items_per_task

if TYPE_CHECKING:
    from engine.api.requests import Generate

ADD = Call("add", {"a": 1, "b": 2.0})
TOOL = {"name": "add", "description": "Add.", "parameters": {"type": "object", "properties": {}}}


def asked(
    question: str,
    answer: str,
    *,
    calls: tuple[Call, ...] = (),
    check: Check = Check.EXACT,
    scored: bool = True,
) -> Exchange:
    shown = (Text(question),)
    return Exchange(shown, answer, "task", calls=calls, check=check, scored=scored)


PLAIN = Item("task", (asked("One?", "1"), asked("Two?", "2")))
CALLING = Item(
    "tools/call",
    (
        asked("1 + 2?", "", calls=(ADD,), check=Check.CALLS),
        Exchange((ToolResult("3"),), "It is 3.", "tools/call"),
    ),
    system="Be brief.",
    tools=(TOOL,),
)
SEEN = Item("picture", (Exchange((Picture(Image.new("RGB", (32, 16))), Text("?")), "x", "task"),))


def test_later_questions_follow_the_right_answers(engine_that) -> None:
    requests: list[Generate] = []

    def answer(request: Generate) -> str:
        requests.append(request)
        return " 2\n"

    found = list(ask_item(engine_that(answer), "task", 7, PLAIN))
    assert [f.outcome.right for f in found if isinstance(f, Answered)] == [False, True]
    assert [(f.outcome.item, f.outcome.exchange) for f in found] == [(7, 0), (7, 1)]
    assert [m.text for m in requests[1].messages] == ["One?", "1", "Two?"]


def test_examples_become_turns_and_are_not_asked(engine_that) -> None:
    requests: list[Generate] = []

    def answer(request: Generate) -> str:
        requests.append(request)
        return "cold"

    item = Item("examples", (asked("sun", "hot", scored=False), asked("ice", "cold")), "Label.")
    (found,) = ask_item(engine_that(answer), "examples", 0, item)
    assert found.outcome.right
    assert found.outcome.exchange == 1
    roles = [(m.role, m.text) for m in requests[0].messages]
    assert roles == [("system", "Label."), ("user", "sun"), ("assistant", "hot"), ("user", "ice")]


def test_calls_are_asked_for_and_given_back_their_results(engine_that) -> None:
    requests: list[Generate] = []

    def answer(request: Generate) -> str:
        requests.append(request)
        if len(requests) > 1:
            return "<think>1 + 2 is 3.</think>It is 3."
        return "Let me see.\n" + call_text(Call("add", {"b": 2, "a": 1}))

    found = list(ask_item(engine_that(answer), "tools/call", 0, CALLING))
    assert [f.outcome.right for f in found] == [True, True]
    assert [spec.name for spec in requests[0].tools] == ["add"]
    assert json.loads(requests[0].tools[0].parameters) == TOOL["parameters"]
    called, result = requests[1].messages[-2:]
    assert [json.loads(call.arguments) for call in called.calls] == [{"a": 1, "b": 2.0}]
    assert result.role == "tool"
    assert result.parts == (ToolResultPart("3"),)


@pytest.mark.parametrize("said", ["<tool_call>add(1, 2)</tool_call>", "3", ""])
def test_what_is_no_call_is_wrong(said: str, engine_that) -> None:
    first, _ = ask_item(engine_that(lambda _: said), "tools/call", 0, CALLING)
    assert not first.outcome.right


def test_pictures_are_sent_as_png(engine_that) -> None:
    requests: list[Generate] = []

    def answer(request: Generate) -> str:
        requests.append(request)
        return "x"

    (found,) = ask_item(engine_that(answer), "picture", 0, SEEN)
    (image,) = requests[0].messages[0].images
    assert isinstance(image, ImagePart)
    assert image.data.startswith(b"\x89PNG")
    assert (image.width, image.height) == (32, 16)
    assert found.question == "[picture, 32 x 16] ?"


@pytest.mark.parametrize(
    ("item", "error", "reason"),
    [
        (PLAIN, ContextTooLong(3000, 2048), TOO_LONG),
        (CALLING, BadRequest("No functions."), NO_TOOLS),
        (SEEN, ModelNotUsable("No pictures."), NO_PICTURES),
        (PLAIN, ModelNotUsable("Turns must be single."), REFUSED),
    ],
)
def test_what_a_model_cannot_take_is_skipped_with_the_reason(
    item: Item, error: Exception, reason: str, engine_that
) -> None:
    client = engine_that(lambda _: error)
    assert list(ask_item(client, "t", 0, item)) == [Skipped("t", reason, len(item.exchanges))]


def test_what_no_item_is_to_blame_for_is_raised(engine_that) -> None:
    with pytest.raises(TurnFault):
        list(ask_item(engine_that(lambda _: TurnFault("x")), "t", 0, PLAIN))
    single = Item("t", (asked("?", "x"),))
    with pytest.raises(ModelNotUsable):
        list(ask_item(engine_that(lambda _: ModelNotUsable("x")), "t", 0, single))


def test_a_question_is_known_by_all_that_was_shown(engine_that) -> None:
    def checksums(item: Item) -> list[str]:
        return [f.outcome.asked for f in ask_item(engine_that(lambda _: ""), "t", 0, item)]

    document = Document("a.txt", ("one", "two"))
    items = [
        PLAIN,
        Item("task", PLAIN.exchanges, "Be brief."),
        Item("task", (asked("One?", "1"), asked("Two?", "3"))),
        Item("task", (Exchange((document, Text("One?")), "1", "task"), asked("Two?", "2"))),
        Item("task", (asked("Zero?", "0", scored=False), *PLAIN.exchanges)),
    ]
    seen = [checksums(item) for item in items]
    assert seen[0] == checksums(PLAIN)
    assert len({tuple(sums) for sums in seen}) == len(items)
    assert seen[0][0] == seen[2][0]


def test_a_real_model_is_asked_everything_that_it_can_take(tiny_engine) -> None:
    assert [type(f) for f in ask_item(tiny_engine, "t", 0, PLAIN)] == [Answered, Answered]
    assert [type(f) for f in ask_item(tiny_engine, "t", 0, SEEN)] == [Answered]
    assert list(ask_item(tiny_engine, "t", 0, CALLING)) == [Skipped("t", NO_TOOLS, 2)]
    long = Item("t", (asked("x" * 3000, "1"),))
    assert list(ask_item(tiny_engine, "t", 0, long)) == [Skipped("t", TOO_LONG, 1)]
    # There is room for the question, but not for an answer of any length.
    nearly = Item("t", (asked("x" * 1990, "1"),))
    assert list(ask_item(tiny_engine, "t", 0, nearly)) == [Skipped("t", TOO_LONG, 1)]


def test_tasks_are_chosen_by_name_or_family() -> None:
    assert "handwritten/tools" in choose_tasks(None)
    family = choose_tasks(["handwritten"])
    assert len(family) == 5
    assert choose_tasks(["handwritten/tools"]) == ("handwritten/tools",)
    with pytest.raises(BadRequest, match="no task “nonsense”"):
        choose_tasks(["handwritten", "nonsense"])


def test_each_family_has_enough_items() -> None:
    counts = items_per_task(choose_tasks(None), None)
    families: dict[str, int] = {}
    for task, count in counts.items():
        assert count >= 100 or task.startswith("handwritten/")
        family = task.partition("/")[0]
        families[family] = families.get(family, 0) + count
    assert all(n >= 200 for family, n in families.items() if family != "handwritten")
    assert items_per_task(["mixed", "handwritten/tools"], 3) == {"mixed": 3, "handwritten/tools": 3}
    assert len(list(items_of("handwritten/tools", 1000))) == counts["handwritten/tools"]
