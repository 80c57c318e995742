"""SmolVLM: pictures cut into tiles of one size, with marks of rows and columns between them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from transformers.models.smolvlm.image_processing_pil_smolvlm import (
    SmolVLMImageProcessorPil,
    get_resize_output_image_size,
)

from engine.model.families.details import Details
from engine.model.families.inputs import counted, encoded, pixels_for
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

_AROUND, _WHOLE = "<fake_token_around_image>", "<global-img>"


@dataclass(frozen=True, slots=True)
class SmolVlm:
    """Adapter for `SmolVLMForConditionalGeneration`. Positions are plain counting.

    `tile` is the side of a tile in pixels, `places` how many features each tile gives. At low
    detail there is the whole picture alone.
    """

    processors: Details[SmolVLMImageProcessorPil]
    tile: int
    places: int
    name: str = "SmolVLM"
    image_token: str = "<image>"
    feature_token: str = "<image>"
    bidirectional_images: bool = False
    dialect: DialectName = "hermes"
    notes: tuple[str, ...] = ()

    @classmethod
    def from_folder(
        cls, config: Mapping[str, object], preprocessor: Mapping[str, object]
    ) -> SmolVlm:
        """Adapter from a folder's `config.json` and `preprocessor_config.json`."""
        vision = config["vision_config"]
        if not isinstance(vision, dict):
            raise TypeError("vision_config is no object")
        processor = SmolVLMImageProcessorPil.from_dict(dict(preprocessor))
        tile = int(processor.max_image_size["longest_edge"])
        side = tile // int(vision["patch_size"]) // int(str(config["scale_factor"]))
        low = SmolVLMImageProcessorPil.from_dict({**preprocessor, "do_image_splitting": False})
        return cls(Details(low, processor, processor), tile, side**2)

    def image_settings_key(self, detail: Detail) -> str:
        """See `FamilyAdapter`."""
        return str(self.processors.of(detail).to_json_string())

    @property
    def skip_quantising(self) -> tuple[str, ...]:
        """The vision tower, what leads out of it, and the head."""
        return ("model.vision_model", "model.connector", "lm_head")

    def layer_kinds(self, config: PreTrainedConfig) -> Sequence[LayerKind]:
        """See `FamilyAdapter`."""
        return layer_kinds(config)

    def picture_form(self, image: Image, detail: Detail) -> PictureForm:
        """Tiles row by row, each behind its place in words, and the whole picture at the end."""
        parts: list[str | int] = []
        rows, columns = self._tiles(self.processors.of(detail), *image.size)
        lead = ""
        for row in range(1, rows + 1):
            for column in range(1, columns + 1):
                parts += [f"{lead}{_AROUND}<row_{row}_col_{column}>", self.places]
                lead = ""
            lead = "\n"
        lead += "\n" if rows else ""
        parts += [f"{lead}{_AROUND}{_WHOLE}", self.places, _AROUND]
        seen = (max(1, columns) * self.tile, max(1, rows) * self.tile)
        return PictureForm(tuple(parts), (1, (rows * columns + 1) * self.places), seen)

    def image_features(self, model: PreTrainedModel, image: Image, detail: Detail) -> torch.Tensor:
        """See `FamilyAdapter`."""
        inputs = self.processors.of(detail)(images=[[image]], return_tensors="pt")
        pixels = pixels_for(model, inputs["pixel_values"])
        outputs = model.model.get_image_features(pixel_values=pixels, return_dict=True)
        features: torch.Tensor = torch.cat(list(outputs.pooler_output))
        return features

    def positions(self, length: int, spans: Sequence[ImageSpan]) -> torch.Tensor:  # noqa: ARG002
        """See `FamilyAdapter`."""
        return counted(length)

    def step_inputs(self, step: Step) -> Mapping[str, object]:
        """See `FamilyAdapter`."""
        return {"position_ids": step.positions, **encoded(step.features)}

    def _tiles(
        self, processor: SmolVLMImageProcessorPil, width: int, height: int
    ) -> tuple[int, int]:
        """(rows, columns) of tiles, (0, 0) where the whole picture is the only one.

        Follows the processor step by step; its own `get_number_of_image_patches` rounds the
        shorter side before it is scaled, and is wrong for some shapes.
        """
        if not processor.do_image_splitting:
            return 0, 0
        if processor.do_resize:
            shape = np.broadcast_to(np.uint8(0), (3, height, width))
            longest = processor.size["longest_edge"]
            height, width = get_resize_output_image_size(shape, longest)
        rows, columns = self._fitted(width, height)
        return (0, 0) if rows == columns == 1 else (rows, columns)

    def _fitted(self, width: int, height: int) -> tuple[int, int]:
        ratio = width / height
        if width >= height:
            columns = math.ceil(width / self.tile)
            return math.ceil(int(columns * self.tile / ratio) / self.tile), columns
        rows = math.ceil(height / self.tile)
        return rows, math.ceil(int(rows * self.tile * ratio) / self.tile)
