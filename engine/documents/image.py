"""Pictures: checked when they are attached, decoded to pixels when the model looks at them.

A part keeps the bytes of its file. Everybody who needs pixels gets them from here, so that what is
shown, counted and read is the same picture.
"""

from __future__ import annotations

import hashlib
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image, ImageOps

from engine.api.messages import ImagePart
from engine.documents import refusals, svg
from engine.documents.colours import flat
from engine.documents.opening import decoding, open_picture
from engine.documents.orientation import SIDEWAYS, UPRIGHT, orientation
from engine.documents.sniff import PICTURES, Kind, sniff

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

_UNNAMED = "The picture"


def read_image(data: bytes, kind: Kind, name: str) -> ImagePart:
    """A picture of a known kind, proved to decode from its first pixel to its last."""
    if kind is Kind.SVG:
        width, height = svg.draw(data, name).size
        return ImagePart(name, hashlib.sha256(data).hexdigest(), width, height, data)
    with decoding(name):
        picture = open_picture(data, kind, name)
        width, height = picture.size
        picture.draft(None, (1, 1))  # a JPEG is then read whole, but at an eighth of its size
        picture.load()
        if kind in {Kind.TIFF, Kind.HEIC}:  # their size is known when they have been turned
            width, height = picture.size
        elif orientation(picture) in SIDEWAYS:
            width, height = height, width
    return ImagePart(name, hashlib.sha256(data).hexdigest(), width, height, data)


def decode_image(part: ImagePart) -> Image.Image:
    """The picture's pixels: RGB, upright, what is transparent on white."""
    return _decode(part.data, part.name, None)


def thumbnail(data: bytes, size: tuple[int, int]) -> tuple[int, int, bytes]:
    """The picture in the file `data`, filling `size` in pixels, with the rest cut off evenly.

    Returns (width, height, pixels), four bytes a pixel in the order red, green, blue, opacity. It
    needs no window and may run on any thread. Raises `UnreadableFile`.
    """
    width, height = size
    small = _decode(data, _UNNAMED, size)
    filled = ImageOps.fit(small, (width, height), Image.Resampling.LANCZOS)
    return width, height, filled.convert("RGBA").tobytes()


def as_png(part: ImagePart) -> bytes:
    """The picture as it is seen, as a PNG file: for whoever cannot show what it came in.

    Raises `UnreadableFile`.
    """
    stream = BytesIO()
    decode_image(part).save(stream, "PNG")
    return stream.getvalue()


def _decode(data: bytes, name: str, least: tuple[int, int] | None) -> Image.Image:
    """RGB and upright; with `least`, perhaps smaller than it is, but still covering that."""
    kind = sniff(data)
    if kind not in PICTURES or kind is None:
        raise refusals.not_a_picture(name)
    if kind is Kind.SVG:
        return flat(svg.draw(data, name))
    with decoding(name):
        picture = open_picture(data, kind, name)
        if least is not None:
            picture.draft(None, (max(least), max(least)))
        picture.load()
        turn = UPRIGHT.get(orientation(picture))
        pixels = flat(picture if least is None else _reduced(picture, max(least)))
        return pixels if turn is None else pixels.transpose(turn)


def _reduced(picture: ImageFile, side: int) -> Image.Image:
    """`picture` smaller by a whole number, where that leaves `side` pixels each way."""
    factor = min(picture.size) // max(1, side)
    if factor < 2 or picture.mode not in {"L", "RGB", "RGBA", "CMYK"}:
        return picture
    reduced = picture.reduce(factor)
    reduced.info.update(picture.info)
    return reduced
