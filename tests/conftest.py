"""What every test gets: a home of its own, no visible windows, no threads left behind, files."""

from __future__ import annotations

import os
import struct
import threading
import zlib
from io import BytesIO
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

# A machine that does much else is slow now and then; that is no failure of the code.
settings.register_profile("tanka", deadline=None)
settings.load_profile("tanka")

# Before any test module can import Qt.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path_factory.getbasetemp() / "homes" / uuid4().hex
    monkeypatch.setenv("TANKA_HOME", str(home))


@pytest.fixture(autouse=True)
def _no_thread_left_behind() -> Iterator[None]:
    """A thread that would keep the program from ending must end with its test."""
    before = set(threading.enumerate())
    yield
    left = [thread for thread in set(threading.enumerate()) - before if not thread.daemon]
    for thread in left:
        thread.join(timeout=2.0)
    alive = sorted(thread.name for thread in left if thread.is_alive())
    if alive:
        pytest.fail(f"threads left running: {', '.join(alive)}")


@pytest.fixture(scope="session")
def file_maker() -> type[FileMaker]:
    """For fixtures that live longer than a test: give it a folder of your own."""
    return FileMaker


@pytest.fixture
def make_files(tmp_path: Path, file_maker: type[FileMaker]) -> FileMaker:
    return file_maker(tmp_path)


class FileMaker:
    """Makes real files in one folder; every method answers with the path."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def raw(self, name: str, data: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(data)
        return path

    def text(self, name: str, content: str, encoding: str = "utf-8") -> Path:
        return self.raw(name, content.encode(encoding))

    def pdf(self, name: str, pages: Sequence[str]) -> Path:
        """One page per string; a line of the string is a line on the page."""
        return self.raw(name, pdf_bytes(pages))

    def encrypted_pdf(self, name: str, pages: Sequence[str]) -> Path:
        """Opens with a password only."""
        return self.raw(name, pdf_bytes(pages, encrypt="sesame"))

    def damaged_pdf(self, name: str) -> Path:
        """Begins as a PDF and goes on as noise."""
        return self.raw(name, b"%PDF-1.7\n" + bytes(range(1, 256)) * 8)

    def empty_pdf(self, name: str) -> Path:
        """A file of no bytes, named as a PDF."""
        return self.raw(name, b"")

    def png(self, name: str, text: str | None = None, size: tuple[int, int] = (160, 60)) -> Path:
        """Black letters on white."""
        return self.raw(name, png_bytes(text, size))

    def truncated_png(self, name: str) -> Path:
        """A sound header and half of the pixels."""
        data = png_bytes("cut off", (400, 300))
        return self.raw(name, data[: len(data) // 2])

    def huge_png(self, name: str, width: int = 30_000, height: int = 30_000) -> Path:
        """A sound header that promises far more pixels than the file could hold."""
        return self.raw(name, huge_png_bytes(width, height))

    def jpeg(self, name: str, size: tuple[int, int] = (40, 20), orientation: int = 1) -> Path:
        """The top left quarter of what is stored is red, the rest white."""
        return self.raw(name, jpeg_bytes(size, orientation))


def pdf_bytes(pages: Sequence[str], encrypt: str | None = None) -> bytes:
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    stream = BytesIO()
    canvas = Canvas(stream, pagesize=A4, encrypt=encrypt, invariant=True)
    for page in pages:
        lines = canvas.beginText(72, A4[1] - 72)
        lines.setFont("Helvetica", 11)
        lines.textLines(page, trim=False)
        canvas.drawText(lines)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def png_bytes(text: str | None = None, size: tuple[int, int] = (160, 60)) -> bytes:
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", size, "white")
    if text is not None:
        ImageDraw.Draw(picture).text((8, 8), text, fill="black")
    stream = BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


def huge_png_bytes(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        check = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", pixels), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def jpeg_bytes(size: tuple[int, int], orientation: int = 1) -> bytes:
    from PIL import Image

    picture = Image.new("RGB", size, "white")
    picture.paste("red", (0, 0, size[0] // 2, size[1] // 2))
    exif = Image.Exif()
    exif[0x0112] = orientation
    stream = BytesIO()
    picture.save(stream, "JPEG", quality=95, subsampling=0, exif=exif)
    return stream.getvalue()
