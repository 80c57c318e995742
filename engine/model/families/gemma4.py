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
from engine.model.families.inputs import counted, encoded, pixels_for, token_types
from engine.model.families.layers import layer_kinds
from engine.prompt.spans import PictureForm

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PIL.Image import Image
    from transformers import PreTrainedConfig, PreTrainedModel

    from engine.api.events import DialectName
    from engine.cache.layer_kinds import LayerKind
    from engine.model.families.base import Step
    from engine.prompt.spans import ImageSpan


@dataclass(frozen=True, slots=True)
class Gemma4:
    """Adapter for `Gemma4ForConditionalGeneration`. Positions are plain counting.

    In the larger models the features of one picture see each other both ways, in the smaller ones
    they do not. `skip_quantising` names what takes in pictures and sound, and the head.
    """

    processor: Gemma4ImageProcessorPil
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
        processor = Gemma4ImageProcessorPil.from_dict(dict(preprocessor))
        return cls(processor, both_ways == "vision", tuple(skip))

    @property
    def image_settings_key(self) -> str:
        """See `FamilyAdapter`."""
        return str(self.processor.to_json_string())

    def layer_kinds(self, config: PreTrainedConfig) -> Sequence[LayerKind]:
        """See `FamilyAdapter`. The last layers may read the memory of earlier ones."""
        return layer_kinds(config)

    def picture_form(self, image: Image) -> PictureForm:
        """See `FamilyAdapter`."""
        count = self._places(*image.size)
        return PictureForm(("<|image>", count, "<image|>"), (1, count))

    def image_features(self, model: PreTrainedModel, image: Image) -> torch.Tensor:
        """See `FamilyAdapter`."""
        inputs = self.processor(images=[image], return_tensors="pt")
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

    def _places(self, width: int, height: int) -> int:
        pooled, patch = self.processor.pooling_kernel_size, self.processor.patch_size
        try:
            size = get_aspect_ratio_preserving_size(
                height=height,
                width=width,
                patch_size=patch,
                max_patches=self.processor.max_soft_tokens * pooled**2,
                pooling_kernel_size=pooled,
            )
        except ValueError as error:
            raise UnreadableFile(
                f"A picture of {width} x {height} pixels is too long and thin for this model. "
                "Cut it into pieces.",
                str(error),
            ) from error
        return int((size[0] // patch // pooled) * (size[1] // patch // pooled))
