"""Qwen2.5-VL and Qwen3.5: pictures of one depth and positions on three axes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from engine.model.families.gated_delta import teach_steps
from engine.model.families.inputs import encoded
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
class QwenVl:
    """Adapter for `Qwen2_5_VLForConditionalGeneration` and `Qwen3_5ForConditionalGeneration`.

    The latter alternates recurrent and full attention; the cache learns it from the configuration.
    `captures_steps` as in `LayerKind`.
    """

    name: str
    pictures: QwenPictures
    dialect: DialectName
    captures_steps: bool = False
    image_token: str = "<|image_pad|>"
    feature_token: str = "<|image_pad|>"
    bidirectional_images: bool = False
    notes: tuple[str, ...] = ()

    def image_settings_key(self, detail: Detail) -> str:
        """See `FamilyAdapter`."""
        return self.pictures.settings_key(detail)

    @property
    def skip_quantising(self) -> tuple[str, ...]:
        """The vision tower and the head. Names are from the root: "visual" would match nothing."""
        return ("model.visual", "lm_head")

    def layer_kinds(self, config: PreTrainedConfig) -> Sequence[LayerKind]:
        """See `FamilyAdapter`."""
        return layer_kinds(config, captures_steps=self.captures_steps)

    def picture_form(self, image: Image, detail: Detail) -> PictureForm:
        """See `FamilyAdapter`."""
        return self.pictures.form(image, detail)

    def image_features(self, model: PreTrainedModel, image: Image, detail: Detail) -> torch.Tensor:
        """See `FamilyAdapter`."""
        return torch.cat(list(self.pictures.encode(model, image, detail).pooler_output))

    def positions(self, length: int, spans: Sequence[ImageSpan]) -> torch.Tensor:
        """See `FamilyAdapter`."""
        return mrope_positions(length, spans)

    def step_inputs(self, step: Step) -> Mapping[str, object]:
        """Positions are always given: the model would take those of its last conversation."""
        return {"position_ids": step.positions[:, None], **encoded(step.features)}


def qwen2_5_vl(_config: Mapping[str, object], preprocessor: Mapping[str, object]) -> QwenVl:
    """Qwen2.5-VL's adapter from its `config.json` and `preprocessor_config.json`."""
    return QwenVl("Qwen2.5-VL", QwenPictures.from_dict(preprocessor), "hermes")


def qwen3_5(_config: Mapping[str, object], preprocessor: Mapping[str, object]) -> QwenVl:
    """Qwen3.5's adapter from its `config.json` and `preprocessor_config.json`."""
    teach_steps()
    pictures = QwenPictures.from_dict(preprocessor)
    return QwenVl("Qwen3.5", pictures, "qwen_xml", captures_steps=True)
