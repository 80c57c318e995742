"""Pictures as the Qwen families take them: resized to whole patches, of any shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import (
    Qwen2VLImageProcessorPil,
    smart_resize,
)

from engine.api.errors import UnreadableFile
from engine.prompt.spans import PictureForm

if TYPE_CHECKING:
    from collections.abc import Mapping

    import torch
    from PIL.Image import Image
    from transformers import PreTrainedModel


@dataclass(frozen=True, slots=True)
class QwenPictures:
    """The PIL processor of these families, and what follows from its settings."""

    processor: Qwen2VLImageProcessorPil

    @classmethod
    def from_dict(cls, preprocessor: Mapping[str, object]) -> QwenPictures:
        """From a `preprocessor_config.json`."""
        return cls(Qwen2VLImageProcessorPil.from_dict(dict(preprocessor)))

    @property
    def settings_key(self) -> str:
        """Changes whenever the same picture would give other features."""
        return str(self.processor.to_json_string())

    def form(self, image: Image) -> PictureForm:
        """One place for each square of merged patches, row by row."""
        rows, columns = self._grid(*image.size)
        return PictureForm((rows * columns,), (rows, columns))

    def encode(self, model: PreTrainedModel, image: Image) -> Any:  # noqa: ANN401
        """What the model's own `get_image_features` gives for the picture."""
        inputs = self.processor(images=[image], return_tensors="pt")
        device: torch.device = next(model.parameters()).device
        return model.model.get_image_features(
            pixel_values=inputs["pixel_values"].to(device),
            image_grid_thw=inputs["image_grid_thw"].to(device),
            return_dict=True,
        )

    def _grid(self, width: int, height: int) -> tuple[int, int]:
        side = self.processor.patch_size * self.processor.merge_size
        try:
            resized_height, resized_width = smart_resize(
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
        return resized_height // side, resized_width // side
