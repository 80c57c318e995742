"""The prefix store hands out the longest usable prefix and never a wrong one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.cache.kv_cache import KVCache
from engine.cache.layer_kinds import FULL, LINEAR
from engine.cache.prefix_store import Lease, PrefixStore

if TYPE_CHECKING:
    from collections.abc import Iterator


def fill(lease: Lease, count: int) -> None:
    """Stand in for a forward of `count` tokens: write each key's own number as its state."""
    begin = lease.cache.length
    numbers = torch.tensor(lease.keys[begin : begin + count], dtype=torch.float32)
    states = numbers.reshape(1, 1, -1, 1)
    lease.cache.update(states, states, 0)


def held(lease: Lease) -> list[float]:
    layer = lease.cache.layers[0]
    return [] if lease.cache.length == 0 else layer.keys[0, 0, :, 0].tolist()


def store(budget: int = 2**30) -> PrefixStore:
    return PrefixStore(lambda: KVCache([FULL]), budget)


prompts = st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=12), min_size=1, max_size=12)


@settings(deadline=None)
@given(prompts)
def test_what_is_reused_is_always_this_prompts_own_prefix(history: list[list[int]]) -> None:
    prefixes = store()
    earlier: list[list[int]] = []
    for keys in history:
        with prefixes.lease(keys) as lease:
            assert lease.reused == lease.cache.length < len(keys)
            assert held(lease) == keys[: lease.reused]
            fill(lease, len(keys) - lease.reused)
        earlier.append(keys)


@pytest.mark.parametrize("common", [1, 1_023, 1_024, 1_025, 2_048, 2_499])
def test_long_prompts_are_compared_to_the_key(common: int) -> None:
    prefixes = store()
    with prefixes.lease(range(2_500)) as lease:
        fill(lease, 2_500)
    with prefixes.lease([*range(common), 5_000, *range(2_500)]) as lease:
        assert lease.reused == common


def test_a_longer_conversation_is_found_again() -> None:
    prefixes = store()
    with prefixes.lease([1, 2, 3]) as lease:
        fill(lease, 3)
        lease.keys.append(4)
        fill(lease, 1)
    with prefixes.lease([1, 2, 3, 4, 5, 6]) as lease:
        assert lease.reused == 4


def test_the_last_token_is_always_left_to_compute() -> None:
    prefixes = store()
    with prefixes.lease([1, 2, 3]) as lease:
        fill(lease, 3)
    with prefixes.lease([1, 2, 3]) as lease:
        assert lease.reused == 2


def test_tokens_not_yet_in_the_cache_are_not_counted_as_kept() -> None:
    prefixes = store()
    with prefixes.lease([1, 2, 3]) as lease:
        fill(lease, 3)
        lease.keys.append(4)  # chosen, but never fed back
    with prefixes.lease([1, 2, 3, 4, 5]) as lease:
        assert lease.reused == 3


def test_a_fault_drops_the_cache() -> None:
    prefixes = store()
    with prefixes.lease([1, 2, 3]) as lease:
        fill(lease, 3)
    with pytest.raises(RuntimeError), prefixes.lease([1, 2, 3, 4]):
        raise RuntimeError
    with prefixes.lease([1, 2, 3, 4]) as lease:
        assert lease.reused == 0


def test_a_short_common_start_does_not_cost_the_other_conversation() -> None:
    prefixes = store()
    long = list(range(40))
    with prefixes.lease(long) as lease:
        fill(lease, 40)
    with prefixes.lease([0, 1, 2, 99]) as lease:
        assert lease.reused == 3
        fill(lease, 1)
    with prefixes.lease([*long, 40]) as lease:
        assert lease.reused == 40


def test_the_least_recent_go_first_beyond_the_budget() -> None:
    one_entry = 2 * 256 * 4
    prefixes = store(budget=2 * one_entry)
    for first in (10, 20, 30):
        with prefixes.lease([first, 1, 2]) as lease:
            fill(lease, 3)
    assert prefixes.nbytes <= 2 * one_entry
    with prefixes.lease([10, 1, 2, 3]) as lease:
        assert lease.reused == 0
    with prefixes.lease([30, 1, 2, 3]) as lease:
        assert lease.reused == 3


def test_what_is_lost_is_told_also_where_another_conversation_serves_better() -> None:
    prefixes = PrefixStore(lambda: KVCache([FULL, LINEAR]), 2**30)
    for keys, stop in (([1, 2, 3, 4, 9, 9], None), ([1, 2, 8, 8], 2)):
        with prefixes.lease(keys) as lease:
            if stop is not None:
                fill(lease, stop)
                lease.checkpoint()
            fill(lease, len(keys) - lease.cache.length)
    with prefixes.lease([1, 2, 3, 4, 5, 6]) as lease:
        assert lease.reused == 2
        assert lease.note.startswith("2 tokens were read again")


def test_a_turn_aside_leaves_the_conversation_as_it_was() -> None:
    prefixes = store()
    with prefixes.lease([1, 2, 3]) as lease:
        fill(lease, 3)
    with prefixes.lease([1, 2, 3, 50, 51], aside=True) as lease:
        assert lease.reused == 3
        fill(lease, 2)
    with prefixes.lease([1, 2, 3, 50, 51, 52]) as lease:
        assert lease.reused == 3
        assert held(lease) == [1, 2, 3]


def test_a_turn_aside_that_goes_another_way_runs_on_a_copy() -> None:
    prefixes = store()
    with prefixes.lease([1, 2, 3, 4, 5]) as lease:
        fill(lease, 5)
    with prefixes.lease([1, 2, 3, 4, 60, 61], aside=True) as lease:
        assert lease.reused == 4
        fill(lease, 2)
    with prefixes.lease([1, 2, 3, 4, 5, 6]) as lease:
        assert lease.reused == 5


def test_a_turn_that_is_closed_between_steps_keeps_what_it_read() -> None:
    prefixes = store()

    def turn() -> Iterator[None]:
        with prefixes.lease([1, 2, 3, 4]) as lease:
            fill(lease, 2)
            yield

    steps = turn()
    next(steps)
    steps.close()
    with prefixes.lease([1, 2, 3, 4]) as lease:
        assert lease.reused == 2


def test_checkpoints_beyond_their_share_go_where_they_are_missed_least() -> None:
    prefixes = PrefixStore(lambda: KVCache([LINEAR, FULL]), 4 * 3 * (4 * 64 * 4))
    state = torch.zeros(1, 4, 64)
    keys = list(range(60))
    with prefixes.lease(keys) as lease:
        for length in (10, 11, 30, 50):
            lease.cache.layers[0].update_conv_state(state, conv_kernel_size=64)
            numbers = torch.zeros(1, 1, length - lease.cache.length, 1)
            lease.cache.update(numbers, numbers, 1)
            lease.checkpoint()
    assert sorted(lease.checkpoints) == [10, 30, 50]
