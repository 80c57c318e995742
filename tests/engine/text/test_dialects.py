"""Calls in a model's text: found exactly where they are, and nothing else is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.api.messages import ToolCallPart, assistant
from engine.evals.items import Call, call_text
from engine.text.dialects import Parsed, ParsedCall, answer_message, parse_calls

ADD = '<tool_call>\n{"name": "add", "arguments": {"a": 1}}\n</tool_call>'
ADDED = ParsedCall("add", {"a": 1})
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.sampled_from(["</tool_call>", "<tool_call>", "<think>", "</think>", "\n"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
PIECES = st.sampled_from(
    [
        *("<tool_call>", "</tool_call>", "<think>", "</think>", "{", "}", "[", '"', "\\", "\n"),
        *('{"name": "f", "arguments": {}}', '"name": 1', "NaN", "1e999", "9" * 5000, "text"),
    ]
)


@given(st.lists(st.tuples(st.text(min_size=1), st.dictionaries(st.text(), JSON)), min_size=1))
def test_any_calls_come_back(calls: list[tuple[str, dict[str, object]]]) -> None:
    text = "\n".join(call_text(Call(name, arguments)) for name, arguments in calls)
    expected = tuple(ParsedCall(name, arguments) for name, arguments in calls)
    assert parse_calls(text) == Parsed("", expected)
    assert parse_calls(f"Wait.\n{text}") == Parsed("Wait.", expected)
    assert parse_calls(f"<think>Hm.</think>{text}") == Parsed("", expected, reasoning="Hm.")


@given(st.text() | st.lists(PIECES).map("".join))
def test_nothing_is_lost_of_any_text(text: str) -> None:
    parsed = parse_calls(text)
    if not parsed.calls and not parsed.reasoning:
        assert parsed.text in {text, text.lstrip().removeprefix("<think></think>")}
    assert not parsed.malformed or "<tool_call>" in parsed.text


@pytest.mark.parametrize(
    "block",
    [
        "<tool_call>",
        "<tool_call></tool_call>",
        "<tool_call>add(1)</tool_call>",
        '<tool_call>{"name": "add"}</tool_call>',
        '<tool_call>{"name": "", "arguments": {}}</tool_call>',
        '<tool_call>{"name": "add", "arguments": []}</tool_call>',
        '<tool_call>{"name": "add", "arguments": "{}"}</tool_call>',
        '<tool_call>{"name": "add", "arguments": {"a": NaN}}</tool_call>',
        '<tool_call>{"name": "add", "arguments": {"a": 1e999}}</tool_call>',
        '<tool_call>{"name": "add", "arguments": {}}',
        '<tool_call>{"name": "add", "arguments": {}} and more</tool_call>',
        f"<tool_call>{'[' * 100_000}</tool_call>",
    ],
)
def test_what_is_no_call_stays_text(block: str) -> None:
    assert parse_calls(f"So:\n{block}") == Parsed(f"So:\n{block}", malformed=True)


def test_a_call_after_a_malformed_one_is_found() -> None:
    parsed = parse_calls(f"<tool_call>add</tool_call>\n{ADD}")
    assert parsed == Parsed("<tool_call>add</tool_call>", (ADDED,), malformed=True)


def test_a_call_quoted_inside_a_malformed_one_is_none() -> None:
    block = f"<tool_call>\nlike {ADD}"
    assert parse_calls(block) == Parsed(block, malformed=True)


def test_text_around_calls_remains() -> None:
    assert parse_calls(f"One.\n{ADD} Two.\n{ADD}\n") == Parsed("One. Two.\n", (ADDED, ADDED))


def test_a_thought_is_no_call() -> None:
    parsed = parse_calls(f"<think>Perhaps {ADD}?</think>No.")
    assert parsed == Parsed("No.", reasoning=f"Perhaps {ADD}?")
    assert parse_calls(f"<think>Perhaps {ADD}") == Parsed(f"<think>Perhaps {ADD}")
    assert parse_calls("No. <think>Yes?</think>").reasoning == ""


def test_line_breaks_inside_strings_are_taken() -> None:
    parsed = parse_calls('<tool_call>{"name": "f", "arguments": {"a": "1\n2"}}</tool_call>')
    assert parsed.calls == (ParsedCall("f", {"a": "1\n2"}),)


@pytest.mark.parametrize("head", ["", "One moment.", "<think>Hm.</think>", "<think>Hm.</think>So:"])
def test_an_answer_becomes_a_message_with_its_calls(head: str) -> None:
    break_ = "\n" if head and not head.endswith("</think>") else ""
    call = ToolCallPart("add", '{"a": 1}')
    assert answer_message(f"{head}{break_}{ADD}\n{ADD}") == assistant(head, call, call)
    assert answer_message(head) == assistant(head)
