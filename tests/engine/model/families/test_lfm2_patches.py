"""Patches are those that the stock processor makes for a picture that is not split."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from engine.model.families.lfm2_patches import (
    PatchSettings,
    content_box,
    image_patches,
    image_token_count,
    picture_token_count,
)

SETTINGS = PatchSettings(downsample_factor=1, min_image_tokens=4, max_image_tokens=256)


def test_layout_is_height_width_channel() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (32, 48, 3), dtype=np.uint8)
    found = image_patches(Image.fromarray(pixels), SETTINGS)
    assert (found.height, found.width, found.tokens) == (2, 3, 6)
    assert found.pixel_values.shape == (6, 768)
    assert found.pixel_values.dtype == np.float32
    expected = pixels[16:32, 32:48].astype(np.float32) / 255
    np.testing.assert_allclose(
        found.pixel_values[5].reshape(16, 16, 3), (expected - 0.5) / 0.5, atol=1e-6
    )


@pytest.mark.parametrize(
    ("size", "tokens"),
    [
        ((320, 64), 20 * 4),
        ((320, 160), 20 * 10),
        ((100, 20), 6),
        ((10, 10), 4),
        ((8, 24), 8),  # enlarged to at least four tokens, rounded up on both sides
        ((1000, 1000), 256),
        ((1600, 900), 21 * 12),
        ((20000, 3), 256),
    ],
)
def test_token_counts(size: tuple[int, int], tokens: int) -> None:
    assert image_token_count(*size, SETTINGS) == tokens
    assert image_patches(Image.new("RGB", size), SETTINGS).tokens == tokens


def test_transparent_pictures_are_laid_on_white() -> None:
    clear = image_patches(Image.new("RGBA", (32, 32), (0, 0, 0, 0)), SETTINGS)
    white = image_patches(Image.new("RGB", (32, 32), "white"), SETTINGS)
    np.testing.assert_array_equal(clear.pixel_values, white.pixel_values)


@pytest.mark.parametrize("mode", ["L", "1", "P", "LA", "CMYK", "I;16"])
def test_every_mode_is_accepted(mode: str) -> None:
    assert image_patches(Image.new(mode, (64, 32)), SETTINGS).tokens == 8


def test_settings_are_read_from_the_preprocessor_file() -> None:
    found = PatchSettings.from_dict(
        {"encoder_patch_size": 8, "downsample_factor": 1, "image_mean": [0.1, 0.2, 0.3], "x": None}
    )
    assert found == PatchSettings(
        encoder_patch_size=8, downsample_factor=1, image_mean=(0.1, 0.2, 0.3)
    )
    assert PatchSettings.from_dict({}) == PatchSettings()


@pytest.mark.parametrize(("ink", "ground"), [("black", "white"), ("white", "navy")])
def test_trimming_keeps_what_stands_on_the_ground(ink: str, ground: str) -> None:
    image = Image.new("RGB", (200, 120), ground)
    ImageDraw.Draw(image).rectangle((40, 50, 99, 63), fill=ink)
    assert content_box(image, 2) == (38, 48, 102, 66)
    trimmed = replace(SETTINGS, trim_margin=2)
    found = image_patches(image, trimmed)
    assert (found.height, found.width) == (1, 4)
    assert picture_token_count(image, trimmed) == found.tokens == 4
    assert picture_token_count(image, SETTINGS) == image_patches(image, SETTINGS).tokens


def test_trimming_stays_inside_and_leaves_an_empty_picture_whole() -> None:
    empty = Image.new("RGB", (64, 32), "white")
    assert content_box(empty, 2) == (0, 0, 64, 32)
    full = empty.copy()
    full.putpixel((0, 5), (0, 0, 0))
    full.putpixel((63, 31), (0, 0, 0))
    assert content_box(full, 8) == (0, 0, 64, 32)
