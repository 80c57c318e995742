"""Storage that grows in steps shows exactly what was put in."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.api.errors import ModelNotUsable
from engine.cache.kv_cache import GrowingLayer, KVCache


def states(count: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(seed)
    return torch.randn(1, 2, count, 4), torch.randn(1, 2, count, 4)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(1, 400)),
        st.tuples(st.just("cut"), st.floats(0, 1)),
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
            layer.truncate(length)
            keys, values = keys[..., :length, :], values[..., :length, :]
        assert layer.get_seq_length() == layer.length == keys.shape[-2]


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
    cache = KVCache(["full_attention"])
    cache.update(*states(6, 0), 0)
    fork = cache.fork(cache.checkpoint())
    fork.update(*states(2, 1), 0)
    cache.update(*states(1, 2), 0)
    assert (cache.length, fork.length) == (7, 8)
    assert torch.equal(cache.layers[0].keys[..., :6, :], fork.layers[0].keys[..., :6, :])


def test_bytes_are_those_of_the_storage() -> None:
    cache = KVCache(["full_attention"])
    assert cache.nbytes == 0
    cache.update(*states(1, 0), 0)
    assert cache.nbytes == 2 * (1 * 2 * 256 * 4) * 4


def test_layers_that_cannot_be_cut_say_so() -> None:
    cache = KVCache(["conv", "full_attention"])
    cache.update(*states(4, 0), 1)
    assert not cache.truncates_anywhere
    with pytest.raises(ValueError, match="checkpoint"):
        cache.truncate(2)


def test_layers_of_different_length_are_noticed() -> None:
    cache = KVCache(["full_attention", "full_attention"])
    cache.update(*states(4, 0), 0)
    assert not cache.consistent


def test_an_unknown_kind_of_layer_is_refused_by_name() -> None:
    with pytest.raises(ModelNotUsable) as caught:
        KVCache(["full_attention", "holographic"])
    assert "holographic" in caught.value.details
