"""Cached equals uncached: every way a second turn can follow a first, against full recompute."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from full_recompute import compare
from tiny_checkpoints import FAMILIES

from engine.api.messages import Message, assistant, user
from engine.decode.prefill import chunk_size
from engine.decode.sampler import NotANumber
from engine.prompt.render import render
from engine.prompt.transcripts import Transcripts

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.api.events import Finished, Usage
    from engine.api.messages import ImagePart


LONG = "The tide table for the northern harbour lists four heights a day. " * 3
EVERY_FAMILY = (*FAMILIES, "Starter")
# Differences as shares of the scores' spread. A number that lies between two 8-bit steps may go
# either way, where a chunk is as long as it is; in full precision there is no such excuse.
MOST_OFF_INT8 = 0.02


def poisoned(conversations) -> object:
    """Conversations whose model still remembers the positions of another one."""
    base = conversations.model.network.model
    if hasattr(base, "rope_deltas"):
        base.rope_deltas = torch.tensor([[12345]])
    return conversations


@pytest.fixture(params=EVERY_FAMILY)
def conversations(request: pytest.FixtureRequest, conversations_on) -> object:
    """Conversations on each family in full precision."""
    return poisoned(conversations_on(request.param))


@pytest.fixture(params=EVERY_FAMILY)
def talk(request: pytest.FixtureRequest, kv: str, conversations_on) -> object:
    """Conversations on each family, with what is read kept both ways."""
    return poisoned(conversations_on(request.param, kv=kv))


@pytest.fixture(params=["full", "int8"])
def kv(request: pytest.FixtureRequest) -> str:
    return request.param


def follow(conversations, messages: tuple[Message, ...]) -> Usage:
    """Make a turn that is equal to full recompute, to its last word; what it used."""
    compared = compare(conversations, messages)
    if conversations.model.info.kv == "full":
        assert compared.exact, compared
    else:
        assert compared.apart < MOST_OFF_INT8 * compared.spread, compared
    return compared.usage


def assert_all_kept(
    conversations, usage: Usage, first: tuple[Message, ...], done: Finished, *then: object
) -> None:
    """All that was computed is used again; what cannot be has its reason in the last event."""
    second = (*first, assistant(done.text), user(*then))
    assert usage.reused_tokens in conversations.can_be_kept(first, done, second)
    whole = done.usage.prompt_tokens + done.usage.completion_tokens - 1
    assert (usage.reused_tokens == whole) is (not usage.reuse_note)


def assert_named(usage: Usage, computed: int) -> None:
    """What is used of `computed` tokens is all, or there is a reason in the last event."""
    assert usage.reused_tokens <= computed
    assert ("read again" in usage.reuse_note) is (usage.reused_tokens < computed)


def next_turn(first: tuple[Message, ...], said: str, *parts: object) -> tuple[Message, ...]:
    return (*first, assistant(said), user(*parts))  # type: ignore[arg-type]


def test_text_turn_costs_its_new_tokens(talk) -> None:
    first = (user(LONG),)
    done = talk.ask(first)
    usage = follow(talk, next_turn(first, done.text, "And then?"))
    assert_all_kept(talk, usage, first, done, "And then?")


def test_picture_in_an_earlier_turn(talk, picture: Callable[..., ImagePart]) -> None:
    first = (user(picture(1), LONG),)
    done = talk.ask(first)
    usage = follow(talk, next_turn(first, done.text, "And then?"))
    assert usage.image_tokens > 0
    assert_all_kept(talk, usage, first, done, "And then?")


def test_picture_in_the_new_turn(talk, picture) -> None:
    first = (user(picture(1), LONG),)
    done = talk.ask(first)
    usage = follow(talk, next_turn(first, done.text, picture(2), "And this?"))
    assert_all_kept(talk, usage, first, done, picture(2), "And this?")


def test_another_picture_of_the_same_size_is_not_taken_for_the_first(talk, picture) -> None:
    first, other = ((user(picture(seed), LONG),) for seed in (1, 2))
    talk.ask(first)
    usage = follow(talk, other)
    assert usage.reused_tokens <= talk.common(first, other) < 22  # what stands before the picture


def test_two_conversations_interleaved(talk, picture) -> None:
    one, two = (user(picture(1), LONG),), (user("Something else. " + LONG),)
    said_one, said_two = talk.ask(one), talk.ask(two)
    for first, done in ((one, said_one), (two, said_two)):
        usage = follow(talk, next_turn(first, done.text, "And then?"))
        assert_all_kept(talk, usage, first, done, "And then?")


def test_editing_a_later_question_keeps_what_stands_before_it(talk, picture) -> None:
    first = (user(picture(1), LONG),)
    done = talk.ask(first)
    talk.ask(next_turn(first, done.text, "And then?"))
    edited = next_turn(first, done.text, "No: what came before?")
    usage = follow(talk, edited)
    assert usage.reused_tokens >= talk.can_be_kept(first, done, edited).start
    whole = done.usage.prompt_tokens + done.usage.completion_tokens - 1
    assert usage.reused_tokens >= whole or "read again" in usage.reuse_note


def test_editing_the_first_question(talk, picture) -> None:
    first, edited = ((user(picture(1), text),) for text in (LONG, "Short"))
    done = talk.ask(first)
    talk.ask(next_turn(first, done.text, "And then?"))
    usage = follow(talk, edited)
    assert usage.reused_tokens > usage.image_tokens  # the picture itself is kept
    assert_named(usage, talk.common(first, edited))


def test_regenerating_computes_one_token(talk, picture) -> None:
    first = (user(picture(1), LONG),)
    done = talk.ask(first)
    usage = follow(talk, first)
    assert usage.reused_tokens == done.usage.prompt_tokens - 1
    assert talk.ask(first).text == done.text


def test_regenerating_a_long_answer_computes_one_token_too(talk) -> None:
    first = (user(LONG),)
    done = talk.ask(first, max_tokens=60)  # more than a window and its reserve
    assert follow(talk, first).reused_tokens == done.usage.prompt_tokens - 1


def test_after_a_cancel_in_prefill(talk, picture) -> None:
    first = (user(picture(1), LONG * 8),)
    done = talk.ask(first, cancel_after=2)
    assert done.reason == "cancelled"
    assert done.usage.completion_tokens == 0
    held = talk.held
    usage = follow(talk, first)
    assert usage.reused_tokens == held > done.usage.image_tokens
    assert not usage.reuse_note


def test_after_a_cancel_while_answering(talk) -> None:
    first = (user(LONG),)
    done = talk.ask(first, max_tokens=40, cancel_after=12)
    assert done.reason == "cancelled"
    assert 0 < done.usage.completion_tokens < 40
    usage = follow(talk, next_turn(first, done.text, "Go on about something else."))
    assert_all_kept(talk, usage, first, done, "Go on about something else.")


# Where a forward breaks: a module of the language part, before it or after.
BREAKS = ["before the first layer", "in the last layer", "after the last layer"]


class Breaking:
    """A part that breaks when it is called for the `at`-th time."""

    def __init__(self, at: int) -> None:
        self._left = at

    def __call__(self, *_: object) -> None:
        self._left -= 1
        if self._left == 0:
            raise RuntimeError("a part broke")


def break_a_forward(talk, place: str, at: int, messages: tuple[Message, ...]) -> None:
    """Make a turn whose `at`-th forward breaks off."""
    layers = talk.model.network.get_decoder().layers
    if place == "before the first layer":
        handle = layers[0].register_forward_pre_hook(Breaking(at))
    elif place == "in the last layer":
        handle = layers[-1].register_forward_pre_hook(Breaking(at))
    else:
        handle = layers[-1].register_forward_hook(Breaking(at))
    try:
        with pytest.raises(RuntimeError, match="a part broke"):
            talk.ask(messages, max_tokens=30)
    finally:
        handle.remove()


@pytest.mark.parametrize("place", BREAKS)
def test_after_a_fault_while_reading(talk, place: str) -> None:
    first = (user(LONG),)
    done = talk.ask(first)
    second = next_turn(first, done.text, "And then?")
    break_a_forward(talk, place, 1, second)
    usage = follow(talk, second)
    whole = done.usage.prompt_tokens + done.usage.completion_tokens - 1
    assert usage.reused_tokens >= talk.can_be_kept(first, done, second).start
    assert usage.reused_tokens >= whole or "read again" in usage.reuse_note


@pytest.mark.parametrize("place", BREAKS)
def test_after_a_fault_while_answering(talk, picture, place: str) -> None:
    first = (user(picture(1), LONG),)
    break_a_forward(talk, place, 6, first)
    usage = follow(talk, first)
    assert usage.reused_tokens == usage.prompt_tokens - 1
    assert not usage.reuse_note


def test_after_a_fault_the_pieces_read_before_it_are_kept(conversations) -> None:
    long = (user(LONG * 8),)
    break_a_forward(conversations, "in the last layer", 3, long)
    usage = follow(conversations, long)
    assert usage.reused_tokens >= 0
    read = 2 * chunk_size("cpu")
    if conversations.model.new_cache().truncates_anywhere:
        assert usage.reused_tokens == read
    # Where the last layers keep nothing of their own (Gemma 4), the broken piece is whole too.
    assert usage.reused_tokens >= read or "read again" in usage.reuse_note


def test_numbers_that_broke_are_not_kept(conversations) -> None:
    first = (user(LONG),)
    done = conversations.ask(first)
    second = next_turn(first, done.text, "And then?")
    layer = conversations.model.network.get_decoder().layers[-1]
    handle = layer.register_forward_hook(lambda *_: torch.full_like(_[-1], torch.nan))
    try:
        with pytest.raises(NotANumber):
            conversations.ask(second)
    finally:
        handle.remove()
    usage = follow(conversations, second)
    assert usage.reused_tokens == 0
    assert "lost to a fault" in usage.reuse_note


@pytest.mark.parametrize("chunk_size", [1, 7, 64, 1024])
def test_chunked_prefill_equals_one_shot(conversations, picture, chunk_size: int) -> None:
    messages = (user(picture(3, (130, 100)), LONG[:70], picture(4), "Which?"),)
    _, chunked, fresh = conversations.reused_and_recomputed(messages, chunk_size)
    assert (chunked - fresh).abs().max() < 1e-4


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
    whole = three.usage.prompt_tokens + three.usage.completion_tokens - 1
    usage = follow(conversations, next_turn(first, one.text + two.text + three.text, "And then?"))
    assert usage.reused_tokens in conversations.can_be_kept(
        so_far, three, next_turn(first, one.text + two.text + three.text, "And then?")
    )
    assert_named(usage, whole)


def test_a_cut_inside_a_question_costs_what_the_cache_cannot_give_back(conversations) -> None:
    first, cut = (user(LONG),), (user(LONG[:-30] + "something else entirely"),)
    conversations.ask(first, max_tokens=4)
    common = conversations.common(first, cut)
    usage = conversations.ask(cut, max_tokens=4).usage
    cache = conversations.model.new_cache()
    if cache.truncates_anywhere:
        assert usage.reused_tokens == common
    elif not cache.steps_back:
        assert usage.reused_tokens < common
    assert_named(usage, common)


def test_an_answer_never_seen_may_stand_behind_other_words(conversations) -> None:
    """The template is named where it shows other words than those that an answer began behind."""
    first, second = (user(LONG),), next_turn((user(LONG),), "Said elsewhere.", "And then?")
    computed = conversations.ask(first, max_tokens=4).usage.prompt_tokens - 1
    texts = [render(m, conversations.model, Transcripts()).text for m in (first, second)]
    usage = follow(conversations, second)
    assert (usage.reused_tokens < computed) is not texts[1].startswith(texts[0])
    assert ("chat template" in usage.reuse_note) is (usage.reused_tokens < computed)


def test_only_what_is_new_is_tokenised(conversations, picture) -> None:
    """Of a conversation that goes on, the tokens of all but its last answer are known."""
    messages: tuple[Message, ...] = (user(picture(3), LONG),)
    for question in ("And then?", "And then what?"):
        done = conversations.ask(messages, max_tokens=4)
        messages = next_turn(messages, done.text, question)
        text = render(messages, conversations.model, Transcripts()).text
        known, rewritten, _ = conversations.transcripts.find(messages, text)
        assert known is not None
        opening = len("<|im_start|>assistant\n<think>\n") if rewritten else 0
        assert len(known.tokens) >= done.usage.prompt_tokens - opening
        assert len(text) - len(known.text) < 120


def test_the_template_is_not_blamed_for_what_was_never_read(conversations) -> None:
    first = (user(LONG),)
    assert conversations.ask(first, cancel_after=1).reason == "cancelled"
    usage = follow(conversations, next_turn(first, "Said elsewhere.", "And then?"))
    assert "chat template" not in usage.reuse_note
