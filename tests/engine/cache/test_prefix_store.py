"""The prefix store hands out the longest usable prefix and never a wrong one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.cache.kv_cache import KVCache
from engine.cache.layer_kinds import FULL, LINEAR, LayerKind
from engine.cache.prefix_store import Lease, PrefixStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def fill(lease: Lease, count: int, layer: int = 0) -> None:
    """Stand in for a forward of `count` tokens: write each key's own number as its state."""
    begin = lease.cache.layers[layer].length
    numbers = torch.tensor(lease.keys[begin : begin + count], dtype=torch.float32)
    states = numbers.reshape(1, 1, -1, 1)
    lease.cache.update(states, states, layer)


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


def break_while(
    prefixes: PrefixStore,
    keys: list[int],
    act: Callable[[Lease], object],
    **options: bool,
) -> None:
    """A turn that does `act` and then breaks off."""

    def turn() -> None:
        with prefixes.lease(keys, **options) as lease:
            act(lease)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        turn()


def test_after_a_fault_what_is_whole_is_kept() -> None:
    prefixes = PrefixStore(lambda: KVCache([FULL, FULL]), 2**30)
    with prefixes.lease([1, 2, 3]) as lease:
        for layer in range(2):
            fill(lease, 3, layer)
    break_while(prefixes, [1, 2, 3, 4, 5, 6], lambda lease: fill(lease, 2, 0))
    with prefixes.lease([1, 2, 3, 4, 5, 6]) as lease:
        assert lease.reused == lease.cache.length == 3
        assert lease.cache.consistent
        assert held(lease) == [1, 2, 3]
        assert lease.note == ""


def test_keys_without_values_are_not_whole() -> None:
    prefixes = store()
    with prefixes.lease([1, 2, 3]) as lease:
        fill(lease, 3)
    break_while(
        prefixes,
        [1, 2, 3, 4, 5],
        lambda lease: lease.cache.layers[0]._key_storage.append(torch.zeros(1, 1, 1, 1)),
    )
    with prefixes.lease([1, 2, 3, 4, 5]) as lease:
        assert lease.reused == 3


def test_a_fault_before_anything_was_whole_leaves_nothing() -> None:
    prefixes = store()
    keys_alone = torch.zeros(1, 1, 1, 1)
    break_while(
        prefixes, [1, 2], lambda lease: lease.cache.layers[0]._key_storage.append(keys_alone)
    )
    assert prefixes.nbytes == 0


def test_a_draft_that_broke_is_not_kept() -> None:
    prefixes = store()

    def draft(lease: Lease) -> None:
        fill(lease, 3)
        lease.cache.begin()
        fill(lease, 2)

    break_while(prefixes, [1, 2, 3, 4, 5], draft)
    with prefixes.lease([1, 2, 3, 4, 5]) as lease:
        assert lease.reused == 3
        assert lease.cache.consistent


def test_with_states_a_fault_goes_back_to_the_last_place_and_says_so() -> None:
    prefixes = PrefixStore(lambda: KVCache([LINEAR, FULL]), 2**30)
    keys = list(range(20))

    def read(lease: Lease) -> None:
        for length in (6, 9, 15):
            lease.cache.layers[0].update_conv_state(
                torch.full((1, 4, length - lease.cache.length), float(length)), conv_kernel_size=2
            )
            fill(lease, length - lease.cache.length, 1)
            if length == 9:
                lease.checkpoint()

    break_while(prefixes, keys, read)
    with prefixes.lease(keys) as lease:
        assert lease.reused == 9
        assert (lease.cache.layers[0].conv_states[0] == 9).all()
        assert lease.note.startswith("6 tokens were read again: ")
        assert "lost to a fault" in lease.note


@pytest.mark.parametrize("half", [True, False])
def test_a_window_that_broke_off_a_move_is_taken_from_its_checkpoint(*, half: bool) -> None:
    prefixes = PrefixStore(lambda: KVCache([LayerKind("sliding", 4), FULL]), 2**30)
    keys = list(range(700))

    def read_and_move(lease: Lease) -> None:
        for length in (500, 600):
            for layer in range(2):
                fill(lease, length - lease.cache.layers[layer].length, layer)
            if length == 500:
                lease.checkpoint()
        window = lease.cache.layers[0]
        window._key_storage.drop_front(2)
        if not half:
            window._value_storage.drop_front(2)
            window.first += 2

    break_while(prefixes, keys, read_and_move)
    with prefixes.lease(keys) as lease:
        assert lease.reused == (500 if half else 600)
        shown, _ = lease.cache.update(*torch.zeros(2, 1, 1, 1, 1), 0)
        assert shown[0, 0, :3, 0].tolist() == keys[lease.reused - 3 : lease.reused]


def test_broken_numbers_are_not_kept_and_that_is_said() -> None:
    prefixes = store()
    with prefixes.lease([1, 2, 3]) as lease:
        fill(lease, 3)
    with pytest.raises(ArithmeticError), prefixes.lease([1, 2, 3, 4]):
        raise ArithmeticError
    with prefixes.lease([1, 2, 3, 4]) as lease:
        assert lease.reused == 0
        assert (
            lease.note
            == "3 tokens were read again: what had been read of them was lost to a fault."
        )


def test_what_is_gone_has_its_reason() -> None:
    one_entry = 2 * 256 * 4
    prefixes = store(budget=one_entry)
    for first in (10, 20):
        with prefixes.lease([first, 1, 2]) as lease:
            fill(lease, 3)
    with prefixes.lease([10, 1, 2, 3]) as lease:
        assert "given up for other conversations" in lease.note
        fill(lease, 4)
        with prefixes.lease([10, 1, 2, 3, 4]) as other:
            assert other.reused == 0
            assert other.note == "4 tokens were read again: another answer is using them."
    prefixes.clear()
    with prefixes.lease([10, 1, 2, 3]) as lease:
        assert "memory ran out" in lease.note


def test_a_turn_aside_that_breaks_leaves_the_conversation_as_it_was() -> None:
    prefixes = store()
    with prefixes.lease([1, 2, 3]) as lease:
        fill(lease, 3)
    break_while(prefixes, [1, 2, 3, 50, 51], lambda lease: fill(lease, 1), aside=True)
    with prefixes.lease([1, 2, 3, 50, 51, 52]) as lease:
        assert lease.reused == 3
        assert held(lease) == [1, 2, 3]


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
