"""Gemma 3: sliding windows, and pictures whose features see each other both ways."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from transformers.modeling_outputs import BaseModelOutputWithPooling
from transformers.models.gemma3.image_processing_pil_gemma3 import Gemma3ImageProcessorPil

from engine.model.families.inputs import counted, pixels_for, token_types
from engine.model.families.layers import layer_kinds
from engine.prompt.spans import PictureForm

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import torch
    from PIL.Image import Image
    from transformers import PreTrainedConfig, PreTrainedModel

    from engine.api.events import DialectName
    from engine.cache.layer_kinds import LayerKind
    from engine.model.families.base import Step
    from engine.prompt.spans import ImageSpan


@dataclass(frozen=True, slots=True)
class Gemma3:
    """Adapter for `Gemma3ForConditionalGeneration`. Positions are plain counting.

    Every picture takes `places`. "Pan and scan", crops beside the whole picture, stays off, as it
    is in the published settings. The family's template knows no functions.
    """

    processor: Gemma3ImageProcessorPil
    places: int
    name: str = "Gemma 3"
    image_token: str = "<start_of_image>"
    feature_token: str = "<image_soft_token>"
    bidirectional_images: bool = True
    dialect: DialectName = "none"
    notes: tuple[str, ...] = ()

    @classmethod
    def from_folder(
        cls, config: Mapping[str, object], preprocessor: Mapping[str, object]
    ) -> Gemma3:
        """Adapter from a folder's `config.json` and `preprocessor_config.json`."""
        settings = {**preprocessor, "do_pan_and_scan": False}
        places = config.get("mm_tokens_per_image", 256)
        return cls(Gemma3ImageProcessorPil.from_dict(settings), int(str(places)))

    @property
    def image_settings_key(self) -> str:
        """See `FamilyAdapter`."""
        return str(self.processor.to_json_string())

    @property
    def skip_quantising(self) -> tuple[str, ...]:
        """The vision tower, what leads out of it, and the head, which is tied."""
        return ("model.vision_tower", "model.multi_modal_projector", "lm_head")

    def layer_kinds(self, config: PreTrainedConfig) -> Sequence[LayerKind]:
        """See `FamilyAdapter`."""
        return layer_kinds(config)

    def picture_form(self, image: Image) -> PictureForm:  # noqa: ARG002 - all are alike
        """See `FamilyAdapter`."""
        parts = ("\n\n<start_of_image>", self.places, "<end_of_image>\n\n")
        return PictureForm(parts, (1, self.places))

    def image_features(self, model: PreTrainedModel, image: Image) -> torch.Tensor:
        """See `FamilyAdapter`."""
        inputs = self.processor(images=[image], return_tensors="pt")
        pixels = pixels_for(model, inputs["pixel_values"])
        outputs = model.model.get_image_features(pixel_values=pixels, return_dict=True)
        features: torch.Tensor = outputs.pooler_output[0]
        return features

    def positions(self, length: int, spans: Sequence[ImageSpan]) -> torch.Tensor:  # noqa: ARG002
        """See `FamilyAdapter`."""
        return counted(length)

    def step_inputs(self, step: Step) -> Mapping[str, object]:
        """Token types tell which features see each other; a step without any needs none."""
        inputs: dict[str, object] = {"position_ids": step.positions}
        if step.features is not None:
            image = BaseModelOutputWithPooling(pooler_output=step.features[None])
            inputs |= {"mm_encoder_outputs": {"image": image}, "token_type_ids": token_types(step)}
        return inputs
