"""Pictures as the Qwen families take them: resized to whole patches, of any shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import (
    Qwen2VLImageProcessorPil,
    smart_resize,
)

from engine.api.errors import UnreadableFile
from engine.model.families.details import Details, place_limits
from engine.prompt.spans import PictureForm

if TYPE_CHECKING:
    from collections.abc import Mapping

    import torch
    from PIL.Image import Image
    from transformers import PreTrainedModel

    from engine.api.messages import Detail


@dataclass(frozen=True, slots=True)
class QwenPictures:
    """The PIL processor of these families, and what follows from its settings.

    Published settings allow a picture 16,384 places; so many are read at full detail only.
    """

    processors: Details[Qwen2VLImageProcessorPil]

    @classmethod
    def from_dict(cls, preprocessor: Mapping[str, object]) -> QwenPictures:
        """From a `preprocessor_config.json`."""
        published = Qwen2VLImageProcessorPil.from_dict(dict(preprocessor))
        side = published.patch_size * published.merge_size
        pixels = side * side
        limits = place_limits(
            published.size["shortest_edge"] // pixels, published.size["longest_edge"] // pixels
        )
        # Older files name the same limits so, and that would go before `size`.
        settings = {k: v for k, v in preprocessor.items() if k not in {"min_pixels", "max_pixels"}}

        def limited(least: int, most: int) -> Qwen2VLImageProcessorPil:
            size = {"shortest_edge": least * pixels, "longest_edge": most * pixels}
            return Qwen2VLImageProcessorPil.from_dict({**settings, "size": size})

        usual = published if limits.standard == limits.full else limited(*limits.standard)
        return cls(Details(limited(*limits.low), usual, published))

    def settings_key(self, detail: Detail) -> str:
        """Changes whenever the same picture would give other features."""
        return str(self.processors.of(detail).to_json_string())

    def form(self, image: Image, detail: Detail) -> PictureForm:
        """One place for each square of merged patches, row by row."""
        processor = self.processors.of(detail)
        side = processor.patch_size * processor.merge_size
        rows, columns = _grid(processor, *image.size)
        return PictureForm((rows * columns,), (rows, columns), (columns * side, rows * side))

    def encode(self, model: PreTrainedModel, image: Image, detail: Detail) -> Any:  # noqa: ANN401
        """What the model's own `get_image_features` gives for the picture."""
        inputs = self.processors.of(detail)(images=[image], return_tensors="pt")
        device: torch.device = next(model.parameters()).device
        return model.model.get_image_features(
            pixel_values=inputs["pixel_values"].to(device),
            image_grid_thw=inputs["image_grid_thw"].to(device),
            return_dict=True,
        )


def _grid(processor: Qwen2VLImageProcessorPil, width: int, height: int) -> tuple[int, int]:
    """(rows, columns) of places."""
    side = processor.patch_size * processor.merge_size
    try:
        resized_height, resized_width = smart_resize(
            height,
            width,
            factor=side,
            min_pixels=processor.size["shortest_edge"],
            max_pixels=processor.size["longest_edge"],
        )
    except ValueError as error:
        raise UnreadableFile(
            f"A picture of {width} x {height} pixels is too long and thin for this model. "
            "Cut it into pieces.",
            str(error),
        ) from error
    return resized_height // side, resized_width // side
