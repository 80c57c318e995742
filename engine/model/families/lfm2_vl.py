"""LFM2-VL, the family of the starter model: short convolutions and grouped attention.

Its stock image processor needs torchvision; `lfm2_patches` is our own twin without tiling.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch

from engine.model.families.details import Details, place_limits
from engine.model.families.inputs import counted, encoded, pixels_for
from engine.model.families.layers import layer_kinds
from engine.model.families.lfm2_patches import (
    PatchSettings,
    image_patches,
    picture_size,
    token_count,
)
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


@dataclass(frozen=True, slots=True)
class Lfm2Vl:
    """Adapter for `Lfm2VlForConditionalGeneration`. Positions are plain counting.

    Without tiles the family sees no more than its standard: full detail is the same.
    """

    patches: Details[PatchSettings]
    name: str = "LFM2-VL"
    image_token: str = "<image>"
    feature_token: str = "<image>"
    bidirectional_images: bool = False
    dialect: DialectName = "hermes"
    notes: tuple[str, ...] = ()

    @classmethod
    def from_folder(
        cls, config: Mapping[str, object], preprocessor: Mapping[str, object]
    ) -> Lfm2Vl:
        """Adapter from a folder's `config.json` and `preprocessor_config.json`."""
        factor = {"downsample_factor": config.get("downsample_factor", 2)}
        patches = PatchSettings.from_dict({**factor, **preprocessor})
        if min(patches.encoder_patch_size, patches.downsample_factor, patches.max_image_tokens) < 1:
            raise ValueError("sizes must be at least 1")
        limits = place_limits(patches.min_image_tokens, patches.max_image_tokens)
        least, most = limits.low
        low = replace(patches, min_image_tokens=least, max_image_tokens=most)
        return cls(Details(low, patches, patches))

    def image_settings_key(self, detail: Detail) -> str:
        """See `FamilyAdapter`."""
        return repr(self.patches.of(detail))

    @property
    def skip_quantising(self) -> tuple[str, ...]:
        """The vision tower and what leads out of it, and the head, which is tied."""
        return ("model.vision_tower", "model.multi_modal_projector", "lm_head")

    def layer_kinds(self, config: PreTrainedConfig) -> Sequence[LayerKind]:
        """See `FamilyAdapter`."""
        return layer_kinds(config)

    def picture_form(self, image: Image, detail: Detail) -> PictureForm:
        """See `FamilyAdapter`. Positions need no rows, so all places stand in one."""
        settings = self.patches.of(detail)
        width, height = picture_size(image, settings)
        count = token_count(width, height, settings)
        parts = ("<|image_start|>", count, "<|image_end|>")
        return PictureForm(parts, (1, count), (width, height))

    def image_features(self, model: PreTrainedModel, image: Image, detail: Detail) -> torch.Tensor:
        """See `FamilyAdapter`."""
        patches = image_patches(image, self.patches.of(detail))
        pixels = pixels_for(model, torch.from_numpy(patches.pixel_values)[None])
        shape = torch.tensor([[patches.height, patches.width]], device=pixels.device)
        outputs = model.model.get_image_features(
            pixel_values=pixels,
            spatial_shapes=shape,
            pixel_attention_mask=torch.ones(
                pixels.shape[:2], dtype=torch.long, device=pixels.device
            ),
            return_dict=True,
        )
        features: torch.Tensor = torch.cat(list(outputs.pooler_output))
        return features

    def positions(self, length: int, spans: Sequence[ImageSpan]) -> torch.Tensor:  # noqa: ARG002
        """See `FamilyAdapter`."""
        return counted(length)

    def step_inputs(self, step: Step) -> Mapping[str, object]:
        """See `FamilyAdapter`."""
        return {"position_ids": step.positions, **encoded(step.features)}
