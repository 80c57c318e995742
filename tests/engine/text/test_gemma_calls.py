"""Gemma 4's calls: what was meant comes back, and marks that are special tokens are seen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.api.requests import Limits
from engine.text.dialects import Parsed, ParsedCall, parse_calls
from engine.text.speaker import Speaker

QUOTE = '<|"|>'


def noted(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
        case str():
            return f"{QUOTE}{value}{QUOTE}"
        case list():
            return f"[{','.join(map(noted, value))}]"
        case dict():
            return f"{{{','.join(f'{key}:{noted(inner)}' for key, inner in value.items())}}}"
    return repr(value)


def written(name: str, arguments: dict[str, object]) -> str:
    return f"<|tool_call>call:{name}{noted(arguments)}<tool_call|>"


def parse(text: str) -> Parsed:
    return parse_calls(text, "gemma4")


keys = st.sampled_from(["harbour", "x_1", "a", "Days"])
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text().filter(lambda text: QUOTE not in text),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner),
    max_leaves=8,
)


@given(st.lists(st.tuples(keys, st.dictionaries(keys, values)), min_size=1, max_size=3))
def test_any_calls_come_back(calls: list[tuple[str, dict[str, object]]]) -> None:
    text = "".join(written(name, arguments) for name, arguments in calls)
    expected = tuple(ParsedCall(name, arguments) for name, arguments in calls)
    assert parse(text) == Parsed("", expected)
    assert parse(f"Wait.{text}") == Parsed("Wait.", expected)


@pytest.mark.parametrize(
    "inner",
    [
        "",
        "call:",
        "call:f",
        "call:f{",
        "call:f{a}",
        "call:f{a:}",
        "call:f{a:1",
        "call:f{a:1 b:2}",
        f"call:f{{a:{QUOTE}1}}",
        "call:f{a:NaN}",
        "call:f" + "{a:" * 100_000,
        "f{a:1}",
    ],
)
def test_what_is_no_call_stays_text(inner: str) -> None:
    block = f"<|tool_call>{inner}<tool_call|>"
    assert parse(f"So: {block}") == Parsed(f"So: {block}", malformed=True)


def test_marks_that_are_special_tokens_are_spoken(model_of) -> None:
    model = model_of("Gemma 4")
    text = f"Yes. {written('get_tide', {'harbour': 'Nörd'})}"
    tokens = model.tokenize(f"<bos>{text}<turn|>")
    speaker = Speaker(model.tokenizer, model.stop_tokens, Limits(), 1_000, shown=model.call_marks)
    assert "".join(speaker.hear(token) for token in tokens) == text
    assert speaker.ended_by == "stop"
    silent = Speaker(model.tokenizer, model.stop_tokens, Limits(), 1_000)
    assert "<|tool_call>" not in "".join(silent.hear(token) for token in tokens)
