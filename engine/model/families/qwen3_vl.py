"""Qwen3-VL: full attention, positions on three axes, picture features at several depths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import (
    Qwen2VLImageProcessorPil,
    smart_resize,
)
from transformers.models.qwen3_vl.modeling_qwen3_vl import BaseModelOutputWithDeepstackFeatures

from engine.api.errors import UnreadableFile
from engine.cache.layer_kinds import FULL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PIL.Image import Image
    from transformers import PreTrainedConfig, PreTrainedModel

    from engine.cache.layer_kinds import LayerKind
    from engine.prompt.spans import ImageSpan


@dataclass(frozen=True, slots=True)
class Qwen3Vl:
    """Adapter for `Qwen3VLForConditionalGeneration`.

    A picture's features at all depths stand side by side in one row per image token, so that they
    can be kept and sliced as one tensor: (image tokens, hidden size × (1 + depths)).
    """

    processor: Qwen2VLImageProcessorPil
    hidden_size: int
    name: str = "Qwen3-VL"
    image_token: str = "<|image_pad|>"

    @classmethod
    def from_folder(
        cls, config: Mapping[str, object], preprocessor: Mapping[str, object]
    ) -> Qwen3Vl:
        """Adapter from a folder's `config.json` and `preprocessor_config.json`."""
        text = config["text_config"]
        if not isinstance(text, dict):
            raise TypeError("text_config is no object")
        return cls(Qwen2VLImageProcessorPil.from_dict(dict(preprocessor)), int(text["hidden_size"]))

    @property
    def image_settings_key(self) -> str:
        """See `FamilyAdapter`."""
        return str(self.processor.to_json_string())

    @property
    def skip_quantising(self) -> tuple[str, ...]:
        """The vision tower and the head. Names are from the root: "visual" would match nothing."""
        return ("model.visual", "lm_head")

    def layer_kinds(self, config: PreTrainedConfig) -> Sequence[LayerKind]:
        """See `FamilyAdapter`."""
        return (FULL,) * int(config.text_config.num_hidden_layers)

    def image_grid(self, image: Image) -> tuple[int, int]:
        """See `FamilyAdapter`."""
        width, height = image.size
        side = self.processor.patch_size * self.processor.merge_size
        try:
            rows, columns = smart_resize(
                height,
                width,
                factor=side,
                min_pixels=self.processor.size["shortest_edge"],
                max_pixels=self.processor.size["longest_edge"],
            )
        except ValueError as error:
            raise UnreadableFile(
                f"A picture of {width} x {height} pixels is too long and thin for this model. "
                "Cut it into pieces.",
                str(error),
            ) from error
        return rows // side, columns // side

    def image_features(self, model: PreTrainedModel, image: Image) -> torch.Tensor:
        """See `FamilyAdapter`."""
        inputs = self.processor(images=[image], return_tensors="pt")
        device = next(model.parameters()).device
        outputs = model.model.get_image_features(
            pixel_values=inputs["pixel_values"].to(device),
            image_grid_thw=inputs["image_grid_thw"].to(device),
            return_dict=True,
        )
        depths = (outputs.pooler_output, *outputs.deepstack_features)
        return torch.cat([torch.cat(list(depth)) for depth in depths], dim=-1)

    def feature_inputs(self, features: torch.Tensor) -> Mapping[str, object]:
        """See `FamilyAdapter`."""
        first, *deeper = torch.split(features, self.hidden_size, dim=-1)
        image = BaseModelOutputWithDeepstackFeatures(
            pooler_output=(first,), deepstack_features=[(depth,) for depth in deeper]
        )
        return {"mm_encoder_outputs": {"image": image}}

    def positions(self, length: int, spans: Sequence[ImageSpan]) -> torch.Tensor:
        """Rows for time, height and width (M-RoPE, Wang et al. 2024, arXiv:2409.12191, 2.1).

        Text counts on alike in all rows. A picture stands at one time, its tokens at their row and
        column; what follows counts on from the largest position so far.
        """
        positions = torch.empty((3, length), dtype=torch.long)
        at = here = 0
        for span in spans:
            positions[:, at : span.start] = torch.arange(here, here + span.start - at)
            here += span.start - at
            rows, columns = span.grid
            positions[0, span.start : span.end] = here
            positions[1, span.start : span.end] = here + torch.arange(rows).repeat_interleave(
                columns
            )
            positions[2, span.start : span.end] = here + torch.arange(columns).repeat(rows)
            here += max(rows, columns)
            at = span.end
        positions[:, at:] = torch.arange(here, here + length - at)
        return positions

    def position_ids(self, positions: torch.Tensor) -> torch.Tensor:
        """Shape (3, 1, length)."""
        return positions[:, None, :]
