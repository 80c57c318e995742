"""The planner's parts are those of real caches and weights, and its choices follow from them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.api.errors import OutOfMemory
from engine.cache.kv_cache import KVCache
from engine.cache.layer_kinds import kept_as
from engine.cache.linear import LinearLayer
from engine.model.device import Placement
from engine.model.families.table import adapter_for
from engine.model.fitting import plan_context
from engine.model.folder import check_folder
from engine.model.plan import GB, LayerShape, ModelShape, Target, plan
from engine.model.shape import model_shape
from engine.model.weights.read import prepare_weights
from engine.paths import starter_model_dir

if TYPE_CHECKING:
    from pathlib import Path

    from engine.model.loaded_model import LoadedModel

FULL = LayerShape(heads=4, head_size=64)
SHAPE = ModelShape(
    layers=(FULL, LayerShape(heads=4, head_size=64, window=1024), FULL, LayerShape(0, 0, None, 9)),
    packed_values=90_000_000,
    other_values=10_000_000,
    largest_matrix=4_000_000,
    live_values=10_000,
    query_values=512,
    vocabulary=32_000,
    max_context=200_000,
)
TARGET = Target("cpu", 4, "full", 256)


def shape_of(folder: Path, weights: str = "full") -> ModelShape:
    checked = check_folder(folder)
    family = adapter_for(checked)
    prepared = prepare_weights(checked, family, replace(placement(), weights=weights))
    return model_shape(checked, family, prepared)


@pytest.fixture(params=["tiny_model", "qwen3_vl_model"])
def model(request) -> LoadedModel:
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("kv", ["full", "int8"])
@pytest.mark.parametrize("tokens", [1, 255, 600, 700])
def test_what_was_read_takes_what_was_planned(model: LoadedModel, kv: str, tokens: int) -> None:
    cache = KVCache(kept_as(kv, model._layer_kinds))
    cache.reserve(tokens)
    positions = model.positions(tokens, ())
    for start in range(0, tokens, 256):
        end = min(tokens, start + 256)
        model.forward([40] * (end - start), positions[:, start:end], cache)
    planned = plan(shape_of(model.info.folder), TARGET, 2**40, tokens, kv)
    states = sum(x.nbytes for x in cache.layers if isinstance(x, LinearLayer))
    assert planned.state_bytes == states
    assert planned.kv_bytes == cache.nbytes - states


@pytest.mark.parametrize("weights", ["full", "int4pack", "bnb_nf4"])
def test_weights_take_about_what_was_planned(load, weights: str) -> None:
    loaded = load(starter_model_dir(), weights)
    planned = plan(shape_of(starter_model_dir(), weights), replace(TARGET, weights=weights), 2**40)
    assert planned.weight_bytes == pytest.approx(loaded.info.weight_bytes, rel=0.05)


def test_a_loaded_model_says_what_its_context_takes(tiny_model: LoadedModel) -> None:
    info = tiny_model.info
    assert info.kv == "full"
    assert info.max_context == 2048
    assert info.context_plan.startswith("A context of 2,048 tokens takes ")


@given(st.integers(0, 8 * GB), st.integers(1, 300_000), st.sampled_from(["full", "int8"]))
def test_what_fits_fits_and_one_token_more_does_not(free: int, wished: int, kv: str) -> None:
    made = plan(SHAPE, TARGET, free, wished, kv)
    assert 0 <= made.most_tokens <= SHAPE.max_context
    if made.most_tokens:
        longest = plan(SHAPE, TARGET, free, made.most_tokens, kv)
        assert longest.tokens == made.most_tokens
        assert longest.total_bytes - longest.weight_bytes <= 0.65 * (free - longest.weight_bytes)
        assert made.tokens == min(wished, made.most_tokens)
    if made.most_tokens < SHAPE.max_context:
        beyond = plan(SHAPE, TARGET, 2**50, made.most_tokens + 1, kv)
        assert beyond.total_bytes - beyond.weight_bytes > 0.65 * (free - beyond.weight_bytes)
        assert any(f"{SHAPE.max_context:,}" in note or "fit" in note for note in made.notes)


@given(st.integers(0, 4 * GB), st.integers(0, GB))
def test_more_memory_never_holds_less(free: int, more: int) -> None:
    assert plan(SHAPE, TARGET, free).most_tokens <= plan(SHAPE, TARGET, free + more).most_tokens


def test_8_bits_hold_nearly_four_times_as_much_as_fp32() -> None:
    tight = 4 * 10**8 + GB // 3
    full, small = (plan(SHAPE, TARGET, tight, None, kv).most_tokens for kv in ("full", "int8"))
    assert 2.5 * full < small < 4 * full


def test_8_bits_are_chosen_only_for_a_wish_that_does_not_fit_otherwise() -> None:
    tight = 4 * 10**8 + GB // 2
    holds = plan(SHAPE, TARGET, tight).most_tokens
    assert holds < SHAPE.max_context
    assert plan(SHAPE, TARGET, tight).kv == "full"
    assert plan(SHAPE, TARGET, tight, holds).kv == "full"
    beyond = plan(SHAPE, TARGET, tight, holds + 1)
    assert beyond.kv == "int8"
    assert any("8-bit" in note for note in beyond.notes)
    assert beyond.tokens == holds + 1
    assert plan(SHAPE, TARGET, tight, holds + 1, "full").kv == "full"


def test_the_sentence_adds_up() -> None:
    made = plan(SHAPE, TARGET, 2**40, 190_000)
    sizes = [float(word) for word in made.sentence.split() if word.replace(".", "").isdigit()]
    assert made.sentence.startswith("A context of 190,000 tokens takes 1.")
    assert sizes[0] == pytest.approx(sum(sizes[1:]), abs=0.21)
    assert "MB" in plan(replace(SHAPE, packed_values=0), TARGET, 2**40, 100).sentence


def test_a_wish_beyond_what_the_model_declares_is_told() -> None:
    made = plan(SHAPE, TARGET, 2**40, 300_000)
    assert made.tokens == SHAPE.max_context
    assert "The model holds 200,000 tokens at most." in made.notes


def test_a_card_also_holds_what_its_attention_builds() -> None:
    here = plan(SHAPE, replace(TARGET, number_bytes=2), 2**40, 50_000)
    card = plan(SHAPE, Target("cuda", 2, "full", 256), 2**40, 50_000)
    assert card.checkpoint_bytes == 0 < here.checkpoint_bytes
    assert card.working_bytes - here.working_bytes >= 50_000 * 256 * 3


def placement() -> Placement:
    return Placement(torch.device("cpu"), "a processor", torch.float32, "sdpa", "full", "")


def test_a_model_gets_the_context_that_fits_and_says_why(lfm2_folder: Path) -> None:
    folder = check_folder(lfm2_folder)
    family = adapter_for(folder)
    ready = prepare_weights(folder, family, placement())
    room = plan_context(folder, family, placement(), ready, 2**40)
    assert (room.most_tokens, room.notes) == (2048, ())
    part = room.kv_bytes // 2
    free = room.weight_bytes + int((room.total_bytes - room.weight_bytes - part) / 0.65)
    tight = plan_context(folder, family, placement(), ready, free)
    assert 0 < tight.most_tokens < 2048
    assert f"{tight.most_tokens:,} tokens" in tight.notes[0]
    wished = plan_context(folder, family, placement(), ready, free, 2048)
    assert (wished.kv, wished.most_tokens) == ("int8", 2048)


def test_a_model_that_cannot_fit_is_refused_with_the_figures(lfm2_folder: Path) -> None:
    folder = check_folder(lfm2_folder)
    family = adapter_for(folder)
    ready = prepare_weights(folder, family, placement())
    with pytest.raises(OutOfMemory, match="5 MB of memory are free"):
        plan_context(folder, family, placement(), ready, 5 * 2**20)
