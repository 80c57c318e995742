"""Gemma 4: sliding windows, layers that share keys and values, pictures of any shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from transformers.models.gemma4.image_processing_pil_gemma4 import (
    Gemma4ImageProcessorPil,
    get_aspect_ratio_preserving_size,
)

from engine.api.errors import UnreadableFile
from engine.model.families.details import Details
from engine.model.families.inputs import counted, encoded, pixels_for, token_types
from engine.model.families.layers import layer_kinds
from engine.prompt.spans import PictureForm

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PIL.Image import Image
    from transformers import PreTrainedConfig, PreTrainedModel

    from engine.api.events import DialectName
    from engine.api.messages import Detail
    from engine.cache.layer_kinds import LayerKind
    from engine.model.families.base import Step
    from engine.prompt.spans import ImageSpan

# The least and the most places of those that the family was trained with.
_LOW, _FULL = 70, 1120


@dataclass(frozen=True, slots=True)
class Gemma4:
    """Adapter for `Gemma4ForConditionalGeneration`. Positions are plain counting.

    In the larger models the features of one picture see each other both ways, in the smaller ones
    they do not. `skip_quantising` names what takes in pictures and sound, and the head.
    """

    processors: Details[Gemma4ImageProcessorPil]
    bidirectional_images: bool
    skip_quantising: tuple[str, ...]
    name: str = "Gemma 4"
    image_token: str = "<|image|>"
    feature_token: str = "<|image|>"
    dialect: DialectName = "gemma4"
    notes: tuple[str, ...] = ()

    @classmethod
    def from_folder(
        cls, config: Mapping[str, object], preprocessor: Mapping[str, object]
    ) -> Gemma4:
        """Adapter from a folder's `config.json` and `preprocessor_config.json`."""
        text = config["text_config"]
        if not isinstance(text, dict):
            raise TypeError("text_config is no object")
        if (both_ways := text.get("use_bidirectional_attention")) not in (None, "vision"):
            raise ValueError(f"use_bidirectional_attention is {both_ways!r}")
        skip = ["model.vision_tower", "model.embed_vision", "lm_head"]
        if config.get("audio_config") is not None:
            skip += ["model.audio_tower", "model.embed_audio"]
        usual = Gemma4ImageProcessorPil.from_dict(dict(preprocessor))

        def limited(most: int) -> Gemma4ImageProcessorPil:
            return Gemma4ImageProcessorPil.from_dict({**preprocessor, "max_soft_tokens": most})

        processors = Details(limited(_LOW), usual, limited(_FULL))
        return cls(processors, both_ways == "vision", tuple(skip))

    def image_settings_key(self, detail: Detail) -> str:
        """See `FamilyAdapter`."""
        return str(self.processors.of(detail).to_json_string())

    def layer_kinds(self, config: PreTrainedConfig) -> Sequence[LayerKind]:
        """See `FamilyAdapter`. The last layers may read the memory of earlier ones."""
        return layer_kinds(config)

    def picture_form(self, image: Image, detail: Detail) -> PictureForm:
        """See `FamilyAdapter`."""
        processor = self.processors.of(detail)
        width, height = _resized(processor, *image.size)
        side = processor.patch_size * processor.pooling_kernel_size
        count = (width // side) * (height // side)
        return PictureForm(("<|image>", count, "<image|>"), (1, count), (width, height))

    def image_features(self, model: PreTrainedModel, image: Image, detail: Detail) -> torch.Tensor:
        """See `FamilyAdapter`."""
        inputs = self.processors.of(detail)(images=[image], return_tensors="pt")
        pixels = pixels_for(model, inputs["pixel_values"])
        outputs = model.model.get_image_features(
            pixel_values=pixels,
            image_position_ids=inputs["image_position_ids"].to(pixels.device),
            return_dict=True,
        )
        return torch.cat(list(outputs.pooler_output))

    def positions(self, length: int, spans: Sequence[ImageSpan]) -> torch.Tensor:  # noqa: ARG002
        """See `FamilyAdapter`."""
        return counted(length)

    def step_inputs(self, step: Step) -> Mapping[str, object]:
        """Token types tell which features see each other; a step without any needs none."""
        inputs = {"position_ids": step.positions, **encoded(step.features)}
        if self.bidirectional_images and step.features is not None:
            inputs["mm_token_type_ids"] = token_types(step)
        return inputs


def _resized(processor: Gemma4ImageProcessorPil, width: int, height: int) -> tuple[int, int]:
    """(width, height) that a picture is brought to."""
    pooled = processor.pooling_kernel_size
    try:
        size = get_aspect_ratio_preserving_size(
            height=height,
            width=width,
            patch_size=processor.patch_size,
            max_patches=processor.max_soft_tokens * pooled**2,
            pooling_kernel_size=pooled,
        )
    except ValueError as error:
        raise UnreadableFile(
            f"A picture of {width} x {height} pixels is too long and thin for this model. "
            "Cut it into pieces.",
            str(error),
        ) from error
    return int(size[1]), int(size[0])
