"""The draft model: its size, its training, and how its acceptance is counted."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from acceptance import Accepted, acceptance, rounds_of, table
from config import SIZES, ModelSize, Settings
from draft import DraftTrainer
from network import bytes_per_token, draft_config, model_config, new_model
from pack import pack_draft
from tokenizers import Tokenizer
from train import Trainer
from transformers import Lfm2ForCausalLM

IDS = {"pad": 0, "end": 2, "image": 4}
TINY = ModelSize(
    hidden=32, feed_forward=64, layers=4, heads=2, key_value_heads=1, vision_hidden=32,
    vision_feed_forward=64, vision_layers=1, vision_heads=2, vision_grid=4, projector=32,
    draft_hidden=16, draft_feed_forward=32, draft_layers=2,
)  # fmt: skip


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES.keys())
def test_every_size_keeps_the_limits(size: ModelSize) -> None:
    target = new_model(model_config(size, IDS), 1, "cpu")
    draft = Lfm2ForCausalLM(draft_config(size, IDS))
    assert 6 * bytes_per_token(draft) <= bytes_per_token(target)
    parameters = [p.numel() for model in (target, draft) for p in model.parameters()]
    assert 2 * sum(parameters) <= 24 * 2**20
    linear = [m for model in (target, draft) for m in model.modules() if hasattr(m, "in_features")]
    assert all(m.in_features % 64 == 0 and m.out_features % 16 == 0 for m in linear)


def test_rounds_end_with_the_first_refusal() -> None:
    assert rounds_of([True] * 10, 4) == Accepted(8, 8, 2)
    assert rounds_of([True, False, True, True], 4) == Accepted(4 + 2, 1 + 2, 2)
    assert rounds_of([False, False], 4) == Accepted(2 + 1, 0, 2)
    assert rounds_of([], 4).share == 0.0


def test_a_model_accepts_all_of_itself(tokenizer: Tokenizer, tmp_path: Path) -> None:
    trainer = Trainer(Settings(minutes=1e-6, size=TINY), tokenizer, tmp_path)
    found = acceptance(trainer.model, trainer.model, trainer.encoder, ["document/facts"], 2)
    assert found["document/facts"].share == 1.0
    assert "document/facts" in table(found)


def test_draft_is_trained_taken_up_and_packed(tokenizer: Tokenizer, tmp_path: Path) -> None:
    settings = Settings(minutes=1e-6, size=TINY)
    target = Trainer(settings, tokenizer, tmp_path)
    first = DraftTrainer(settings, tokenizer, target.encoder, tmp_path)
    first.run(target.model)
    again = DraftTrainer(settings, tokenizer, target.encoder, tmp_path)
    again.load()
    assert (again.step, again.tokens) == (1, first.tokens)
    before = again.model.model.embed_tokens.weight.clone()
    again.settings = replace(settings, minutes=again.elapsed / 60 / 0.8)
    again.run(target.model)
    assert again.step > 1
    assert not torch.equal(before, again.model.model.embed_tokens.weight)
    pack_draft(again.model, tokenizer, TINY, tmp_path / "draft")
    packed = Lfm2ForCausalLM.from_pretrained(tmp_path / "draft", dtype=torch.bfloat16)
    assert torch.equal(packed.lm_head.weight, again.model.lm_head.weight)
