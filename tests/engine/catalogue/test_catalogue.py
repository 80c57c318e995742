"""The shipped list: complete, true to what the engine counts, honest about what is not known."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.catalogue.entries import catalogue
from engine.catalogue.files import NotAModel, RemoteFile, is_wanted, wanted_files
from engine.catalogue.fit import CONTEXTS, Place, fit_entry, place_of
from engine.catalogue.recommend import recommended
from engine.machine import Gpu, Machine
from engine.model.device import Placement
from engine.model.families.table import FAMILIES
from engine.model.folder import ModelFolder
from engine.model.weights.read import prepare_weights

if TYPE_CHECKING:
    from pathlib import Path

GB = 1024**3
CARD = Place("cuda", 8 * GB, "bnb_nf4")


def machine(card_gb: int | None, memory_gb: int = 16, disk_gb: int = 200) -> Machine:
    cards = () if card_gb is None else (Gpu("A card", card_gb * GB, "580"),)
    return Machine("Linux", "A processor", 6, 12, memory_gb * GB, 8 * GB, disk_gb * GB, cards)


def test_the_list_is_long_enough_and_its_ids_differ() -> None:
    entries = catalogue().models
    assert len(entries) >= 8
    assert len({entry.id for entry in entries}) == len(entries)
    assert {entry.family for entry in entries} >= {"Qwen3.5", "Qwen3-VL", "Gemma 4", "LFM2-VL"}


@pytest.mark.parametrize("entry", catalogue().models, ids=lambda entry: entry.id)
def test_every_fact_says_where_it_is_from(entry) -> None:
    told = {"parameters", "licence", "context", "revision", "download", "config"}
    assert told <= entry.sources.keys()
    assert re.fullmatch(r"[A-Z]\S+-\S+|MIT", entry.licence.id)
    assert entry.licence.link.startswith("https://")
    assert ("draft" in entry.sources) == (entry.draft is not None)
    for source in entry.downloads:
        assert source.revision is None or re.fullmatch(r"[0-9a-f]{40}", source.revision)
        assert (source.bytes is None) == (source.basis is None)


@pytest.mark.parametrize("entry", catalogue().models, ids=lambda entry: entry.id)
def test_counts_are_those_of_the_engine(entry, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(entry.config), encoding="utf-8")
    folder = ModelFolder(tmp_path, entry.config, {}, (), 0)
    family = FAMILIES[entry.config["model_type"]](entry.config, {})
    for weights, device in (("bnb_nf4", "cuda"), ("int4pack", "cpu")):
        placement = Placement(torch.device(device), "", torch.bfloat16, "eager", weights, "")
        prepared = prepare_weights(folder, family, placement)
        counted = entry.counts[weights]
        assert prepared.parameters == entry.parameters
        assert prepared.packed_values == counted.packed
        assert prepared.largest_matrix == counted.largest
        assert (prepared.head_values, prepared.tied) == (counted.head, counted.tied)


@pytest.mark.parametrize("entry", catalogue().models, ids=lambda entry: entry.id)
def test_a_fit_grows_with_the_context(entry) -> None:
    fits = [fit_entry(entry, CARD, tokens) for tokens in CONTEXTS]
    needs = [fit.needed_bytes for fit in fits]
    assert needs == sorted(needs)
    for fit in fits:
        assert fit.needed_bytes == fit.weight_bytes + fit.context_bytes + fit.working_bytes
        assert (fit.word == "does not fit") == (fit.needed_bytes > 8 * GB)
        assert (fit.word == "fits") == (fit.holds_tokens >= fit.tokens)
        assert bool(fit.consequence) == (fit.word != "fits")


def test_what_cannot_be_known_is_not_said() -> None:
    entry = catalogue().models[0]
    fit = fit_entry(entry, Place("cpu", None, "int4pack"), 8_000)
    assert fit.word == "unknown"
    assert fit.left_bytes is None


@pytest.mark.parametrize(
    ("described", "offered"),
    [
        (machine(8), "qwen3.5-4b"),
        (machine(16), "qwen3.5-9b"),
        (machine(4), "qwen3.5-2b"),
        (machine(None, 16), "qwen3.5-4b"),
        (machine(None, 4), "qwen3.5-0.8b"),
        (machine(8, disk_gb=4), "qwen3.5-0.8b"),
        (machine(None, 1), None),
    ],
)
def test_what_is_offered_first(described: Machine, offered: str | None) -> None:
    entry = recommended(catalogue(), described)
    assert (entry.id if entry else None) == offered


def test_the_largest_card_counts() -> None:
    cards = (Gpu("A small card", 4 * GB, "580"), Gpu("A large card", 24 * GB, "580"))
    described = Machine("Linux", "A processor", 6, 12, 16 * GB, None, None, cards)
    assert place_of(described).memory_bytes == 24 * GB


def test_a_card_takes_packed_weights_and_a_processor_whole_ones() -> None:
    entry = catalogue().find("Qwen/Qwen3-VL-4B-Instruct")
    assert entry is not None
    assert entry.source(for_card=True).format == "bnb_nf4"
    assert entry.source(for_card=False).repository == "Qwen/Qwen3-VL-4B-Instruct"


SHA = "a" * 64
FILES = st.builds(
    RemoteFile,
    st.text(max_size=20) | st.sampled_from(["model.safetensors", "config.json", "../x.json"]),
    st.integers(-5, 2**45),
    st.none() | st.just(SHA) | st.text(max_size=5),
    st.none() | st.just("b" * 40),
)


@given(st.lists(FILES, max_size=6))
def test_a_list_of_files_is_taken_or_refused(listed: list[RemoteFile]) -> None:
    try:
        files = wanted_files(listed)
    except NotAModel:
        return
    assert any(file.name.endswith(".safetensors") for file in files)
    for file in files:
        assert not {"/", "\\", "\0"} & set(file.name)
        assert file.name not in {".", ".."}
        assert file.size >= 0
        assert file.sha256 or file.blob


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("model-00001-of-00002.safetensors", True),
        ("chat_template.jinja", True),
        ("LICENSE.md", True),
        ("pytorch_model.bin", False),
        ("onnx/model.json", False),
        ("modeling_own.py", False),
        ("../config.json", False),
        ("config.json\n", False),
    ],
)
def test_which_files_are_wanted(name: str, wanted: bool) -> None:
    assert is_wanted(name) == wanted
