"""Storage that grows in steps shows exactly what was put in."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.cache.full import GrowingLayer
from engine.cache.kv_cache import KVCache
from engine.cache.layer_kinds import FULL, LINEAR, LayerKind
from engine.cache.sliding import WindowLayer


def states(count: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(seed)
    return torch.randn(1, 2, count, 4), torch.randn(1, 2, count, 4)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(1, 400)),
        st.tuples(st.just("cut"), st.floats(0, 1)),
        st.tuples(st.just("fork"), st.floats(0, 1)),
    ),
    max_size=12,
)


@settings(deadline=None)
@given(steps)
def test_any_history_reads_as_plain_concatenation(history: list[tuple[str, float]]) -> None:
    layer = GrowingLayer()
    keys = values = torch.empty(1, 2, 0, 4)
    for number, (act, amount) in enumerate(history):
        if act == "add":
            k, v = states(int(amount), number)
            shown_keys, shown_values = layer.update(k, v)
            keys, values = torch.cat([keys, k], -2), torch.cat([values, v], -2)
            assert torch.equal(shown_keys, keys)
            assert torch.equal(shown_values, values)
        else:
            length = int(keys.shape[-2] * amount)
            keys, values = keys[..., :length, :], values[..., :length, :]
            if act == "cut":
                layer.truncate(length)
            else:
                layer = layer.fork(length)
        assert layer.get_seq_length() == layer.length == layer.surely_held == keys.shape[-2]


def test_a_decode_step_within_capacity_moves_no_storage() -> None:
    layer = GrowingLayer()
    layer.update(*states(10, 0))
    before = layer.keys.data_ptr()
    for step in range(200):
        layer.update(*states(1, step))
    assert layer.keys.data_ptr() == before


def test_truncating_forward_is_refused() -> None:
    layer = GrowingLayer()
    layer.update(*states(3, 0))
    with pytest.raises(ValueError, match="cannot truncate"):
        layer.truncate(4)


def test_a_fork_goes_its_own_way() -> None:
    cache = KVCache([FULL])
    cache.update(*states(6, 0), 0)
    fork = cache.fork(cache.checkpoint())
    fork.update(*states(2, 1), 0)
    cache.update(*states(1, 2), 0)
    assert (cache.length, fork.length) == (7, 8)
    assert torch.equal(cache.layers[0].keys[..., :6, :], fork.layers[0].keys[..., :6, :])


def test_bytes_are_those_of_the_storage() -> None:
    cache = KVCache([FULL])
    assert cache.nbytes == 0
    cache.update(*states(1, 0), 0)
    assert cache.nbytes == 2 * (1 * 2 * 256 * 4) * 4


def test_layers_that_cannot_be_cut_say_so() -> None:
    cache = KVCache([LINEAR, FULL])
    cache.update(*states(4, 0), 1)
    assert not cache.truncates_anywhere
    with pytest.raises(ValueError, match="checkpoint"):
        cache.truncate(2)


def test_layers_of_different_length_are_noticed() -> None:
    cache = KVCache([FULL, FULL])
    cache.update(*states(4, 0), 0)
    assert not cache.consistent


class WindowAndOracle:
    """A window layer beside the plain list of everything it was given."""

    def __init__(self) -> None:
        self.layer = WindowLayer(9)
        self.keys = torch.empty(1, 2, 0, 4)
        self.mark: tuple[int, object, torch.Tensor] | None = None

    def add(self, count: int) -> None:
        k, v = states(count, self.layer.length)
        start = self.keys.shape[-2]
        length, offset = self.layer.get_mask_sizes(count)
        shown, values = self.layer.update(k, v)
        self.keys = torch.cat([self.keys, k], -2)
        seen = self.keys[..., max(0, start - 8) :, :]
        assert torch.equal(shown, seen)
        assert values.shape == seen.shape
        assert (length, offset) == (seen.shape[-2], max(0, start - 8))

    def cut(self, count: int) -> None:
        length = self.layer.length - count
        if length > 0 and self.layer.floor <= length:
            self._cut_to(length)

    def draft(self, count: int) -> None:
        self.layer.begin()
        start = self.layer.length
        self.add(count)
        self._cut_to(start + (count + 1) // 2)

    def remember(self, _count: int) -> None:
        self.mark = self.layer.length, self.layer.checkpoint(), self.keys

    def go_back(self, _count: int) -> None:
        if self.mark is not None:
            self.layer.restore(self.mark[0], self.mark[1])
            self.keys = self.mark[2]

    def fork(self, _count: int) -> None:
        self.layer = self.layer.fork(self.layer.length)

    def _cut_to(self, length: int) -> None:
        self.layer.truncate(length)
        self.keys = self.keys[..., :length, :]
        if self.mark is not None and length < self.mark[0]:
            self.mark = None  # what was marked is no part of this layer's past any more


window_acts = st.sampled_from(["add", "cut", "draft", "remember", "go_back", "fork"])


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(window_acts, st.integers(1, 40)), max_size=30))
def test_a_window_always_shows_what_the_new_tokens_see(history: list[tuple[str, int]]) -> None:
    both = WindowAndOracle()
    both.add(3)
    for act, count in history:
        getattr(both, act)(count)
        assert both.layer.length == both.layer.get_seq_length() == both.keys.shape[-2]
        assert both.layer.floor <= both.layer.length


def test_a_window_keeps_about_twice_its_size_however_long_the_text() -> None:
    layer = WindowLayer(300)
    for step in range(5_000):
        layer.update(*states(1, step))
    assert layer.length == 5_000
    assert layer.nbytes <= 2 * (2 * 768 * 4) * 4
    assert 0 < layer.floor < layer.length


def test_a_draft_longer_than_the_room_left_can_still_be_dropped() -> None:
    layer = WindowLayer(8)
    layer.update(*states(600, 0))
    before = layer.keys[..., -7:, :].clone()
    layer.begin()
    layer.update(*states(400, 1))
    layer.truncate(600)
    shown, _ = layer.update(*states(1, 2))
    assert torch.equal(shown[..., :-1, :], before)


def test_a_window_says_from_where_a_checkpoint_is_needed() -> None:
    cache = KVCache([LayerKind("sliding", 8), FULL])
    for index in range(2):
        cache.update(*states(300, index), index)
    marked = cache.checkpoint()
    for index in range(2):
        cache.update(*states(300, index), index)
    assert not cache.can_truncate(250)
    with pytest.raises(ValueError, match="checkpoint"):
        cache.truncate(250)
    cache.restore(marked)
    assert cache.length == 300
    assert cache.consistent


def test_only_a_sliding_layer_has_a_window() -> None:
    with pytest.raises(ValueError, match="window"):
        LayerKind("sliding")
    with pytest.raises(ValueError, match="window"):
        LayerKind("full", 8)
