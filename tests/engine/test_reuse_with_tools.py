"""Cached equals uncached where functions are on offer, called and answered."""

from __future__ import annotations

import pytest

from engine.api.errors import BadRequest
from engine.api.events import MemoryUse
from engine.api.messages import ToolCallPart, assistant, tool, user
from engine.api.requests import Generate, Limits, ToolSpec
from engine.prompt.render import render
from engine.text.speaker import Speaker
from engine.turn import Turn

TIDE = ToolSpec(
    "get_tide",
    "Look up the height of the tide at a harbour, by its name and the time of day.",
    '{"type": "object", "properties": {"harbour": {"type": "string"}}}',
)
CLOCK = ToolSpec("get_time", "Tell the time.", '{"type": "object", "properties": {}}')
CALL = ToolCallPart("get_tide", '{"harbour": "North"}')
ASKED = (user("How high is the tide at the northern harbour? " * 3),)
CALLED = (*ASKED, assistant("", CALL), tool("3 m", "get_tide"))
WRITTEN = '<tool_call>\n{"name": "get_tide", "arguments": {"harbour": "North"}}\n</tool_call>'


@pytest.fixture
def conversations(conversations, tools_model) -> object:
    return type(conversations)(tools_model)


def test_a_result_costs_its_own_tokens(conversations) -> None:
    first = conversations.ask(CALLED, tools=(TIDE,))
    second = (*CALLED, assistant(first.text), user("And then?"))
    third = (*second, assistant("", CALL), tool("4 m", "get_tide"))
    reused, with_reuse, fresh = conversations.reused_and_recomputed(second, tools=(TIDE,))
    assert (with_reuse - fresh).abs().max() < 1e-4
    assert reused == first.usage.prompt_tokens + first.usage.completion_tokens - 1
    said = conversations.ask(second, tools=(TIDE,))
    reused, with_reuse, fresh = conversations.reused_and_recomputed(third, tools=(TIDE,))
    assert (with_reuse - fresh).abs().max() < 1e-4
    assert reused >= said.usage.prompt_tokens - 1


def test_other_functions_are_another_head(conversations) -> None:
    done = conversations.ask(CALLED, tools=(TIDE,))
    for tools in [(), (CLOCK,), (TIDE, CLOCK)]:
        reused, with_reuse, fresh = conversations.reused_and_recomputed(CALLED, tools=tools)
        assert (with_reuse - fresh).abs().max() < 1e-4
        assert reused < done.usage.prompt_tokens // 2


def test_another_question_to_the_same_functions_keeps_the_head(conversations) -> None:
    conversations.ask(ASKED, tools=(TIDE, CLOCK))
    other = (user("What time is it?"),)
    reused, with_reuse, fresh = conversations.reused_and_recomputed(other, tools=(CLOCK, TIDE))
    assert (with_reuse - fresh).abs().max() < 1e-4
    assert reused > len(TIDE.description)


@pytest.mark.parametrize(
    "edited",
    [
        (*ASKED, assistant("", CALL), tool("5 m", "get_tide")),
        (*ASKED, assistant("", ToolCallPart("get_tide", '{"harbour": "East"}')), CALLED[-1]),
        (*ASKED, assistant(WRITTEN), tool("3 m", "get_tide")),
    ],
)
def test_an_edited_call_or_result_is_read_anew(conversations, edited) -> None:
    conversations.ask(CALLED, tools=(TIDE,))
    _, with_reuse, fresh = conversations.reused_and_recomputed(edited, tools=(TIDE,))
    assert (with_reuse - fresh).abs().max() < 1e-4


def test_a_call_that_was_written_is_kept_token_for_token(conversations) -> None:
    model = conversations.model
    prompt = render(ASKED, model, conversations.transcripts, (TIDE,))
    speaker = Speaker(model.tokenizer, model.stop_tokens, Limits(), 1000)
    turn = Turn(
        request=Generate(ASKED, tools=(TIDE,)),
        model=model,
        prefixes=conversations.prefixes,
        transcripts=conversations.transcripts,
        cancelled=lambda: False,
        memory=lambda: MemoryUse(0),
        submitted=0.0,
    )
    # By a detour: an id that decodes to nothing stands before the call.
    pad, end = map(model.tokenizer.token_to_id, ("<|pad|>", "<|im_end|>"))
    for token in (pad, *model.tokenize(WRITTEN), end):
        turn.text += speaker.hear(token)
    turn._remember(prompt, speaker)
    for message in (assistant(WRITTEN), assistant("", CALL)):
        following = render(
            (*ASKED, message, tool("3 m")), model, conversations.transcripts, (TIDE,)
        )
        said = (*prompt.tokens, *speaker.tokens)
        assert following.tokens[: len(said)] == said


def test_nothing_is_answered_while_a_result_is_due(conversations) -> None:
    with pytest.raises(BadRequest, match="no results yet"):
        conversations.ask(CALLED[:-1], tools=(TIDE,))
    # Counting such a beginning is what tells the cost of the result after it.
    counted = render(CALLED[:-1], conversations.model, conversations.transcripts, (TIDE,))
    assert counted.text.endswith("</tool_call><|im_end|>\n")
