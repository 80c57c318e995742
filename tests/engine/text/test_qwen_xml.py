"""Qwen3.5's calls in tags: what was meant comes back, and nothing else is lost."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.api.messages import ToolCallPart, assistant
from engine.api.requests import ToolSpec
from engine.text.dialects import Parsed, ParsedCall, answer_message, parse_calls

TIDE = ToolSpec(
    "get_tide",
    "Look up a tide.",
    json.dumps(
        {
            "type": "object",
            "properties": {
                "harbour": {"type": "string"},
                "days": {"type": "integer"},
                "exact": {"type": "boolean"},
                "hours": {"type": "array"},
                "unit": {"enum": ["1", "2"]},
                "note": {"type": ["string", "null"]},
            },
        }
    ),
)


def written(name: str, **arguments: object) -> str:
    """A call as the family's template writes it."""
    lines = [f"<parameter={key}>\n{shown(value)}\n</parameter>" for key, value in arguments.items()]
    return "\n".join(["<tool_call>", f"<function={name}>", *lines, "</function>", "</tool_call>"])


def shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def parse(text: str, *tools: ToolSpec) -> Parsed:
    return parse_calls(text, "qwen_xml", tools)


plain = st.text().filter(lambda text: "</parameter>" not in text and "\r" not in text)
values = st.none() | st.booleans() | st.integers() | st.lists(st.integers()) | plain


@given(st.dictionaries(st.sampled_from(["harbour", "x_1", "a", "Days"]), values))
def test_any_call_comes_back_where_its_schema_is_known(arguments: dict[str, object]) -> None:
    types = {str: "string", int: "integer", bool: "boolean", list: "array", type(None): "null"}
    properties = {key: {"type": types[type(value)]} for key, value in arguments.items()}
    tool = ToolSpec("f", "", json.dumps({"type": "object", "properties": properties}))
    text = f"Wait.\n{written('f', **arguments)}"
    assert parse(text, tool) == Parsed("Wait.", (ParsedCall("f", arguments),))


def test_the_schema_tells_text_from_numbers() -> None:
    text = written("get_tide", harbour="5", days="5", exact="True", hours="[1, 2]", unit="1")
    (call,) = parse(text, TIDE).calls
    assert call.arguments == {
        "harbour": "5",
        "days": 5,
        "exact": True,
        "hours": [1, 2],
        "unit": "1",
    }
    (unknown,) = parse(text).calls
    assert unknown.arguments["harbour"] == 5


@pytest.mark.parametrize(
    ("raw", "value"), [("five", "five"), ("None", None), ("null", None), ("7", "7"), ('"a"', '"a"')]
)
def test_what_the_schema_does_not_allow_stays_text(raw: str, value: object) -> None:
    (call,) = parse(written("get_tide", note=raw), TIDE).calls
    assert call.arguments == {"note": value}


def test_values_keep_their_own_lines_and_tags() -> None:
    code = "\n  def f():\n    return '</parameter> <b>'\n"
    (call,) = parse(written("run", code=code)).calls
    assert call.arguments == {"code": code}


def test_two_calls_and_the_words_around_them() -> None:
    text = f"First.\n{written('a', x=1)}\n{written('b')}\nLast."
    expected = (ParsedCall("a", {"x": 1}), ParsedCall("b", {}))
    assert parse(text) == Parsed("First.\nLast.", expected)


@pytest.mark.parametrize(
    "block",
    [
        "<tool_call>\n<function=>\n</function>\n</tool_call>",
        "<tool_call>\n<function=f>\n<parameter=a>\n1\n</function>\n</tool_call>",
        "<tool_call>\n<function=f>\n</tool_call>",
        "<tool_call>\n<function=f>\n</function>",
        '<tool_call>\n{"name": "f", "arguments": {}}\n</tool_call>',
    ],
)
def test_what_is_no_call_stays_text(block: str) -> None:
    assert parse(f"So:\n{block}") == Parsed(f"So:\n{block}", malformed=True)


def test_a_thought_that_the_prompt_opened_is_no_answer() -> None:
    call = written("f", x=1)
    parsed = parse(f"Perhaps {call}?\n</think>\n\n{call}")
    assert parsed.calls == (ParsedCall("f", {"x": 1}),)
    assert parsed.reasoning == f"Perhaps {call}?\n"
    message = answer_message(f"Hm.\n</think>\n\n{call}", "qwen_xml")
    assert message == assistant("Hm.\n</think>", ToolCallPart("f", '{"x": 1}'))


@given(st.text(alphabet="<>/=\n fp", max_size=40))
def test_any_text_is_taken_without_a_fault(inner: str) -> None:
    parsed = parse(f"<tool_call>\n<function=f>\n<parameter=p>{inner}\n</parameter>{inner}")
    assert parsed.calls or parsed.malformed
