"""The one door for files: a path or bytes in, a message part out, or `UnreadableFile`.

The kind is decided by content. Every file is read once, and its digest is that of these bytes.
"""

from __future__ import annotations

import hashlib
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING

from engine.api.messages import DocumentPage, DocumentPart, ImagePart
from engine.documents import refusals
from engine.documents.image import read_image
from engine.documents.pdf import read_pages
from engine.documents.sniff import PICTURES, Kind, holds_late_pdf_header, sniff
from engine.documents.text import decode_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_FILE_BYTES = 200_000_000


def read_attachment(path: Path) -> ImagePart | DocumentPart:
    """Read the file at `path` as what its content is: a picture, a PDF or text."""
    name = _printable(path.name or str(path))
    with _memory_for(name):
        data = _read_bytes(path, name)
        kind = sniff(data)
        if kind in PICTURES:
            return read_image(data, kind, name)
        return _document(data, name, _pages(data, kind, name))


def read_image_bytes(data: bytes, name: str) -> ImagePart:
    """Check pasted or dropped image data; `name` is what it shall be called."""
    name = _printable(name)
    if not data:
        raise refusals.empty(name)
    if len(data) > MAX_FILE_BYTES:
        raise refusals.too_large(name, len(data), MAX_FILE_BYTES)
    kind = sniff(data)
    if kind not in PICTURES:
        raise refusals.not_a_picture(name)
    with _memory_for(name):
        return read_image(data, kind, name)


@contextmanager
def _memory_for(name: str) -> Iterator[None]:
    try:
        yield
    except MemoryError as fault:
        raise refusals.no_memory(name) from fault


def _printable(name: str) -> str:
    """A file's name may hold bytes that are no characters; nothing behind this door could."""
    return name.encode("utf-8", "replace").decode("utf-8")


def _read_bytes(path: Path, name: str) -> bytes:
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise refusals.folder(name)
        if not stat.S_ISREG(found.st_mode):
            raise refusals.not_a_file(name)
        if found.st_size > MAX_FILE_BYTES:
            raise refusals.too_large(name, found.st_size, MAX_FILE_BYTES)
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError) as fault:
        raise refusals.missing(name, repr(fault)) from fault
    except PermissionError as fault:
        raise refusals.forbidden(name, repr(fault)) from fault
    except (OSError, ValueError) as fault:  # the latter for a path with a NUL in it
        raise refusals.not_read(name, repr(fault)) from fault
    if len(data) > MAX_FILE_BYTES:  # it grew meanwhile
        raise refusals.too_large(name, len(data), MAX_FILE_BYTES)
    if not data:
        raise refusals.empty(name)
    return data


def _pages(data: bytes, kind: Kind | None, name: str) -> tuple[DocumentPage, ...]:
    if kind is Kind.PDF:
        return read_pages(data, name)
    text = decode_text(data) if kind is None else None
    if text is not None:
        return _one_page(text, name)
    if kind is None and holds_late_pdf_header(data):
        return read_pages(data, name)
    raise refusals.unsupported(name, kind)


def _one_page(text: str, name: str) -> tuple[DocumentPage, ...]:
    if not text.strip():
        raise refusals.empty(name)
    disguise = refusals.text_in_disguise(name)
    if disguise is not None:
        raise disguise
    return (DocumentPage(1, text),)


def _document(data: bytes, name: str, pages: tuple[DocumentPage, ...]) -> DocumentPart:
    return DocumentPart(name, hashlib.sha256(data).hexdigest(), len(data), pages)
