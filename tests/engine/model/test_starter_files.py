"""What ships as the starter: two models that read the same tokens, small, in 4-bit sizes."""

import json
from importlib.resources import files
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from transformers import AutoModelForCausalLM, AutoModelForImageTextToText, AutoTokenizer

FOLDER = Path(str(files("resources") / "starter"))
MIB = 2**20


def test_shards_are_small_and_both_models_fit() -> None:
    shards = list(FOLDER.rglob("*.safetensors"))
    assert {shard.parent for shard in shards} == {FOLDER, FOLDER / "draft"}
    assert all(shard.stat().st_size <= 15 * MIB for shard in shards)
    assert sum(shard.stat().st_size for shard in shards) <= 24 * MIB


def test_weights_are_bfloat16() -> None:
    for shard in FOLDER.rglob("*.safetensors"):
        with safe_open(shard, "pt") as tensors:
            assert {tensors.get_slice(name).get_dtype() for name in tensors.keys()} == {"BF16"}  # noqa: SIM118 (no iterator)


def test_matrices_suit_both_formats_of_four_bits() -> None:
    for model in _models():
        linear = [m for m in model.modules() if isinstance(m, torch.nn.Linear)]
        assert all(m.in_features % 64 == 0 and m.out_features % 16 == 0 for m in linear)


def test_draft_reads_a_sixth_of_the_weights_a_token() -> None:
    target, draft = _models()
    read = [sum(p.numel() for p in part.parameters())
            for part in (target.model.language_model, draft.model)]  # fmt: skip
    # The heads are tied to the embeddings, which are counted.
    assert target.config.tie_word_embeddings
    assert draft.config.tie_word_embeddings
    assert 6 * read[1] <= read[0]


def test_both_read_the_same_tokens() -> None:
    target, draft = (AutoTokenizer.from_pretrained(f) for f in (FOLDER, FOLDER / "draft"))
    assert target.get_vocab() == draft.get_vocab()


@pytest.mark.parametrize("folder", [FOLDER, FOLDER / "draft"])
def test_context_is_the_same_everywhere(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    text = config.get("text_config", config)
    tokenizer = json.loads((folder / "tokenizer_config.json").read_text())
    assert text["max_position_embeddings"] == tokenizer["model_max_length"] >= 2048
    generation = json.loads((folder / "generation_config.json").read_text())
    assert generation["eos_token_id"] == text["eos_token_id"]


def test_card_says_what_was_measured() -> None:
    card = (FOLDER / "README.md").read_text()
    for part in (
        "license: apache-2.0", "## What it cannot do", "## How it was made", "training.png",
        "95 % interval", "## Five right answers", "## Five wrong answers", "accepts",
    ):  # fmt: skip
        assert part in card
    assert (FOLDER / "training.png").is_file()


def _models() -> tuple[torch.nn.Module, torch.nn.Module]:
    return (
        AutoModelForImageTextToText.from_pretrained(FOLDER, dtype=torch.float32),
        AutoModelForCausalLM.from_pretrained(FOLDER / "draft", dtype=torch.float32),
    )
