"""Files that a person drops or pastes: told apart by content, checked, and made message parts.

This is the public door. It needs neither Qt nor the model runtime.
"""

from engine.documents.image import as_png, decode_image, thumbnail
from engine.documents.opening import MAX_PIXELS
from engine.documents.read import MAX_FILE_BYTES, read_attachment, read_image_bytes

__all__ = [
    "MAX_FILE_BYTES",
    "MAX_PIXELS",
    "as_png",
    "decode_image",
    "read_attachment",
    "read_image_bytes",
    "thumbnail",
]
