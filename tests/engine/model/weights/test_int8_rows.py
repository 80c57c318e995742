"""Heads in 8 bits: the same scores but for rounding, in every load, where they are worth it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import torch
from tiny_checkpoints import build_text_model

from engine.model.weights.int8_rows import Int8Linear, Int8Rows

if TYPE_CHECKING:
    from pathlib import Path


def quiet(_: int) -> None:
    pass


def relative(found: torch.Tensor, expected: torch.Tensor) -> float:
    return float((found - expected).norm() / expected.norm())


@pytest.mark.parametrize("rows", [1, 3, 40])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_scores_are_those_of_the_matrix(random_matrix, rows: int, dtype: torch.dtype) -> None:
    weight, inputs = random_matrix(4096, 1024), random_matrix(rows, 1024).to(dtype)
    found = Int8Rows().pack(weight, quiet)(inputs.view(1, rows, 1024))
    assert (found.shape, found.dtype) == ((1, rows, 4096), dtype)
    assert relative(found[0].float(), inputs.float() @ weight.T) < 0.012


def test_packing_by_pieces_takes_in_all_of_it(random_matrix) -> None:
    weight = random_matrix(4096, 1024)
    weight[7] = 0
    taken: list[int] = []
    layer = Int8Rows().pack(weight, taken.append)
    assert len(taken) > 1
    assert sum(taken) == weight.nbytes
    back = layer.rows.float() * layer.scales[:, None].float()
    assert (back - weight).abs().amax(dim=1).le(weight.abs().amax(dim=1) / 127).all()


def test_small_heads_and_odd_sizes_stay_as_they_are() -> None:
    assert Int8Rows().takes(1024, 4096)
    assert not Int8Rows().takes(64, 4096)
    assert not Int8Rows().takes(1024, 4097)


def test_parts_of_something_else_are_refused(random_matrix) -> None:
    parts = Int8Rows().pack(random_matrix(4096, 1024), quiet).state_dict()
    assert isinstance(Int8Rows().restore(1024, 4096, parts), Int8Linear)
    with pytest.raises(ValueError, match="a head of"):
        Int8Rows().restore(1024, 4096, parts | {"rows": parts["rows"].float()})
    with pytest.raises(KeyError):
        Int8Rows().restore(1024, 4096, {})


@pytest.mark.parametrize("tied", [True, False])
def test_a_large_head_is_kept_in_8_bits_beside_its_embedding(
    tmp_path: Path, load, tied: bool
) -> None:
    """And is the same when it comes from the store; a folder may ask for full precision."""
    sizes = {"hidden_size": 128, "vocab_size": 32_768, "tie_word_embeddings": tied}
    folder = build_text_model(tmp_path / "model", "qwen3", **sizes)
    whole, first, second = load(folder, "full"), load(folder, "int4pack"), load(folder, "int4pack")
    assert any(note == "In 8-bit: lm_head." for note in first.info.notes)
    assert any("kept on disk" in note for note in second.info.notes)
    embedding = first.network.get_input_embeddings().weight
    assert torch.equal(embedding, whole.network.get_input_embeddings().weight)
    for model in (first, second):
        head = model.network.lm_head
        assert isinstance(head, Int8Linear)
        expected = whole.network.lm_head.weight
        assert relative(head.rows * head.scales[:, None], expected) < 0.01
    (folder / "tanka.json").write_text(json.dumps({"keep": ["lm_head"]}))
    assert type(load(folder, "int4pack").network.lm_head) is torch.nn.Linear
