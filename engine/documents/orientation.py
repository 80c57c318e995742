"""How a camera held a picture, from the note in its file."""

from __future__ import annotations

import struct

from PIL import Image

SIDEWAYS = frozenset({5, 6, 7, 8})
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION_TAG = 0x0112


def orientation(picture: Image.Image) -> int:
    """1 to 8 as the camera noted it; 1 where it did not, where the note is damaged, and in TIFF
    and HEIC, whose decoders have turned the picture already.
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
