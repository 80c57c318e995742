"""How prefill cuts a prompt."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.api.messages import user
from engine.cache.prefix_store import PrefixStore
from engine.decode.prefill import chunk_bounds, prefill
from engine.prompt.render import render
from engine.prompt.transcripts import Transcripts


@given(st.data(), st.integers(1, 300), st.integers(1, 70))
def test_chunks_cover_the_rest_once_and_stop_where_asked(data, total: int, size: int) -> None:
    start = data.draw(st.integers(0, total - 1))
    stops = data.draw(st.lists(st.integers(0, total + 20)))
    bounds = chunk_bounds(start, total, stops, size)
    assert [b for b, _ in bounds] == [start, *[e for _, e in bounds[:-1]]]
    assert bounds[-1][1] == total
    assert all(0 < e - b <= size for b, e in bounds)
    assert {s for s in stops if start < s <= total} <= {e for _, e in bounds}


def test_without_stops_there_are_as_few_chunks_as_can_be() -> None:
    assert chunk_bounds(3, 20, (), 10) == [(3, 13), (13, 20)]


@given(st.data(), st.integers(1, 200), st.integers(1, 40))
def test_what_must_stay_together_is_never_cut(data, total: int, size: int) -> None:
    edges = sorted(data.draw(st.sets(st.integers(0, total), max_size=12)))
    uncut = list(zip(edges[::2], edges[1::2], strict=False))
    inside = {cut for first, last in uncut for cut in range(first + 1, last)}
    start = data.draw(st.integers(0, total - 1).filter(lambda at: at not in inside))
    stops = data.draw(st.lists(st.integers(0, total)))
    bounds = chunk_bounds(start, total, stops, size, uncut)
    assert [b for b, _ in bounds] == [start, *[e for _, e in bounds[:-1]]]
    assert bounds[-1][1] == total
    assert not inside & {end for _, end in bounds}
    assert {s for s in stops if start < s <= total and s not in inside} <= {e for _, e in bounds}
    longest = max((last - first for first, last in uncut), default=0)
    assert all(0 < e - b <= max(size, longest) for b, e in bounds)


def test_room_for_the_whole_prompt_is_made_once(qwen3_vl_model) -> None:
    prompt = render((user("One thing after another. " * 40),), qwen3_vl_model, Transcripts())
    assert len(prompt.tokens) > 3 * 256
    with PrefixStore(qwen3_vl_model.new_cache, 2**30).lease(prompt.keys) as lease:
        steps = prefill(qwen3_vl_model, prompt, lease, lambda *_: None, 256)
        places = {layer.keys.data_ptr() for _ in steps for layer in lease.cache.layers}
        assert len(places) == len(lease.cache.layers)


def test_the_end_of_a_prompt_takes_no_checkpoint_before_the_answer(tiny_model) -> None:
    prompt = render((user("One thing."),), tiny_model, Transcripts())
    with PrefixStore(tiny_model.new_cache, 2**30).lease(prompt.keys) as lease:
        for _ in prefill(tiny_model, prompt, lease, lambda *_: None, 256):
            pass
        assert max(lease.checkpoints) == len(prompt.tokens) - 1
