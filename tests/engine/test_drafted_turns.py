"""A turn with drafts says the same, costs fewer forwards, and leaves as much to reuse."""

from __future__ import annotations

import pytest
from toy_masks import Brackets, Numbers

from engine.api.messages import assistant, user
from engine.api.requests import Limits, SamplingParams
from engine.decode.drafting import DraftSources

# One for each kind of memory: what is drafted and dropped must leave no trace in any.
FAMILIES = ["LFM2-VL", "Qwen3-VL", "Qwen3.5", "Gemma 4 both ways"]
LONG = "The tide table for the northern harbour lists four heights a day. " * 3
DRAWN = SamplingParams(temperature=0.8, seed=5)


@pytest.fixture(params=FAMILIES)
def both(request: pytest.FixtureRequest, conversations_on) -> tuple:
    """Conversations that draft, and conversations that do not."""
    return conversations_on(request.param, DraftSources()), conversations_on(request.param)


@pytest.mark.parametrize("sampling", [SamplingParams(), DRAWN], ids=["greedy", "drawn"])
def test_turns_with_pictures_say_the_same(both, picture, sampling: SamplingParams) -> None:
    said: list[tuple[str, ...]] = []
    for conversations in both:
        messages = (user(picture(1), LONG),)
        texts = []
        for follow_up in ("And then?", "More of that.", "And before?"):
            done = conversations.ask(messages, max_tokens=60, sampling=sampling)
            texts.append(done.text)
            messages = (*messages, assistant(done.text), user(follow_up))
        said.append(tuple(texts))
    assert said[0] == said[1]


def test_what_repeats_itself_takes_fewer_forwards(both) -> None:
    # Random models fall into loops, which lookup foresees.
    drafting, plain = both
    done = drafting.ask((user(LONG),), max_tokens=160)
    assert done.text == plain.ask((user(LONG),), max_tokens=160).text
    assert done.drafts is not None
    assert done.drafts.accepted == sum(count for _, count in done.drafts.by)
    # A draft inside which the answer ends is not counted.
    assert done.drafts.forwards + done.drafts.accepted >= done.usage.completion_tokens - 10
    assert plain.ask((user(LONG),), max_tokens=16).drafts is None


def test_a_drafted_answer_is_reused_whole(both) -> None:
    conversations, _ = both
    first = (user(LONG),)
    done = conversations.ask(first, max_tokens=60)
    second = (*first, assistant(done.text), user("And then?"))
    reused, with_reuse, fresh = conversations.reused_and_recomputed(second)
    assert (with_reuse - fresh).abs().max() < 1e-4
    assert reused in conversations.can_be_kept(first, done, second)


def test_a_stop_string_inside_a_draft_cuts_there(both) -> None:
    drafting, plain = both
    text = plain.ask((user(LONG),), max_tokens=80).text
    limits = Limits(max_tokens=80, stop_strings=(text[40:44],))
    cut = drafting.ask((user(LONG),), limits=limits)
    assert cut.text == plain.ask((user(LONG),), limits=limits).text
    again = (user(LONG), assistant(cut.text), user("Go on."))
    _, with_reuse, fresh = drafting.reused_and_recomputed(again)
    assert (with_reuse - fresh).abs().max() < 1e-4


def test_a_cancel_while_drafting_keeps_what_was_said(both) -> None:
    conversations, _ = both
    done = conversations.ask((user(LONG),), max_tokens=80, cancel_after=20)
    assert done.reason == "cancelled"
    _, with_reuse, fresh = conversations.reused_and_recomputed(
        (user(LONG), assistant(done.text), user("Go on."))
    )
    assert (with_reuse - fresh).abs().max() < 1e-4


def test_a_mask_ends_the_answer_and_the_next_turn_builds_on_it(both) -> None:
    said = []
    for conversations in both:
        model = conversations.model
        (opening,), (closing,) = model.tokenize("("), model.tokenize(")")
        first = (user(LONG),)
        done = conversations.ask(first, max_tokens=60, mask=Brackets(opening, closing, most=20))
        assert done.reason == "stop"
        assert done.text.count("(") == done.text.count(")") > 0
        assert set(done.text) == {"(", ")"}
        second = (*first, assistant(done.text), user("And then?"))
        _, with_reuse, fresh = conversations.reused_and_recomputed(second)
        assert (with_reuse - fresh).abs().max() < 1e-4
        said.append(done.text)
    assert said[0] == said[1]


def test_a_masked_answer_ends_at_its_limit_as_any_other(both) -> None:
    drafting, plain = both
    digits = [plain.model.tokenize(str(digit))[0] for digit in range(10)]
    (comma,) = plain.model.tokenize(",")
    ends = [
        conversations.ask((user("Count"),), max_tokens=40, mask=Numbers(digits, comma))
        for conversations in (drafting, plain)
    ]
    assert ends[0].text == ends[1].text
    assert ends[0].reason == "length"
    assert all(0 < len(number) <= 3 for number in ends[0].text.rstrip(",").split(","))
