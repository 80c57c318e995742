"""Pictures as the LFM2-VL family wants them: resized, normalised and cut into patches.

A twin of transformers' `Lfm2VlImageProcessor` without tiling, on Pillow and numpy, because that
class needs torchvision. Field names are those of `preprocessor_config.json`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

_HALF = (0.5, 0.5, 0.5)
# How far a channel may be from the ground's before a pixel counts as content.
_GROUND_TOLERANCE = 48


@dataclass(frozen=True, slots=True)
class PatchSettings:
    """How large a picture may be in tokens, and how its pixels become numbers."""

    encoder_patch_size: int = 16
    downsample_factor: int = 2
    min_image_tokens: int = 64
    max_image_tokens: int = 256
    image_mean: tuple[float, ...] = _HALF
    image_std: tuple[float, ...] = _HALF
    rescale_factor: float = 1 / 255
    trim_margin: int | None = None

    @classmethod
    def from_dict(cls, config: Mapping[str, object]) -> PatchSettings:
        """Read the fields of a `preprocessor_config.json`; absent ones keep the class's default."""
        usual = cls()

        def whole(name: str, default: int) -> int:
            return int(cast("int", config.get(name, default)))

        def channels(name: str, default: tuple[float, ...]) -> tuple[float, ...]:
            return tuple(float(x) for x in cast("Sequence[float]", config.get(name, default)))

        return cls(
            encoder_patch_size=whole("encoder_patch_size", usual.encoder_patch_size),
            downsample_factor=whole("downsample_factor", usual.downsample_factor),
            min_image_tokens=whole("min_image_tokens", usual.min_image_tokens),
            max_image_tokens=whole("max_image_tokens", usual.max_image_tokens),
            image_mean=channels("image_mean", usual.image_mean),
            image_std=channels("image_std", usual.image_std),
            rescale_factor=float(cast("float", config.get("rescale_factor", usual.rescale_factor))),
            trim_margin=cast("int | None", config.get("trim_margin")),
        )


@dataclass(frozen=True, slots=True)
class ImagePatches:
    """One picture for the vision tower.

    `pixel_values` holds a patch a row (each flattened as height, width, channel); `height` and
    `width` count patches and make `spatial_shapes`; the attention mask is all ones; `tokens` is
    the number of placeholders the picture needs.
    """

    pixel_values: NDArray[np.float32]
    height: int
    width: int
    tokens: int


def image_patches(image: Image.Image, settings: PatchSettings) -> ImagePatches:
    """Return the picture's patches; a transparent picture is laid on white."""
    patch = settings.encoder_patch_size
    opaque = _on_white(image)
    if settings.trim_margin is not None:
        opaque = opaque.crop(content_box(opaque, settings.trim_margin))
    width, height = _resized(opaque.width, opaque.height, settings)
    if opaque.size != (width, height):
        opaque = opaque.resize((width, height), Image.Resampling.BILINEAR)
    pixels = np.asarray(opaque, dtype=np.float32) * np.float32(settings.rescale_factor)
    mean = np.asarray(settings.image_mean, dtype=np.float32)
    std = np.asarray(settings.image_std, dtype=np.float32)
    grid = ((pixels - mean) / std).reshape(height // patch, patch, width // patch, patch, 3)
    rows = np.ascontiguousarray(grid.transpose(0, 2, 1, 3, 4)).reshape(-1, patch * patch * 3)
    return ImagePatches(
        pixel_values=rows.astype(np.float32, copy=False),
        height=height // patch,
        width=width // patch,
        tokens=token_count(width, height, settings),
    )


def image_token_count(width: int, height: int, settings: PatchSettings) -> int:
    """Return how many tokens a picture of this size in pixels takes when it is not trimmed."""
    return token_count(*_resized(width, height, settings), settings)


def picture_token_count(image: Image.Image, settings: PatchSettings) -> int:
    """Return how many tokens this picture takes, trimmed where the settings say so."""
    return token_count(*picture_size(image, settings), settings)


def picture_size(image: Image.Image, settings: PatchSettings) -> tuple[int, int]:
    """Return the width and height that this picture is brought to, trimmed where it shall be."""
    if settings.trim_margin is None:
        return _resized(image.width, image.height, settings)
    left, top, right, bottom = content_box(image, settings.trim_margin)
    return _resized(right - left, bottom - top, settings)


def content_box(image: Image.Image, margin: int) -> tuple[int, int, int, int]:
    """Return the box around all that differs from the ground, `margin` pixels wider each way.

    The ground is the corners' middle colour. The box stays inside the picture; a picture that is
    all ground stays whole.
    """
    pixels = np.asarray(_on_white(image), dtype=np.int16)
    ground = np.median(pixels[[0, 0, -1, -1], [0, -1, 0, -1]], axis=0)
    content = np.abs(pixels - ground).max(axis=-1) > _GROUND_TOLERANCE
    rows, columns = np.flatnonzero(content.any(axis=1)), np.flatnonzero(content.any(axis=0))
    if not len(rows):
        return 0, 0, image.width, image.height
    return (
        max(0, int(columns[0]) - margin),
        max(0, int(rows[0]) - margin),
        min(image.width, int(columns[-1]) + 1 + margin),
        min(image.height, int(rows[-1]) + 1 + margin),
    )


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode == "RGB":
        return image
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        ground = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(ground, layer).convert("RGB")
    return image.convert("RGB")


def token_count(width: int, height: int, settings: PatchSettings) -> int:
    """Return how many tokens a picture brought to this size takes."""
    side = settings.encoder_patch_size * settings.downsample_factor
    return (width // side) * (height // side)


def _resized(width: int, height: int, settings: PatchSettings) -> tuple[int, int]:
    """Return the size to bring a picture to: whole tokens, their number within the limits.

    Follows `smart_resize` of the original step by step, since a model sees what it decides.
    """
    side = settings.encoder_patch_size * settings.downsample_factor
    least = settings.min_image_tokens * side * side
    most = settings.max_image_tokens * side * side
    new_height = max(side, round(height / side) * side)
    new_width = max(side, round(width / side) * side)
    if new_height * new_width > most:
        shrink = math.sqrt(height * width / most)
        new_height = max(side, math.floor(height / shrink / side) * side)
        new_width = max(side, math.floor(width / shrink / side) * side)
        # A very long, thin picture keeps one token of height and could still be over the limit.
        new_height = min(new_height, max(1, most // (new_width * side)) * side)
        new_width = min(new_width, max(1, most // (new_height * side)) * side)
    elif new_height * new_width < least:
        grow = math.sqrt(least / (height * width))
        new_height = math.ceil(height * grow / side) * side
        new_width = math.ceil(width * grow / side) * side
    return new_width, new_height
