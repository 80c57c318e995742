"""Picture files opened: the decoder that belongs to the signature, and the size judged first.

Every size is read from the file's header, and what is too large is refused before memory is taken
for a single pixel.
"""

from __future__ import annotations

import struct
import threading
import warnings
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from engine.api.errors import UnreadableFile
from engine.documents import refusals
from engine.documents.sniff import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.ImageFile import ImageFile

# Decoded, so many take a quarter of a gigabyte, and four times that while they are converted.
MAX_PIXELS = 80_000_000

# Constructed directly: `Image.open` would complain of large pictures before we have judged them.
_DECODERS: dict[Kind, type[ImageFile]] = {
    Kind.PNG: PngImageFile,
    Kind.JPEG: JpegImageFile,
    Kind.GIF: GifImageFile,
    Kind.WEBP: WebPImageFile,
    Kind.BMP: BmpImageFile,
    Kind.TIFF: TiffImageFile,
    Kind.AVIF: AvifImageFile,
}
_TILE_WIDTH, _TILE_HEIGHT = 322, 323

# Pillow warns of odd metadata, and `catch_warnings` is not made for two threads at once.
_one_at_a_time = threading.Lock()


@contextmanager
def decoding(name: str) -> Iterator[None]:
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


def open_picture(data: bytes, kind: Kind, name: str) -> ImageFile:
    """The picture in `data`, not decoded yet. To be called, and the picture loaded, in `decoding`.

    Raises `UnreadableFile` for more than `MAX_PIXELS`.
    """
    if kind is Kind.WEBP:  # its decoder takes memory for the whole canvas when it is made
        judge_size(*_webp_size(data), name)
    picture = _decoder(kind)(BytesIO(data))
    judge_size(*picture.size, name)
    if isinstance(picture, TiffImageFile):
        # A tile is decoded whole, however little of it lies inside the picture.
        tags = picture.tag_v2
        judge_size(tags.get(_TILE_WIDTH, 1), tags.get(_TILE_HEIGHT, 1), name)
    return picture


def _decoder(kind: Kind) -> type[ImageFile]:
    if kind is not Kind.HEIC:
        return _DECODERS[kind]
    # Its library takes a twentieth of a second to load, which a window's start need not wait for.
    from pi_heif.as_plugin import HeifImageFile

    decoder: type[ImageFile] = HeifImageFile
    return decoder


def judge_size(width: float, height: float, name: str) -> None:
    """Refuse a size in pixels that is none, or larger than what is decoded."""
    if width * height > MAX_PIXELS:
        size = f"{width:,.0f} × {height:,.0f} ({width * height / 1e6:,.0f} megapixels)"
        raise refusals.picture_too_large(name, size, MAX_PIXELS)
    if width <= 0 or height <= 0:
        raise refusals.picture_damaged(name, f"{width} x {height} pixels")


def _webp_size(data: bytes) -> tuple[int, int]:
    """Width and height in a WebP header, as its container specification lays them out."""
    chunk, body = data[12:16], data[20:30]
    if chunk == b"VP8X":
        return (
            1 + int.from_bytes(body[4:7], "little"),
            1 + int.from_bytes(body[7:10], "little"),
        )
    if chunk == b"VP8L":
        (bits,) = struct.unpack_from("<I", body, 1)
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack_from("<HH", body, 6)
    return width & 0x3FFF, height & 0x3FFF
