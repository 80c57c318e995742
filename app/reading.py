"""Reading files that were dropped or pasted, off the window's thread.

The libraries that read them are imported with the first file: the first paint does not wait for
what draws PDFs and unpacks pictures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from engine import DocumentPart, ImagePart


def read_attachment(path: Path) -> ImagePart | DocumentPart:
    """As `engine.documents.read_attachment`."""
    from engine import documents

    return documents.read_attachment(path)


def read_image_bytes(data: bytes, name: str) -> ImagePart:
    """As `engine.documents.read_image_bytes`."""
    from engine import documents

    return documents.read_image_bytes(data, name)


def thumbnail(data: bytes, size: tuple[int, int]) -> tuple[int, int, bytes]:
    """As `engine.documents.thumbnail`."""
    from engine import documents

    return documents.thumbnail(data, size)


def as_png(part: ImagePart) -> bytes:
    """As `engine.documents.as_png`."""
    from engine import documents

    return documents.as_png(part)
