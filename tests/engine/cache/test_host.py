"""Checkpoints are copies in main memory that go back to where they came from."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from engine.cache.host import HOST, put_aside
from engine.cache.kv_cache import KVCache
from engine.cache.layer_kinds import FULL, LINEAR, LayerKind
from engine.cache.linear import LinearLayer, LinearState
from engine.cache.sliding import WindowLayer, WindowState

NOWHERE = torch.device("meta")  # a second device that every machine has, though it holds nothing


def test_what_is_put_aside_is_a_copy_even_in_the_same_memory() -> None:
    tensor = torch.arange(4.0)
    kept = put_aside(tensor)
    tensor += 1
    assert kept.device == HOST
    assert torch.equal(kept, torch.arange(4.0))


def test_what_is_put_aside_leaves_its_device() -> None:
    assert put_aside(torch.ones(3), NOWHERE).device == NOWHERE


def linear_layer() -> LinearLayer:
    layer = LinearLayer()
    layer.update_conv_state(torch.randn(1, 4, 5), conv_kernel_size=3)
    layer.update_recurrent_state(torch.randn(1, 2, 3, 3))
    return layer


def test_states_go_back_to_the_device_they_came_from() -> None:
    layer = linear_layer()
    state = layer.checkpoint()
    assert isinstance(state, LinearState)
    assert state.device == HOST
    layer.restore(5, replace(state, device=NOWHERE))
    assert layer.conv_states[0].device == layer.recurrent_states[0].device == NOWHERE
    again = linear_layer()
    again.restore(5, state)
    assert torch.equal(again.conv_states[0], state.conv[0])
    assert torch.equal(again.recurrent_states[0], state.recurrent[0])


def test_windows_go_back_to_the_device_they_came_from() -> None:
    layer = WindowLayer(4)
    layer.update(*torch.randn(2, 1, 2, 3, 8))
    state = layer.checkpoint()
    assert isinstance(state, WindowState)
    fresh = WindowLayer(4)
    fresh.restore(3, replace(state, device=NOWHERE))
    assert fresh._key_storage.view().device == NOWHERE


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a graphics card")
def test_checkpoints_of_a_card_are_in_main_memory_and_come_back_whole() -> None:
    cache = KVCache([FULL, LINEAR, LayerKind("sliding", 4)])
    for index in (0, 2):
        cache.update(*torch.randn(2, 1, 2, 6, 8, device="cuda"), index)
    cache.update_conv_state(torch.randn(1, 4, 6, device="cuda"), 1, conv_kernel_size=3)
    taken = cache.checkpoint()
    held = cache.layers[1].conv_states[0].clone()
    assert {s.conv[0].device if isinstance(s, LinearState) else s.keys.device
            for s in taken.states if s is not None} == {HOST}  # fmt: skip
    cache.update_conv_state(torch.randn(1, 4, 1, device="cuda"), 1, conv_kernel_size=3)
    cache.restore(taken)
    assert torch.equal(cache.layers[1].conv_states[0], held)
    assert cache.layers[1].conv_states[0].device.type == "cuda"
