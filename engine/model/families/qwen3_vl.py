"""Qwen3-VL: full attention, positions on three axes, picture features at several depths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from transformers.models.qwen3_vl.modeling_qwen3_vl import BaseModelOutputWithDeepstackFeatures

from engine.model.families.layers import layer_kinds
from engine.model.families.mrope import mrope_positions
from engine.model.families.qwen_pictures import QwenPictures

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PIL.Image import Image
    from transformers import PreTrainedConfig, PreTrainedModel

    from engine.api.events import DialectName
    from engine.api.messages import Detail
    from engine.cache.layer_kinds import LayerKind
    from engine.model.families.base import Step
    from engine.prompt.spans import ImageSpan, PictureForm


@dataclass(frozen=True, slots=True)
class Qwen3Vl:
    """Adapter for `Qwen3VLForConditionalGeneration`.

    A picture's features at all depths stand side by side in one row per image token, so that they
    can be kept and sliced as one tensor: (places, hidden size × (1 + depths)).
    """

    pictures: QwenPictures
    hidden_size: int
    name: str = "Qwen3-VL"
    image_token: str = "<|image_pad|>"
    feature_token: str = "<|image_pad|>"
    bidirectional_images: bool = False
    dialect: DialectName = "hermes"
    notes: tuple[str, ...] = ()

    @classmethod
    def from_folder(
        cls, config: Mapping[str, object], preprocessor: Mapping[str, object]
    ) -> Qwen3Vl:
        """Adapter from a folder's `config.json` and `preprocessor_config.json`."""
        text = config["text_config"]
        if not isinstance(text, dict):
            raise TypeError("text_config is no object")
        return cls(QwenPictures.from_dict(preprocessor), int(text["hidden_size"]))

    def image_settings_key(self, detail: Detail) -> str:
        """See `FamilyAdapter`."""
        return self.pictures.settings_key(detail)

    @property
    def skip_quantising(self) -> tuple[str, ...]:
        """The vision tower and the head. Names are from the root: "visual" would match nothing."""
        return ("model.visual", "lm_head")

    def layer_kinds(self, config: PreTrainedConfig) -> Sequence[LayerKind]:
        """See `FamilyAdapter`."""
        return layer_kinds(config)

    def picture_form(self, image: Image, detail: Detail) -> PictureForm:
        """See `FamilyAdapter`."""
        return self.pictures.form(image, detail)

    def image_features(self, model: PreTrainedModel, image: Image, detail: Detail) -> torch.Tensor:
        """See `FamilyAdapter`."""
        outputs = self.pictures.encode(model, image, detail)
        depths = (outputs.pooler_output, *outputs.deepstack_features)
        return torch.cat([torch.cat(list(depth)) for depth in depths], dim=-1)

    def positions(self, length: int, spans: Sequence[ImageSpan]) -> torch.Tensor:
        """See `FamilyAdapter`."""
        return mrope_positions(length, spans)

    def step_inputs(self, step: Step) -> Mapping[str, object]:
        """Positions are always given: the model would take those of its last conversation."""
        inputs: dict[str, object] = {"position_ids": step.positions[:, None]}
        if step.features is not None:
            first, *deeper = torch.split(step.features, self.hidden_size, dim=-1)
            image = BaseModelOutputWithDeepstackFeatures(
                pooler_output=(first,), deepstack_features=[(depth,) for depth in deeper]
            )
            inputs["mm_encoder_outputs"] = {"image": image}
        return inputs
