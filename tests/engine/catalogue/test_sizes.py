"""Dimensions from config.json alone: the same as those that transformers makes of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_checkpoints import FAMILIES, build_text_model

from engine.api.errors import ModelNotUsable
from engine.catalogue.entries import catalogue
from engine.catalogue.sizes import text_sizes
from engine.model.families.table import adapter_for
from engine.model.folder import ModelFolder, check_folder
from engine.model.shape import model_shape
from engine.model.sizes import Counts, shape_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", FAMILIES)
def test_a_tiny_checkpoint_of_every_family(name: str, tmp_path: Path) -> None:
    folder = check_folder(FAMILIES[name](tmp_path / "model"))
    whole = model_shape(folder, adapter_for(folder))
    sizes = text_sizes(folder.config)
    assert shape_of(sizes, Counts(folder.values)) == whole


@pytest.mark.parametrize("entry", catalogue().models, ids=lambda entry: entry.id)
def test_every_entry_of_the_catalogue(entry, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(entry.config), encoding="utf-8")
    folder = ModelFolder(tmp_path, entry.config, {}, (), entry.parameters)
    whole = model_shape(folder, adapter_for(folder))
    assert shape_of(text_sizes(entry.config), Counts(entry.parameters)) == whole


def test_a_model_of_text_alone(tmp_path: Path) -> None:
    folder = check_folder(build_text_model(tmp_path / "model", "qwen3"))
    whole = model_shape(folder, adapter_for(folder))
    assert shape_of(text_sizes(folder.config), Counts(folder.values)).layers == whole.layers


def test_settings_that_stand_at_the_top() -> None:
    entry = catalogue().find("qwen2.5-vl-7b")
    assert entry is not None
    flat = {**entry.config, **entry.config["text_config"], "model_type": "qwen2_5_vl"}
    del flat["text_config"]
    assert text_sizes(flat) == text_sizes(entry.config)


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)
NAMES = (
    "model_type",
    "text_config",
    "hidden_size",
    "num_hidden_layers",
    "layer_types",
    "head_dim",
    "sliding_window",
    "num_kv_shared_layers",
    "full_attn_idxs",
)


@given(
    st.dictionaries(st.sampled_from(NAMES), JSON | st.sampled_from(["gemma3", "qwen3_5"])),
    st.sampled_from([entry.config for entry in catalogue().models]),
)
def test_whatever_a_config_says_it_is_read_or_refused(
    damage: dict[str, Any], config: dict[str, Any]
) -> None:
    nested = {**config, "text_config": {**config["text_config"], **damage}}
    for settings in (nested, {**config, **damage}):
        try:
            sizes = text_sizes(settings)
        except ModelNotUsable as refused:
            assert refused.sentence  # noqa: PT017 - read or refused, and nothing else
        else:
            assert all(layer.head_size >= 0 for layer in sizes.layers)
