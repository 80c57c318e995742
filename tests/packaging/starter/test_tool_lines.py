"""Functions, calls and results: the template's text, and the encoder's line by line."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tool_lines import tool_block
from transformers.utils.chat_template_utils import render_jinja_template

from engine.evals.items import Call, Exchange, call_text

ROOT = Path(__file__).resolve().parents[3]
TEMPLATE = (ROOT / "packaging/starter/chat_template.jinja").read_text()
BOOK = {
    "name": "book_room",
    "description": "Book a room in a hotel.",
    "parameters": {
        "type": "object",
        "properties": {
            "guest": {"type": "string"},
            "nights": {"type": "integer"},
            "view": {"type": "string", "enum": ["sea", "garden"]},
            "names": {"type": "array", "items": {"type": "string"}},
            "date": {"type": "string", "description": "ISO, é"},
        },
        "required": ["guest", "view", "names", "date"],
    },
}
LINE = (
    'book_room(guest: string, nights?: integer, view: "sea"|"garden", names: string[], '
    'date: {"type": "string", "description": "ISO, é"}): Book a room in a hotel.'
)
_SCHEMA = st.recursive(
    st.sampled_from(
        [
            True,
            {},
            {"type": "string"},
            {"type": ["string", "null"]},
            {"type": "number", "minimum": 1},
            {"enum": ["a", 'b"', 3, None]},
            {"enum": []},
            {"type": "string", "enum": ["x"], "default": "x"},
            {"$ref": "#/$defs/x"},
        ]
    ),
    lambda inner: st.one_of(
        st.fixed_dictionaries({"type": st.just("array"), "items": inner}),
        st.fixed_dictionaries({"items": inner}),
    ),
    max_leaves=3,
)
_FUNCTION = st.fixed_dictionaries(
    {"name": st.text(min_size=1)},
    optional={
        "description": st.text(),
        "parameters": st.fixed_dictionaries(
            {"type": st.just("object")},
            optional={
                "properties": st.dictionaries(st.sampled_from(["a", "items", "type"]), _SCHEMA),
                "required": st.lists(st.sampled_from(["a", "items", "type"])),
            },
        ),
    },
)


def rendered(
    messages: list[dict[str, object]],
    tools: list[dict[str, object]] | None = None,
    *,
    answer: bool = False,
) -> str:
    texts, _ = render_jinja_template(
        [messages], tools=tools, chat_template=TEMPLATE, add_generation_prompt=answer
    )
    return texts[0]


def wrapped(function: dict[str, object]) -> dict[str, object]:
    return {"type": "function", "function": function}


def test_the_shipped_template_is_the_one_that_is_trained_on() -> None:
    assert (ROOT / "resources/starter/chat_template.jinja").read_text() == TEMPLATE


@pytest.mark.parametrize("tool", [BOOK, wrapped(BOOK)])
def test_a_function_is_one_line(tool: dict[str, object]) -> None:
    text = rendered([{"role": "system", "content": "S"}], [tool, wrapped({"name": "stop"})])
    block = f"<tools>\n{LINE}\nstop()\n</tools>"
    assert text == f"<|im_start|>system\nS\n\n{block}<|im_end|>\n"
    assert tool_block([tool, {"name": "stop"}]) == block


def test_without_a_system_text_the_functions_have_the_turn_to_themselves() -> None:
    text = rendered([{"role": "user", "content": "U"}], [BOOK])
    assert text.startswith(f"<|im_start|>system\n{tool_block([BOOK])}<|im_end|>\n<|im_start|>user")
    assert tool_block([]) == ""


@given(st.lists(st.one_of(_FUNCTION, _FUNCTION.map(wrapped)), min_size=1, max_size=3))
def test_the_encoders_block_is_the_templates(tools: list[dict[str, object]]) -> None:
    text = rendered([{"role": "system", "content": "S"}], tools)
    assert text == f"<|im_start|>system\nS\n\n{tool_block(tools)}<|im_end|>\n"


@pytest.mark.parametrize("thought", ["", "The sum of both."])
@pytest.mark.parametrize("answer", ["", "I shall look."])
def test_an_assistants_turn_is_what_training_says(thought: str, answer: str) -> None:
    calls = (Call("add", {"b": "é", "a": [1, {"x": None}]}), Call("stop", {}))
    exchange = Exchange((), answer, "x", thought=thought, calls=calls)
    said = f"<think>{thought}</think>{answer}" if thought else answer
    tool_calls = [wrapped({"name": c.name, "arguments": dict(c.arguments)}) for c in calls]
    text = rendered([{"role": "assistant", "content": said, "tool_calls": tool_calls}])
    assert text == f"<|im_start|>assistant\n{exchange.said}<|im_end|>\n"


@given(st.dictionaries(st.text(), st.recursive(st.none() | st.integers() | st.text(), st.lists)))
def test_a_call_is_written_as_json_writes_it(arguments: dict[str, object]) -> None:
    call = {"name": "f", "arguments": arguments}
    text = rendered([{"role": "assistant", "content": "", "tool_calls": [wrapped(call)]}])
    assert text == f"<|im_start|>assistant\n{call_text(Call('f', arguments))}<|im_end|>\n"
    assert json.loads(text.split("\n")[2]) == call


def test_results_stand_in_turns_of_their_own() -> None:
    text = rendered([{"role": "tool", "name": "add", "content": "3"}], answer=True)
    assert text == (
        "<|im_start|>tool\n<tool_response>\n3\n</tool_response><|im_end|>\n<|im_start|>assistant\n"
    )
