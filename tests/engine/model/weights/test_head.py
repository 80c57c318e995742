"""A model's prediction head is read, packed and kept on disk like its other parts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import torch
from safetensors.torch import load_file, save_file
from tiny_checkpoints import build_qwen3_5
from tiny_checkpoints.mtp import put_head

from engine.cache.full import GrowingLayer
from engine.model.weights.int4pack import Int4Linear

if TYPE_CHECKING:
    from pathlib import Path

    from engine.model.loaded_model import LoadedModel

SIZE = 64


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return build_qwen3_5(tmp_path / "model", head=True)


def published(folder: Path) -> dict[str, torch.Tensor]:
    tensors = load_file(folder / "model.safetensors")
    return {n.removeprefix("mtp."): t for n, t in tensors.items() if n.startswith("mtp.")}


def outputs(model: LoadedModel) -> torch.Tensor:
    hidden = torch.randn(5, SIZE, generator=torch.Generator().manual_seed(0))
    positions = model.positions(5, ())
    assert model.draft_head is not None
    return model.draft_head.read([1, 2, 3, 4, 5], hidden, positions, GrowingLayer())[0]


def test_every_published_tensor_is_used_as_it_is(folder: Path, load) -> None:
    model = load(folder)
    held = model.network.mtp.state_dict()
    expected = published(folder)
    assert held.keys() == expected.keys()
    assert all(torch.equal(held[name], expected[name]) for name in held)
    assert not any("prediction head" in note for note in model.info.notes)


def test_a_packed_head_is_kept_on_disk(folder: Path, load) -> None:
    first, second, full = load(folder, "int4pack"), load(folder, "int4pack"), load(folder)
    assert any("kept on disk" in note for note in second.info.notes)
    modules = first.network.mtp.named_modules()
    packed = {name: m for name, m in modules if isinstance(m, Int4Linear)}
    assert len(packed) == 8
    assert torch.equal(outputs(first), outputs(second))
    weights = full.network.mtp.state_dict()
    for name, layer in packed.items():
        weights[f"{name}.weight"].copy_(layer.dequantised())
    assert (outputs(full) - outputs(first)).norm() / outputs(full).norm() < 0.1


def test_on_a_card_it_would_be_packed_with_the_rest(folder: Path, load) -> None:
    first, second = load(folder, "bnb_nf4"), load(folder, "bnb_nf4")
    assert any("kept on disk" in note for note in second.info.notes)
    assert first.network.mtp.fc.weight.dtype == torch.uint8
    assert torch.equal(outputs(first), outputs(second))


def test_a_model_without_one_has_none(model_of) -> None:
    model = model_of("Qwen3.5")
    assert model.draft_head is None
    assert model.new_cache().head is None
    assert not any("prediction head" in note for note in model.info.notes)


@pytest.mark.parametrize("fault", ["missing", "shape", "further layer"])
def test_a_head_of_another_kind_is_left_alone_and_said(folder: Path, load, fault: str) -> None:
    head = published(folder)
    match fault:
        case "missing":
            del head["norm.weight"]
        case "shape":
            head["fc.weight"] = torch.zeros(SIZE, SIZE)
        case _:
            head["layers.1.input_layernorm.weight"] = torch.zeros(SIZE)
    put_head(folder, head)
    model = load(folder)
    assert model.draft_head is None
    (note,) = [note for note in model.info.notes if "prediction head" in note]
    assert "not used" in note
    plain = load(build_qwen3_5(folder.parent / "plain"))
    tokens = list(range(30, 60))
    answers = [m.forward(tokens, m.positions(30, ()), m.new_cache()) for m in (model, plain)]
    assert torch.equal(*answers)


def test_a_head_may_stand_in_a_file_of_its_own(folder: Path, load) -> None:
    expected = outputs(load(folder))
    whole = folder / "model.safetensors"
    tensors = load_file(whole)
    files = {n: f"{'head' if n.startswith('mtp.') else 'rest'}.safetensors" for n in tensors}
    for name in set(files.values()):
        part = {n: tensors[n] for n, file in files.items() if file == name}
        save_file(part, folder / name, metadata={"format": "pt"})
    whole.unlink()
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": files}))
    assert torch.equal(outputs(load(folder)), expected)


def test_the_model_computes_what_it_would_without_a_head(folder: Path, load, model_of) -> None:
    found = []
    for model in (load(folder), model_of("Qwen3.5")):
        tokens, cache = list(range(30, 70)), model.new_cache()
        logits = model.forward(tokens, model.positions(40, ()), cache)
        positions = torch.arange(40, 44).expand(3, -1)
        found.append(torch.cat([logits[None], model.verify([5, 6, 7, 8], positions, cache)]))
    assert torch.equal(*found)
