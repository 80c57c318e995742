"""Files for the document tests that no ordinary program would write."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from heic import heic
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="session")
def pdf_of_objects() -> Callable[..., bytes]:
    """A PDF from its objects' source; the first is the catalogue, numbers count from 1."""

    def build(*objects: bytes) -> bytes:
        out, offsets = b"%PDF-1.7\n", []
        for number, source in enumerate(objects, 1):
            offsets.append(len(out))
            out += b"%d 0 obj\n%s\nendobj\n" % (number, source)
        entries = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
        size = len(objects) + 1
        table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, entries)
        trailer = b"trailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n" % (size, len(out))
        return out + table + trailer

    return build


@pytest.fixture(scope="session")
def pdf_without_pages(pdf_of_objects) -> bytes:
    return pdf_of_objects(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>")


@pytest.fixture(scope="session")
def pdf_cut_after_page_1(pdf_of_objects) -> bytes:
    """Three pages are promised, one is there."""
    content = b"BT /F1 12 Tf 72 700 Td (whole) Tj ET"
    return pdf_of_objects(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R 8 0 R 9 0 R]/Count 3>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )


@pytest.fixture(scope="session")
def encoded() -> Callable[..., bytes]:
    """A Pillow picture as the bytes of a file."""

    def encode(picture: Image.Image, kind: str, **options: object) -> bytes:
        stream = BytesIO()
        picture.save(stream, kind, **options)
        return stream.getvalue()

    return encode


@pytest.fixture(scope="session")
def sound_files(tmp_path_factory, file_maker, encoded) -> dict[str, bytes]:
    """A small readable file of every kind, by suffix."""
    files = file_maker(tmp_path_factory.mktemp("sound"))
    picture = Image.radial_gradient("L").resize((24, 16)).convert("RGB")

    def content(path: Path) -> bytes:
        return path.read_bytes()

    return {
        ".pdf": content(files.pdf("a.pdf", ["A first page\nof two lines", "Second page"])),
        ".locked.pdf": content(files.encrypted_pdf("b.pdf", ["Hidden"])),
        ".txt": content(files.text("c.txt", "Grüße aus Zürich\nsecond line\n")),
        ".png": encoded(picture, "PNG"),
        ".jpg": content(files.jpeg("d.jpg", orientation=6)),
        ".webp": encoded(picture, "WEBP"),
        ".gif": encoded(picture, "GIF"),
        ".bmp": encoded(picture, "BMP"),
        ".tif": encoded(picture, "TIFF", compression="tiff_lzw"),
        ".heic": heic([[(76, 85, 255), (150, 44, 21)], [(29, 255, 107), (255, 128, 128)]]),
        ".avif": encoded(picture, "AVIF"),
    }
