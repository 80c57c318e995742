"""Reading a long prompt: cancelled within a chunk, kept as far as it came, its end foreseen."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from engine.api.events import Finished, PrefillProgress
from engine.api.messages import assistant, user
from engine.api.requests import Generate, Limits, LoadModel
from engine.cache.full import GrowingLayer
from engine.client import EngineClient
from engine.decode.prefill import chunk_size
from engine.dialogue import events_of, load

if TYPE_CHECKING:
    from pathlib import Path

CHUNK = chunk_size("cpu")
QUESTION = (user("Words to be read. " * 100),)


@pytest.mark.parametrize("family", ["LFM2-VL", "Qwen3-VL"])
@pytest.mark.parametrize("chunks", [0, 1, 3])
def test_a_cancel_is_seen_after_one_chunk_and_what_was_read_is_kept(
    conversations_on, family: str, chunks: int
) -> None:
    talk = conversations_on(family)
    # The first event comes before anything is read, then one for each chunk.
    given_up = talk.ask(QUESTION, cancel_after=1 + chunks)
    assert given_up.reason == "cancelled"
    assert given_up.usage.completion_tokens == 0
    again = talk.ask(QUESTION, max_tokens=2)
    assert again.usage.prompt_tokens > 4 * CHUNK
    assert again.usage.reused_tokens == chunks * CHUNK


def test_each_chunk_says_how_long_the_rest_will_take(lfm2_folder: Path) -> None:
    client = EngineClient()
    try:
        load(client, LoadModel(lfm2_folder, "full"))
        events = list(events_of(client, Generate(QUESTION, limits=Limits(max_tokens=2))))
    finally:
        client.close()
    first, *later = [event for event in events if isinstance(event, PrefillProgress)]
    left = [event.left_s for event in later]
    assert (first.tok_s, first.left_s) == (None, None)
    assert all(seconds is not None and seconds > 0 for seconds in left[:-1])
    assert left[-1] == 0
    steps = [after.done_tokens - before.done_tokens for before, after in pairwise((first, *later))]
    assert max(steps) == CHUNK


@pytest.mark.parametrize("kv", ["full", "int8"])
def test_a_model_runs_with_the_keys_and_values_asked_for(lfm2_folder: Path, kv: str) -> None:
    client = EngineClient()
    try:
        assert load(client, LoadModel(lfm2_folder, "full", kv=kv)).kv == kv
        first = (user("One. " * 100),)
        for reused in (0, 400):
            *_, end = events_of(client, Generate(first, limits=Limits(max_tokens=3)))
            assert isinstance(end, Finished)
            assert end.usage.reused_tokens >= reused
    finally:
        client.close()


def test_what_was_read_is_not_moved_for_a_follow_up(conversations) -> None:
    question = user("7" * 980)
    first = conversations.ask((question,), max_tokens=4)
    (kept,) = conversations.prefixes._kept
    layer = next(layer for layer in kept.cache.layers if isinstance(layer, GrowingLayer))
    place, held = layer.keys.data_ptr(), layer.length
    # Storage grows by 256 tokens, and the follow-up goes beyond what the prompt alone takes.
    again = conversations.ask((question, assistant(first.text), user("And then?")), max_tokens=4)
    assert again.usage.prompt_tokens > 1_024 > held
    assert layer.length > 1_024
    assert layer.keys.data_ptr() == place
