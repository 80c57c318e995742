"""Keys and values as 8-bit numbers: close to what came in, and the same however they came."""

from __future__ import annotations

import gc
import weakref

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.cache.full import GrowingLayer
from engine.cache.int8 import HELD_BY, Int8Layer, to_int8
from engine.cache.kv_cache import KVCache
from engine.cache.layer_kinds import FULL, LINEAR, LayerKind, kept_as

INT8 = LayerKind("full", int8=True)


def states(count: int, seed: int, size: int = 8) -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(seed)
    return 5 * torch.randn(1, 2, count, size), torch.randn(1, 2, count, size) / 100


@given(st.floats(1e-30, 1e30), st.integers(0, 9))
def test_no_number_moves_by_more_than_half_a_scale(largest: float, seed: int) -> None:
    torch.manual_seed(seed)
    wanted = torch.randn(3, 5, 16)
    wanted *= largest / wanted.abs().max()
    numbers, scales = to_int8(wanted)
    assert numbers.dtype == torch.int8
    error = (numbers.float() * scales.float() - wanted).abs()
    assert (error <= 0.5001 * scales.float()).all()
    assert (scales.float() * 126 <= wanted.abs().amax(-1, keepdim=True)).all()


def test_nothing_stays_nothing_and_no_number_stays_none() -> None:
    numbers, scales = to_int8(torch.zeros(1, 4))
    assert not (numbers.float() * scales.float()).any()
    _, scales = to_int8(torch.tensor([[1.0, torch.nan]]))
    assert scales.isnan().all()


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
def test_any_history_reads_as_every_token_by_itself(history: list[tuple[str, float]]) -> None:
    layer = Int8Layer()
    keys = values = torch.empty(1, 2, 0, 8)
    for number, (act, amount) in enumerate(history):
        length = int(keys.shape[-2] * amount)
        if act == "add":
            added = states(int(amount), number)
            shown = layer.update(*added)
            keys, values = (
                torch.cat([a, b], -2) for a, b in zip((keys, values), added, strict=True)
            )
            assert shown[0].shape == keys.shape
        elif act == "cut":
            layer.truncate(length)
            keys, values = keys[..., :length, :], values[..., :length, :]
        else:
            layer = layer.fork(length)
            keys, values = keys[..., :length, :], values[..., :length, :]
        assert layer.get_seq_length() == layer.length == keys.shape[-2]
    for kept, wanted in zip(layer.whole() if layer.length else (), (keys, values), strict=False):
        numbers, scales = to_int8(wanted)
        assert torch.equal(kept, numbers.float() * scales.float())


@pytest.mark.parametrize("size", [1, 7, 100, 1_000])
def test_pieces_together_are_the_whole(size: int) -> None:
    layer = Int8Layer()
    layer.update(*states(333, 0))
    pieces = [(k.clone(), v.clone()) for k, v in layer.pieces(20, 310, size)]
    assert all(k.shape[-2] <= size for k, _ in pieces)
    for at, whole in enumerate(layer.whole()):
        together = torch.cat([piece[at] for piece in pieces], -2)
        assert torch.equal(together, whole[..., 20:310, :])


def test_a_piece_is_all_that_ever_stands_in_full_precision() -> None:
    layer = Int8Layer()
    layer.update(*states(4_000, 0))
    places = {k.data_ptr() for k, _ in layer.pieces(0, 4_000, 64)}
    assert len(places) == 1


def test_what_is_handed_out_cannot_be_taken_for_keys() -> None:
    keys, values = Int8Layer().update(*states(5, 0))
    assert keys.isnan().all()
    assert values.isnan().all()
    assert keys.untyped_storage().nbytes() == 4
    assert isinstance(getattr(keys, HELD_BY), Int8Layer)


def test_a_layer_goes_at_once_when_nobody_holds_it() -> None:
    layer = Int8Layer()
    layer.update(*states(5, 0))
    gone = weakref.ref(layer)
    gc.disable()
    try:
        del layer
        assert gone() is None
    finally:
        gc.enable()


@pytest.mark.parametrize(
    ("dtype", "size", "most"),
    [(torch.float32, 32, 0.27), (torch.bfloat16, 32, 0.55), (torch.bfloat16, 128, 0.51)],
)
def test_it_takes_about_half_the_bytes_of_bfloat16(
    dtype: torch.dtype, size: int, most: float
) -> None:
    kept = [states.to(dtype) for states in states(1_000, 0, size)]
    small, full = Int8Layer(), GrowingLayer()
    small.update(*kept)
    full.update(*kept)
    assert small.nbytes / full.nbytes <= most


def test_storage_reserved_is_storage_that_does_not_grow_again() -> None:
    layer = Int8Layer()
    layer.reserve(5_000)
    layer.update(*states(300, 0))
    reserved = layer.nbytes
    for step in range(15):
        layer.update(*states(300, step))
    assert layer.nbytes == reserved


def test_a_draft_is_dropped_and_a_fork_goes_its_own_way() -> None:
    cache = KVCache([INT8])
    cache.update(*states(6, 0), 0)
    before = [x.clone() for x in cache.layers[0].whole()]
    cache.begin()
    cache.update(*states(4, 1), 0)
    cache.commit(1)
    assert cache.length == 7
    fork = cache.fork(cache.checkpoint())
    fork.truncate(6)
    fork.update(*states(2, 2), 0)
    assert (cache.length, fork.length) == (7, 8)
    for mine, theirs, old in zip(
        cache.layers[0].whole(), fork.layers[0].whole(), before, strict=True
    ):
        assert torch.equal(mine[..., :6, :], old)
        assert torch.equal(theirs[..., :6, :], old)


def test_only_full_layers_are_kept_so() -> None:
    window = LayerKind("sliding", 8)
    assert kept_as("int8", [FULL, LINEAR, window]) == (INT8, LINEAR, window)
    assert kept_as("full", [INT8]) == (FULL,)
    with pytest.raises(ValueError, match="8-bit"):
        LayerKind("linear", int8=True)
