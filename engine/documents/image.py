"""Pictures: checked when they are attached, decoded to pixels when the model looks at them.

Only the decoder that belongs to the signature is ever run. Sizes are judged from the header,
before a single pixel is decoded.
"""

from __future__ import annotations

import hashlib
import struct
import threading
import warnings
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from engine.api.errors import UnreadableFile
from engine.api.messages import ImagePart
from engine.documents import refusals
from engine.documents.sniff import Kind, sniff

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.ImageFile import ImageFile

MAX_PIXELS = 100_000_000

# Constructed directly: `Image.open` would complain of large pictures before we have judged them.
_DECODERS: dict[Kind, type[ImageFile]] = {
    Kind.PNG: PngImageFile,
    Kind.JPEG: JpegImageFile,
    Kind.GIF: GifImageFile,
    Kind.WEBP: WebPImageFile,
    Kind.BMP: BmpImageFile,
    Kind.TIFF: TiffImageFile,
}
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS = frozenset({5, 6, 7, 8})
_ORIENTATION_TAG = 0x0112

# Pillow warns of odd metadata, and `catch_warnings` is not made for two threads at once.
_one_at_a_time = threading.Lock()


def read_image(data: bytes, kind: Kind, name: str) -> ImagePart:
    """A picture of a known kind, proved to decode from its first pixel to its last."""
    with _decoding(name):
        picture = _open(data, kind, name)
        width, height = picture.size
        picture.draft(None, (1, 1))  # a JPEG is then read whole, but at an eighth of its size
        picture.load()
        if kind is Kind.TIFF:  # its size is known when it has been turned
            width, height = picture.size
        elif _orientation(picture) in _SIDEWAYS:
            width, height = height, width
    return ImagePart(name, hashlib.sha256(data).hexdigest(), width, height, data)


def decode_image(part: ImagePart) -> Image.Image:
    """The picture's pixels: RGB, upright, what is transparent on white."""
    kind = sniff(part.data)
    if kind not in _DECODERS:
        raise refusals.not_a_picture(part.name)
    with _decoding(part.name):
        picture = _open(part.data, kind, part.name)
        picture.load()
        turn = _UPRIGHT.get(_orientation(picture))
        flat = _flat(picture)
        return flat if turn is None else flat.transpose(turn)


@contextmanager
def _decoding(name: str) -> Iterator[None]:
    """While Pillow works: its warnings are kept quiet, and its many errors become ours."""
    with _one_at_a_time, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except (UnreadableFile, MemoryError):
            raise
        except Image.DecompressionBombError as fault:
            much = f"more than {MAX_PIXELS // 1_000_000} megapixels"
            raise refusals.picture_too_large(name, much, MAX_PIXELS) from fault
        except Exception as fault:  # decoders raise almost anything on damaged bytes
            raise refusals.picture_damaged(name, repr(fault)) from fault


def _open(data: bytes, kind: Kind, name: str) -> ImageFile:
    picture = _DECODERS[kind](BytesIO(data))
    width, height = picture.size
    if width * height > MAX_PIXELS:
        size = f"{width:,} × {height:,} ({width * height / 1e6:,.0f} megapixels)"
        raise refusals.picture_too_large(name, size, MAX_PIXELS)
    if width < 1 or height < 1:
        raise refusals.picture_damaged(name, f"{width} x {height} pixels")
    return picture


def _orientation(picture: ImageFile) -> int:
    """1 to 8 as the camera noted it; 1 where it did not, where the note is damaged, and in TIFF,
    whose decoder has turned the picture already.
    """
    exif: object = picture.info.get("exif")
    return exif_orientation(exif) if isinstance(exif, bytes) else 1


def exif_orientation(exif: bytes) -> int:
    """The orientation in an EXIF block: 1 (upright) to 8; 1 for a block that cannot be read.

    Read here because Pillow's reader refuses the whole block, and so the picture, for faults in
    tags that nobody needs.
    """
    tiff = exif.removeprefix(b"Exif\x00\x00")
    order = {b"II*\x00": "<", b"MM\x00*": ">"}.get(tiff[:4])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, start)
        for entry in range(count):
            tag, _type, _count, value = struct.unpack_from(
                f"{order}HHIH", tiff, start + 2 + 12 * entry
            )
            if tag == _ORIENTATION_TAG:
                return int(value) if 1 <= value <= 8 else 1
    except struct.error:
        return 1
    return 1


def _flat(picture: Image.Image) -> Image.Image:
    if picture.mode == "F" or picture.mode.startswith("I"):
        return _eight_bit(picture).convert("RGB")
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    white = Image.new("RGBA", picture.size, "white")
    white.alpha_composite(picture.convert("RGBA"))
    return white.convert("RGB")


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
