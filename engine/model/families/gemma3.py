"""Gemma 3: sliding windows, and pictures whose features see each other both ways."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from transformers.modeling_outputs import BaseModelOutputWithPooling
from transformers.models.gemma3.image_processing_pil_gemma3 import Gemma3ImageProcessorPil

from engine.model.families.details import Details
from engine.model.families.inputs import counted, pixels_for, token_types
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

_BEFORE, _AFTER = "\n\n<start_of_image>", "<end_of_image>\n\n"
# What the family's own processor takes where the published settings leave it open.
_CROPPING = {
    "pan_and_scan_min_crop_size": 256,
    "pan_and_scan_max_num_crops": 4,
    "pan_and_scan_min_ratio_to_activate": 1.2,
}


@dataclass(frozen=True, slots=True)
class Gemma3:
    """Adapter for `Gemma3ForConditionalGeneration`. Positions are plain counting.

    Every picture takes `places`. At full detail "pan and scan" puts crops beside the whole picture
    where it is wide or tall, each as a picture of its own; it is off otherwise, as in the published
    settings. The family's template knows no functions.
    """

    processors: Details[Gemma3ImageProcessorPil]
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
        whole = Gemma3ImageProcessorPil.from_dict(settings)
        crops = Gemma3ImageProcessorPil.from_dict({**settings, **_crops(preprocessor)})
        places = config.get("mm_tokens_per_image", 256)
        return cls(Details(whole, whole, crops), int(str(places)))

    def image_settings_key(self, detail: Detail) -> str:
        """See `FamilyAdapter`."""
        return str(self.processors.of(detail).to_json_string())

    @property
    def skip_quantising(self) -> tuple[str, ...]:
        """The vision tower, what leads out of it, and the head, which is tied."""
        return ("model.vision_tower", "model.multi_modal_projector", "lm_head")

    def layer_kinds(self, config: PreTrainedConfig) -> Sequence[LayerKind]:
        """See `FamilyAdapter`."""
        return layer_kinds(config)

    def picture_form(self, image: Image, detail: Detail) -> PictureForm:
        """See `FamilyAdapter`. The words around crops are those that the family was taught."""
        processor = self.processors.of(detail)
        across, down = _crop_grid(processor, *image.size)
        size = processor.size
        seen = (across * int(size["width"]), down * int(size["height"]))
        if across * down == 1:
            return PictureForm((_BEFORE, self.places, _AFTER), (1, self.places), seen)
        parts: list[str | int] = [f"Here is the original image {_BEFORE}", self.places]
        lead = f"{_AFTER} and here are some crops to help you see better {_BEFORE}"
        for _ in range(across * down):
            parts += [lead, self.places]
            lead = f"{_AFTER} {_BEFORE}"
        return PictureForm((*parts, _AFTER), (1, (across * down + 1) * self.places), seen)

    def image_features(self, model: PreTrainedModel, image: Image, detail: Detail) -> torch.Tensor:
        """See `FamilyAdapter`."""
        inputs = self.processors.of(detail)(images=[image], return_tensors="pt")
        pixels = pixels_for(model, inputs["pixel_values"])
        outputs = model.model.get_image_features(pixel_values=pixels, return_dict=True)
        features: torch.Tensor = torch.cat(list(outputs.pooler_output))
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


def _crops(preprocessor: Mapping[str, object]) -> dict[str, object]:
    """The settings by which crops are made."""
    given = {name: preprocessor.get(name) for name in _CROPPING}
    return {"do_pan_and_scan": True} | {
        name: usual if given[name] is None else given[name] for name, usual in _CROPPING.items()
    }


def _crop_grid(processor: Gemma3ImageProcessorPil, width: int, height: int) -> tuple[int, int]:
    """How many crops stand (side by side, above each other); (1, 1) where there are none.

    The processor's own cutting is asked, with a picture that takes no memory.
    """
    if not processor.do_pan_and_scan:
        return 1, 1
    pixels = np.broadcast_to(np.uint8(0), (3, height, width))
    crops = processor.pan_and_scan(
        pixels,
        processor.pan_and_scan_min_crop_size,
        processor.pan_and_scan_max_num_crops,
        processor.pan_and_scan_min_ratio_to_activate,
    )
    count = max(1, len(crops))
    return (count, 1) if width >= height else (1, count)
