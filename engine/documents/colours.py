"""Pixels of any mode as 8-bit sRGB, the way a screen would show them on white paper."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageCms

# What a colour profile must be for, by the mode of the picture that it can be applied to.
_PROFILED = {"RGB": "RGB", "CMYK": "CMYK", "L": "GRAY"}


def flat(picture: Image.Image) -> Image.Image:
    """`picture` as RGB: what is transparent on white, deep greys by their range, its own colour
    profile, where it has a sound one, brought to sRGB.
    """
    profile: object = picture.info.get("icc_profile")
    plain = _opaque(picture)
    if isinstance(profile, bytes) and plain.mode in _PROFILED:
        managed = _managed(plain, profile)
        if managed is not None:
            return managed
    return plain.convert("RGB")


def _opaque(picture: Image.Image) -> Image.Image:
    """The same picture in RGB, CMYK or L, nothing transparent left."""
    if picture.mode == "F" or picture.mode.startswith("I"):
        return _eight_bit(picture)
    if picture.has_transparency_data:
        white = Image.new("RGBA", picture.size, "white")
        white.alpha_composite(picture.convert("RGBA"))
        return white.convert("RGB")
    return picture if picture.mode in _PROFILED else picture.convert("RGB")


def _managed(picture: Image.Image, profile: bytes) -> Image.Image | None:
    """`picture` brought from the profile's colours to sRGB; `None` where that cannot be done."""
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        if source.profile.xcolor_space.strip() != _PROFILED[picture.mode]:
            return None
        return ImageCms.profileToProfile(
            picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
        return None  # a damaged profile costs its colours, not the picture


def _eight_bit(picture: Image.Image) -> Image.Image:
    """Deep greys scaled to 0 to 255; Pillow's own conversion would cut them off at 255.

    16-bit greys are scaled by their range, others, which have no agreed one, by their extremes.
    """
    grey = picture.convert("F")
    if picture.mode.startswith("I;16"):
        low, high = 0.0, 65535.0
    else:
        low, high = (float(end) for end in grey.getextrema())  # type: ignore[arg-type]
    scale = 255.0 / (high - low) if high > low else 0.0
    return grey.point(lambda value: value * scale - low * scale).convert("L")
