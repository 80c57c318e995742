"""Qwen3-VL: our positions and our picture path against the model's own."""

from __future__ import annotations

import io

import pytest
import torch
from PIL import Image

from engine.api.messages import user
from engine.prompt.render import render
from engine.prompt.spans import ImageSpan
from engine.prompt.transcripts import Transcripts


@pytest.mark.parametrize("sizes", [[(64, 48)], [(128, 96), (96, 128)], [(33, 200), (32, 32)]])
def test_prompt_equals_the_models_own_reading(qwen3_vl_model, picture, sizes) -> None:
    pictures = [picture(seed, size) for seed, size in enumerate(sizes)]
    messages = (user("Before", *pictures, "after"),)
    prompt = render(messages, qwen3_vl_model, Transcripts())
    model, processor = qwen3_vl_model._model, qwen3_vl_model._family.processor
    images = [Image.open(io.BytesIO(p.data)).convert("RGB") for p in pictures]
    inputs = processor(images=images, return_tensors="pt")
    ids = torch.tensor([prompt.tokens])
    types = (ids == qwen3_vl_model.image_token_id).long()
    theirs, _ = model.model.get_rope_index(ids, types, image_grid_thw=inputs["image_grid_thw"])
    assert torch.equal(theirs[:, 0], prompt.positions)
    with torch.no_grad():
        whole = model(input_ids=ids, mm_token_type_ids=types, logits_to_keep=1, **inputs)
    features = qwen3_vl_model.features.between(0, len(ids[0]), prompt.spans, prompt.images)
    cache = qwen3_vl_model.new_cache()
    ours = qwen3_vl_model.forward(prompt.tokens, prompt.positions, cache, features)
    assert (whole.logits[0, -1] - ours).abs().max() < 1e-4


def test_what_the_model_remembers_of_another_conversation_changes_nothing(qwen3_vl_model) -> None:
    prompt = render((user("Only words"),), qwen3_vl_model, Transcripts())

    def logits() -> torch.Tensor:
        return qwen3_vl_model.forward(prompt.tokens, prompt.positions, qwen3_vl_model.new_cache())

    before = logits()
    qwen3_vl_model._model.model.rope_deltas = torch.tensor([[12345]])
    assert torch.equal(logits(), before)
    qwen3_vl_model._model.model.rope_deltas = None


def test_positions_count_on_from_the_larger_side(qwen3_vl_model) -> None:
    positions = qwen3_vl_model.positions(12, (ImageSpan(2, 8, (2, 3), "x"),))
    assert positions[:, :2].tolist() == [[0, 1]] * 3
    assert positions[:, 2:8].tolist() == [[2] * 6, [2, 2, 2, 3, 3, 3], [2, 3, 4, 2, 3, 4]]
    assert positions[:, 8:].tolist() == [[5, 6, 7, 8]] * 3
