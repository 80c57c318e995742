"""What we feed a model piece by piece is what it makes of the whole conversation by itself."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import torch
from PIL import Image

from engine.api.messages import assistant, user
from engine.cache.prefix_store import Lease
from engine.decode.prefill import prefill
from engine.prompt.render import render
from engine.prompt.spans import ImageSpan
from engine.prompt.transcripts import Transcripts

if TYPE_CHECKING:
    from engine.api.messages import Detail, ImagePart
    from engine.model.loaded_model import LoadedModel
    from engine.prompt.render import Prompt

QWENS = ["Qwen2.5-VL", "Qwen3-VL", "Qwen3.5"]
LARGE = [(600, 300), (40, 40)]
SIZES = [[(64, 48)], [(150, 96), (96, 128), (40, 40)], [(33, 200), (32, 32)]]


def conversation(picture, sizes: list[tuple[int, int]], detail: Detail):  # noqa: ANN201
    first, *others = [
        replace(picture(seed, size), detail=detail) for seed, size in enumerate(sizes)
    ]
    return (user("Before", first, "after"), assistant("I see."), user(*others, "And these?"))


def own_inputs(model: LoadedModel, family: str, prompt: Prompt) -> dict[str, object]:
    """What the family's processor would hand to its model."""
    images = [opened(picture) for picture in prompt.images]
    adapter = model._family
    held = adapter.pictures if family in QWENS else adapter
    processor = held.processors.of(prompt.images[0].detail)
    nested = [images] if family == "SmolVLM" else images
    inputs = dict(processor(images=nested, return_tensors="pt"))
    for extra in ("num_crops", "num_soft_tokens_per_image"):
        inputs.pop(extra, None)
    types = (torch.tensor([prompt.tokens]) == model.image_token_id).long()
    if family != "SmolVLM":
        inputs["token_type_ids" if family == "Gemma 3" else "mm_token_type_ids"] = types
    return inputs


def opened(picture: ImagePart) -> Image.Image:
    return Image.open(io.BytesIO(picture.data)).convert("RGB")


# LFM2-VL's own processor needs torchvision; `test_lfm2_patches` stands for it.
@pytest.mark.parametrize(
    ("sizes", "detail"),
    [*((sizes, "standard") for sizes in SIZES), (LARGE, "low"), (LARGE, "full")],
)
@pytest.mark.parametrize("family", [*QWENS, "SmolVLM", "Gemma 3", "Gemma 4", "Gemma 4 both ways"])
def test_scores_are_those_of_the_models_own_reading(
    model_of, picture, family, sizes, detail
) -> None:
    model = model_of(family)
    prompt = render(conversation(picture, sizes, detail), model, Transcripts())
    with torch.no_grad():
        theirs = model.network(
            input_ids=torch.tensor([prompt.tokens]),
            use_cache=False,
            **own_inputs(model, family, prompt),
        ).logits[0, -1]

    def features(start: int, end: int) -> torch.Tensor | None:
        return model.features.between(start, end, prompt.spans, prompt.images)

    for chunk_size in (7, 1024):
        *_, last = prefill(model, prompt, Lease(model.new_cache(), []), features, chunk_size)
        off = (theirs - last.logits).abs()
        off[model.image_token_id] = 0.0  # never said
        assert off.max() < 1e-4


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("family", QWENS)
def test_positions_are_the_models_own(model_of, picture, family, sizes) -> None:
    model = model_of(family)
    prompt = render(conversation(picture, sizes, "standard"), model, Transcripts())
    ids = torch.tensor([prompt.tokens])
    inputs = own_inputs(model, family, prompt)
    theirs, _ = model.network.model.get_rope_index(
        ids, inputs["mm_token_type_ids"], image_grid_thw=inputs["image_grid_thw"]
    )
    assert torch.equal(theirs[:, 0], prompt.positions)


@pytest.mark.parametrize("family", QWENS)
def test_positions_count_on_from_the_larger_side(model_of, family) -> None:
    positions = model_of(family).positions(12, (ImageSpan(((2, 8),), (2, 3), "x"),))
    assert positions[:, :2].tolist() == [[0, 1]] * 3
    assert positions[:, 2:8].tolist() == [[2] * 6, [2, 2, 2, 3, 3, 3], [2, 3, 4, 2, 3, 4]]
    assert positions[:, 8:].tolist() == [[5, 6, 7, 8]] * 3


@pytest.mark.parametrize("family", QWENS)
def test_what_the_model_remembers_of_another_conversation_changes_nothing(model_of, family) -> None:
    model = model_of(family)
    prompt = render((user("Only words"),), model, Transcripts())

    def scores() -> torch.Tensor:
        return model.forward(prompt.tokens, prompt.positions, model.new_cache())

    model.network.model.rope_deltas = None
    before = scores()
    model.network.model.rope_deltas = torch.tensor([[12345]])
    assert torch.equal(scores(), before)
