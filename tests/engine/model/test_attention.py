"""Attention in pieces says what torch's own says, and builds nothing that grows."""

from __future__ import annotations

import dataclasses
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
import torch
from torch.profiler import ProfilerActivity, profile

from engine.api.errors import ModelNotUsable
from engine.cache.int8 import Int8Layer
from engine.cache.kv_cache import KVCache
from engine.cache.layer_kinds import FULL, kept_as
from engine.model import attention
from engine.model.attention import NAME, lower_right
from engine.model.loaded_model import LoadedModel

if TYPE_CHECKING:
    from collections.abc import Sequence

CUTS = [0, 100, 164, 165, 170, 300]
LONG = 20_000
TOKENS = [20 + (i * 37) % 200 for i in range(CUTS[-1])]


class Attending(torch.nn.Module):
    is_causal = True
    num_key_value_groups = 2


def in_chunks(model: LoadedModel, cuts: Sequence[int], kv: str = "full") -> torch.Tensor:
    """Logits of all tokens, read in chunks."""
    cache = KVCache(kept_as(kv, model._layer_kinds))
    positions = model.positions(CUTS[-1], ())
    chunks = [model.verify(TOKENS[a:b], positions[:, a:b], cache) for a, b in pairwise(cuts)]
    return torch.cat(chunks)


@pytest.fixture(params=["tiny_model", "qwen3_vl_model"])
def model(request) -> LoadedModel:
    return request.getfixturevalue(request.param)


def test_language_attends_in_pieces_and_pictures_the_stock_way(model: LoadedModel) -> None:
    config = model.network.config
    assert config.text_config._attn_implementation == NAME
    assert config.vision_config._attn_implementation == "sdpa"


def test_chunks_see_what_they_see_the_stock_way(model: LoadedModel) -> None:
    ours = in_chunks(model, CUTS)
    model.network.set_attn_implementation("sdpa")
    try:
        stock = in_chunks(model, CUTS)
    finally:
        attention.attend_in_pieces(model.network)
    assert (ours - stock).abs().max() < 1e-4


def test_8_bit_numbers_say_nearly_the_same_in_any_chunks(model: LoadedModel) -> None:
    full, whole = in_chunks(model, CUTS), in_chunks(model, [0, CUTS[-1]], "int8")
    chunked = in_chunks(model, CUTS, "int8")
    assert (whole - full).abs().mean() < 0.05 * full.std()
    assert (whole - chunked).abs().mean() < 0.01 * full.std()
    assert (whole - full).abs().max() > 1e-4  # they were really read from 8-bit numbers


def layer_and_query(new: int, dtype: torch.dtype) -> tuple[Int8Layer, torch.Tensor, torch.Tensor]:
    """A layer of several pieces with two heads, its keys as handed out, and four heads' queries."""
    torch.manual_seed(new)
    layer = Int8Layer()
    keys, _ = layer.update(*torch.randn(2, 1, 2, LONG, 16).to(dtype))
    return layer, keys, torch.randn(1, 4, new, 16).to(dtype)


@pytest.mark.parametrize("new", [1, 3, 500])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("masked", [False, True])
def test_a_layer_is_read_in_pieces_and_whole_alike(
    new: int, dtype: torch.dtype, *, masked: bool
) -> None:
    layer, keys, query = layer_and_query(new, dtype)
    mask = lower_right(new, LONG, query.device)
    # With a mask, as on a graphics card, the stock attention reads the layer whole.
    ours, _ = attention._attention(
        Attending(), query, keys, keys, mask if masked else None, scaling=0.3
    )
    key, value = (x.repeat_interleave(2, 1) for x in layer.whole())
    right = torch.nn.functional.scaled_dot_product_attention(
        query, key, value, attn_mask=mask, scale=0.3
    ).transpose(1, 2)
    assert ours.dtype == dtype
    assert ours.shape == right.shape
    assert (ours - right).abs().max() < (1e-5 if dtype == torch.float32 else 2e-2)


def test_without_a_kernel_for_it_attention_still_sees_the_right_tokens() -> None:
    layer = Int8Layer()
    torch.manual_seed(0)
    key, value = torch.randn(1, 2, 40, 16), torch.randn(1, 2, 40, 8)
    keys, values = layer.update(key, value)
    query = torch.randn(1, 4, 5, 16)
    ours, _ = attention._attention(Attending(), query, keys, values, None, scaling=0.25)
    true_key, true_value = (x.repeat_interleave(2, 1) for x in layer.whole())
    right = torch.nn.functional.scaled_dot_product_attention(
        query, true_key, true_value, attn_mask=lower_right(5, 40, query.device), scale=0.25
    ).transpose(1, 2)
    assert (ours - right).abs().max() < 1e-5


@pytest.mark.parametrize("kv", ["full", "int8"])
def test_a_chunk_builds_nothing_that_grows_with_what_was_read(tiny_model, kv: str) -> None:
    def most_bytes(past: int) -> int:
        """The largest single piece of memory taken while a chunk of 64 is read."""
        cache = KVCache(kept_as(kv, tiny_model._layer_kinds))
        positions = tiny_model.positions(past + 64, ())
        cache.reserve(past + 64)
        tiny_model.forward(TOKENS[:64], positions[:, :64], cache)
        for index, kind in enumerate(tiny_model._layer_kinds):
            if kind == FULL:
                cache.update(*torch.randn(2, 1, 2, past - 64, 16), index)
        with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as seen:
            tiny_model.forward(TOKENS[:64], positions[:, past : past + 64], cache)
        return max(event.self_cpu_memory_usage for event in seen.events())

    assert most_bytes(30_000) <= 1.1 * most_bytes(3_000) + 2**20


def test_a_model_with_an_attention_of_its_own_keeps_it_and_reads_no_8_bit_numbers(
    tiny_model, load
) -> None:
    model = load(tiny_model.info.folder)
    model.network.set_attn_implementation("eager")
    assert not attention.attend_in_pieces(model.network)
    assert model.network.config.text_config._attn_implementation == "eager"
    info = dataclasses.replace(model.info, kv="int8")
    with pytest.raises(ModelNotUsable, match="8-bit"):
        LoadedModel(model.network, model._hf_tokenizer, model._family, info, model.stop_tokens)


@pytest.mark.parametrize("total", [60, 2_000, 80_000])
@pytest.mark.parametrize("new", [1, 5, 16, 17])
@pytest.mark.parametrize(
    ("dtype", "most_off"), [(torch.float32, 1e-5), (torch.bfloat16, 0.01)], ids=str
)
def test_few_and_many_rows_see_what_they_see_at_any_length(
    dtype: torch.dtype, most_off: float, new: int, total: int
) -> None:
    """Whichever kernel is the fastest: against torch's own in float32."""
    torch.manual_seed(new)
    key, value = torch.randn(2, 1, 2, total, 16).to(dtype)
    query = torch.randn(1, 6, new, 16).to(dtype)
    ours, _ = attention._attention(Attending(), query, key, value, None, scaling=0.3)
    mask = lower_right(new, total, query.device)
    whole_key, whole_value = (x.float().repeat_interleave(3, 1) for x in (key, value))
    right = torch.nn.functional.scaled_dot_product_attention(
        query.float(), whole_key, whole_value, attn_mask=mask, scale=0.3
    ).transpose(1, 2)
    assert ours.shape == right.shape
    assert (ours.float() - right).norm() < most_off * right.norm()
