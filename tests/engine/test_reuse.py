"""Cached equals uncached: every way a second turn can follow a first, against full recompute."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from tiny_checkpoints import FAMILIES

from engine.api.messages import Message, assistant, user
from engine.prompt.render import render
from engine.prompt.transcripts import Transcripts

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.api.messages import ImagePart


@pytest.fixture(params=FAMILIES)
def conversations(request: pytest.FixtureRequest, conversations_on) -> object:
    """Conversations on each family, whose model still remembers another conversation."""
    conversations = conversations_on(request.param)
    base = conversations.model.network.model
    if hasattr(base, "rope_deltas"):
        base.rope_deltas = torch.tensor([[12345]])
    return conversations


LONG = "The tide table for the northern harbour lists four heights a day. " * 3


def assert_equal(reused: torch.Tensor, fresh: torch.Tensor) -> None:
    assert (reused - fresh).abs().max() < 1e-4


def next_turn(first: tuple[Message, ...], said: str, *parts: object) -> tuple[Message, ...]:
    return (*first, assistant(said), user(*parts))  # type: ignore[arg-type]


def test_text_turn_costs_its_new_tokens(conversations) -> None:
    first = (user(LONG),)
    done = conversations.ask(first)
    second = next_turn(first, done.text, "And then?")
    reused, with_reuse, fresh = conversations.reused_and_recomputed(second)
    assert_equal(with_reuse, fresh)
    assert reused in conversations.can_be_kept(first, done, second)


def test_picture_in_an_earlier_turn(conversations, picture: Callable[..., ImagePart]) -> None:
    first = (user(picture(1), LONG),)
    done = conversations.ask(first)
    second = next_turn(first, done.text, "And then?")
    reused, with_reuse, fresh = conversations.reused_and_recomputed(second)
    assert_equal(with_reuse, fresh)
    assert reused in conversations.can_be_kept(first, done, second)


def test_picture_in_the_new_turn(conversations, picture) -> None:
    first = (user(picture(1), LONG),)
    done = conversations.ask(first)
    second = next_turn(first, done.text, picture(2), "And this?")
    reused, with_reuse, fresh = conversations.reused_and_recomputed(second)
    assert_equal(with_reuse, fresh)
    assert reused in conversations.can_be_kept(first, done, second)


def test_another_picture_of_the_same_size_is_not_taken_for_the_first(
    conversations, picture
) -> None:
    conversations.ask((user(picture(1), LONG),))
    reused, with_reuse, fresh = conversations.reused_and_recomputed((user(picture(2), LONG),))
    assert_equal(with_reuse, fresh)
    assert reused < 22  # nothing beyond the few tokens before the picture


def test_two_conversations_interleaved(conversations, picture) -> None:
    one, two = (user(picture(1), LONG),), (user("Something else. " + LONG),)
    said_one, said_two = conversations.ask(one), conversations.ask(two)
    for first, done in ((one, said_one), (two, said_two)):
        second = next_turn(first, done.text, "And then?")
        reused, with_reuse, fresh = conversations.reused_and_recomputed(second)
        assert_equal(with_reuse, fresh)
        assert reused in conversations.can_be_kept(first, done, second)


def test_editing_a_later_question_keeps_what_stands_before_it(conversations, picture) -> None:
    first = (user(picture(1), LONG),)
    done = conversations.ask(first)
    conversations.ask(next_turn(first, done.text, "And then?"))
    edited = next_turn(first, done.text, "No: what came before?")
    reused, with_reuse, fresh = conversations.reused_and_recomputed(edited)
    assert_equal(with_reuse, fresh)
    assert reused >= conversations.can_be_kept(first, done, edited).start


def test_editing_the_first_question(conversations, picture) -> None:
    first = (user(picture(1), LONG),)
    done = conversations.ask(first)
    conversations.ask(next_turn(first, done.text, "And then?"))
    reused, with_reuse, fresh = conversations.reused_and_recomputed((user(picture(1), "Short"),))
    assert_equal(with_reuse, fresh)
    assert reused > done.usage.image_tokens  # the picture itself is kept


def test_regenerating_computes_one_token(conversations, picture) -> None:
    first = (user(picture(1), LONG),)
    done = conversations.ask(first)
    reused, with_reuse, fresh = conversations.reused_and_recomputed(first)
    assert_equal(with_reuse, fresh)
    assert reused == done.usage.prompt_tokens - 1
    assert conversations.ask(first).text == done.text


def test_regenerating_a_long_answer_computes_one_token_too(conversations) -> None:
    first = (user(LONG),)
    done = conversations.ask(first, max_tokens=60)  # more than a window and its reserve
    reused, with_reuse, fresh = conversations.reused_and_recomputed(first)
    assert_equal(with_reuse, fresh)
    assert reused == done.usage.prompt_tokens - 1


def test_after_a_cancel_in_prefill(conversations, picture) -> None:
    first = (user(picture(1), LONG * 4),)
    done = conversations.ask(first, cancel_after=3)
    assert done.reason == "cancelled"
    assert done.usage.completion_tokens == 0
    reused, with_reuse, fresh = conversations.reused_and_recomputed(first)
    assert_equal(with_reuse, fresh)
    assert reused > 0


def test_after_a_cancel_while_answering(conversations) -> None:
    first = (user(LONG),)
    done = conversations.ask(first, max_tokens=40, cancel_after=12)
    assert done.reason == "cancelled"
    assert 0 < done.usage.completion_tokens < 40
    second = next_turn(first, done.text, "Go on about something else.")
    reused, with_reuse, fresh = conversations.reused_and_recomputed(second)
    assert_equal(with_reuse, fresh)
    assert reused >= min(
        done.usage.prompt_tokens, conversations.can_be_kept(first, done, second).start
    )


def test_after_a_fault_inside_a_forward(conversations, monkeypatch) -> None:
    first = (user(LONG),)
    done = conversations.ask(first)
    second = next_turn(first, done.text, "And then?")
    layer = conversations.model.network.get_decoder().layers[-1]
    with monkeypatch.context() as patch:
        patch.setattr(layer, "forward", _explode)
        with pytest.raises(RuntimeError, match="a part broke"):
            conversations.ask(second)
    reused, with_reuse, fresh = conversations.reused_and_recomputed(second)
    assert_equal(with_reuse, fresh)
    assert reused == 0  # a half-written cache is never used again


def _explode(*_args: object, **_kwargs: object) -> None:
    raise RuntimeError("a part broke")


@pytest.mark.parametrize("chunk_size", [1, 7, 64, 1024])
def test_chunked_prefill_equals_one_shot(conversations, picture, chunk_size: int) -> None:
    messages = (user(picture(3, (130, 100)), LONG[:70], picture(4), "Which?"),)
    _, chunked, fresh = conversations.reused_and_recomputed(messages, chunk_size)
    assert_equal(chunked, fresh)


def test_cancelled_then_continued_equals_uninterrupted(conversations) -> None:
    first = (user(LONG),)
    whole = conversations.ask(first, max_tokens=40)
    other = type(conversations)(conversations.model)
    begun = other.ask(first, max_tokens=40, cancel_after=14)
    assert begun.reason == "cancelled"
    rest = other.ask((*first, assistant(begun.text)), max_tokens=40 - begun.usage.completion_tokens)
    assert begun.text + rest.text == whole.text
    assert rest.usage.reused_tokens == rest.usage.prompt_tokens - 1


def test_continued_twice_then_asked_again_is_all_reused(conversations) -> None:
    first = (user(LONG),)
    one = conversations.ask(first, max_tokens=5)
    two = conversations.ask((*first, assistant(one.text)), max_tokens=5)
    three = conversations.ask((*first, assistant(one.text + two.text)), max_tokens=5)
    so_far = (*first, assistant(one.text + two.text))
    second = next_turn(first, one.text + two.text + three.text, "And then?")
    reused, with_reuse, fresh = conversations.reused_and_recomputed(second)
    assert_equal(with_reuse, fresh)
    assert reused in conversations.can_be_kept(so_far, three, second)


def test_a_cut_inside_a_question_costs_what_the_cache_cannot_give_back(conversations) -> None:
    first, cut = (user(LONG),), (user(LONG[:-30] + "something else entirely"),)
    conversations.ask(first, max_tokens=4)
    both = (
        render(messages, conversations.model, Transcripts()).tokens for messages in (first, cut)
    )
    common = next(at for at, (a, b) in enumerate(zip(*both, strict=False)) if a != b)
    usage = conversations.ask(cut, max_tokens=4).usage
    cache = conversations.model.new_cache()
    if cache.truncates_anywhere:
        assert usage.reused_tokens == common
    elif not cache.steps_back:
        assert usage.reused_tokens < common
    assert ("read again" in usage.reuse_note) is (usage.reused_tokens < common)


def test_only_what_is_new_is_tokenised(conversations, picture) -> None:
    """Of a conversation that goes on, the tokens of all but its last answer are known."""
    messages: tuple[Message, ...] = (user(picture(3), LONG),)
    for question in ("And then?", "And then what?"):
        done = conversations.ask(messages, max_tokens=4)
        messages = next_turn(messages, done.text, question)
        text = render(messages, conversations.model, Transcripts()).text
        known, rewritten = conversations.transcripts.find(messages, text)
        assert known is not None
        opening = len("<|im_start|>assistant\n<think>\n") if rewritten else 0
        assert len(known.tokens) >= done.usage.prompt_tokens - opening
        assert len(text) - len(known.text) < 120
