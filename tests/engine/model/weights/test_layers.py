"""Which layers are packed: by name, by size, and never one that is used in two places."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
import torch

from engine.api.errors import ModelNotUsable
from engine.model.folder import check_folder
from engine.model.weights.int4pack import Int4Pack
from engine.model.weights.layers import Layers, asked_to_keep, choose_layers

if TYPE_CHECKING:
    from pathlib import Path


class Network(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding = torch.nn.Embedding(64, 32)
        self.tower = torch.nn.ModuleDict({"q_proj": torch.nn.Linear(32, 32)})
        self.layers = torch.nn.ModuleList(
            torch.nn.ModuleDict({"q_proj": torch.nn.Linear(32, 32), "odd": torch.nn.Linear(33, 32)})
            for _ in range(3)
        )
        self.head = torch.nn.Linear(32, 64, bias=False)
        self.head.weight = self.embedding.weight


def chosen(*keep: str) -> Layers:
    return choose_layers(Network(), keep, Int4Pack(2))


def test_layers_are_sorted_by_name_and_size() -> None:
    layers = chosen("tower")
    assert layers.packed == ("layers.0.q_proj", "layers.1.q_proj", "layers.2.q_proj")
    assert layers.unsuited == ("layers.0.odd", "layers.1.odd", "layers.2.odd")
    assert layers.kept == ("tower",)


@pytest.mark.parametrize(
    ("entry", "packed"),
    [
        ("layers.1", {"layers.0.q_proj", "layers.2.q_proj"}),
        ("layers.1.q_proj", {"layers.0.q_proj", "layers.2.q_proj"}),
        ("*.q_proj", set()),
        ("layers.*.q_proj", {"tower.q_proj"}),
        ("layers.[02]", {"layers.0.q_proj", "layers.1.q_proj", "layers.2.q_proj", "tower.q_proj"}),
    ],
)
def test_names_reach_what_is_below_them_and_may_have_stars(entry: str, packed: set[str]) -> None:
    expected = packed | ({"tower.q_proj"} if entry.startswith("layers.1") else set())
    assert set(chosen(entry).packed) == expected


def test_what_stays_is_said_and_so_is_a_name_that_means_nothing() -> None:
    first, second, third = chosen("tower", "layers.9").notes("multiples of 32 and 16")
    assert first == "In full precision: tower."
    assert "layers.0.odd, layers.1.odd, layers.2.odd." in second
    assert "multiples of 32 and 16" in second
    assert "layers.9" in third
    (short,) = choose_layers(torch.nn.Sequential(*(torch.nn.Linear(1, 1) for _ in range(5))), (),
                             Int4Pack(2)).notes("even")  # fmt: skip
    assert short.endswith("0, 1, 2 and 2 more.")


@pytest.fixture
def folder(lfm2_folder: Path, tmp_path: Path) -> Path:
    return shutil.copytree(lfm2_folder, tmp_path / "model")


def test_a_folder_names_layers_in_either_file(folder: Path) -> None:
    assert asked_to_keep(check_folder(folder)) == ()
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "tanka": {"keep": ["a.b"]}}))
    (folder / "tanka.json").write_text('{"keep": ["c.*"], "whatever": 1}')
    assert asked_to_keep(check_folder(folder)) == ("a.b", "c.*")


@pytest.mark.parametrize(
    "content", ["", "[]", '{"keep": "a"}', '{"keep": [1]}', '{"keep": {}}', " " * 70_000]
)
def test_names_that_cannot_be_read_refuse_the_model(folder: Path, content: str) -> None:
    (folder / "tanka.json").write_text(content)
    with pytest.raises(ModelNotUsable, match=r"tanka\.json") as caught:
        asked_to_keep(check_folder(folder))
    assert "keep" in caught.value.sentence
