"""Every way a file can fail, and the sentence a person then reads."""

from __future__ import annotations

import os
import zipfile
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from engine.api.errors import UnreadableFile
from engine.documents import MAX_FILE_BYTES, read_attachment, read_image_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX files")
BINARY = b"\x07\x00\x9a\xff\x13\x00\x00\xe1" * 40


def refusal(path: Path) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        read_attachment(path)
    return caught.value


def archive_of(*members: str) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for member in members:
            archive.writestr(member, "content")
    return stream.getvalue()


DOCX = archive_of("[Content_Types].xml", "word/document.xml")
HEIC = b"\x00\x00\x00\x18ftypheic" + BINARY
MP4 = b"\x00\x00\x00\x18ftypisom" + BINARY
DAMAGED = "is damaged or incomplete: its picture cannot be decoded to the end."


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        (
            "notes.txt",
            b"",
            "notes.txt is empty. Save it again in the program it comes from, then attach it.",
        ),
        (
            "blank.txt",
            b" \n\t\n",
            "blank.txt is empty. Save it again in the program it comes from, then attach it.",
        ),
        (
            "notes.png",
            b"only words",
            (
                "notes.png is not a picture: it holds text. Rename it to notes.txt to attach it as "
                "text."
            ),
        ),
        (
            "report.PDF",
            b"<html>404</html>",
            "report.PDF is not a PDF: it holds text. Rename it to report.txt to attach it as text.",
        ),
        ("essay.docx", DOCX, "Tanka cannot read .docx files. Export it as PDF."),
        ("essay.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + BINARY, None),
        ("letter.rtf", rb"{\rtf1 hello}", "Tanka cannot read .rtf files. Export it as PDF."),
        (
            "plan.pages",
            archive_of("Index/Odd.iwa"),
            "Tanka cannot read .pages files. Export it as PDF.",
        ),
        (
            "essay.pdf",
            DOCX,
            (
                "essay.pdf is an office document, which Tanka cannot read. Open it in the program "
                "that made it and export it as PDF."
            ),
        ),
        (
            "all.zip",
            archive_of("a.txt", "b.txt"),
            "all.zip is an archive. Unpack it and attach the files inside.",
        ),
        ("IMG_1.heic", HEIC, f"IMG_1.heic {DAMAGED} Copy or download it again."),
        (
            "plan.jxl",
            b"\x00\x00\x00\x0cJXL " + BINARY,
            "Tanka cannot read JPEG XL pictures. Save plan.jxl as JPEG or PNG.",
        ),
        ("plan.svg", b"<svg ", f"plan.svg {DAMAGED} Copy or download it again."),
        (
            "talk.mp4",
            MP4,
            (
                "talk.mp4 is sound or video, which Tanka cannot read. Attach a transcript or a "
                "screenshot instead."
            ),
        ),
        (
            "program.bin",
            BINARY,
            (
                "program.bin is neither a picture, a PDF nor text. Tanka reads PNG, JPEG, HEIC, "
                "AVIF, WebP, GIF, BMP, TIFF and SVG pictures, PDF files and plain text."
            ),
        ),
        (
            "photo.jpg",
            BINARY,
            (
                "photo.jpg is damaged, or not a picture. Where another program can show it, save "
                "it there as PNG and attach that."
            ),
        ),
        (
            "report.pdf",
            BINARY,
            "report.pdf is damaged, or not a PDF. Copy or download it again.",
        ),
        (
            "письмо.txt",
            "Съешь же ещё этих мягких французских булок".encode("cp1251"),
            "письмо.txt is not text in a known encoding. Save it as UTF-8 and attach it again.",
        ),
    ],
)
def test_content_that_cannot_be_read(make_files, name, content, sentence) -> None:
    expected = sentence or f"Tanka cannot read {name[-4:]} files. Export it as PDF."
    assert refusal(make_files.raw(name, content)).sentence == expected


def test_damaged_and_oversized_pictures(make_files) -> None:
    cut = refusal(make_files.truncated_png("cut.png"))
    assert cut.sentence == f"cut.png {DAMAGED} Copy or download it again."
    assert "OSError" in cut.details
    assert refusal(make_files.huge_png("huge.png")).sentence == (
        "huge.png has too many pixels: 30,000 × 30,000 (900 megapixels), and Tanka reads pictures "
        "of up to 80 megapixels. Attach a smaller copy, or a screenshot of the part you want to "
        "ask about."
    )
    assert refusal(make_files.huge_png("none.png", width=0)).sentence.startswith("none.png is dama")


def test_pdfs_that_cannot_be_read(make_files, pdf_without_pages, pdf_cut_after_page_1) -> None:
    assert refusal(make_files.empty_pdf("a.pdf")).sentence.startswith("a.pdf is empty.")
    assert refusal(make_files.damaged_pdf("a.pdf")).sentence == (
        "a.pdf is damaged: it begins as a PDF, but its pages cannot be found. Copy or download "
        "it again."
    )
    assert refusal(make_files.encrypted_pdf("a.pdf", ["x"])).sentence == (
        "a.pdf is protected by a password. Open it in a PDF viewer, save a copy without the "
        "password, and attach the copy."
    )
    assert refusal(make_files.raw("a.pdf", pdf_without_pages)).sentence == (
        "a.pdf is a PDF without any page. Export it again from the program it comes from."
    )
    assert refusal(make_files.raw("a.pdf", pdf_cut_after_page_1)).sentence == (
        "a.pdf is damaged after page 1: page 2 of 3 cannot be read. Copy or download it again, or "
        "print the good pages to a new PDF."
    )
    assert refusal(make_files.pdf("a.pdf", [""])).sentence == (
        "a.pdf holds no text: its only page is a picture or blank. Drop a screenshot of the page "
        "you want to ask about instead."
    )
    assert refusal(make_files.pdf("a.pdf", ["", " "])).sentence.startswith(
        "a.pdf holds no text: its 2 pages are pictures or blank."
    )


def test_a_pdf_damaged_from_its_first_page_on(make_files, pdf_cut_after_page_1) -> None:
    content = pdf_cut_after_page_1.replace(b"[3 0 R 8", b"[7 0 R 8")
    sentence = refusal(make_files.raw("a.pdf", content)).sentence
    assert sentence.startswith("a.pdf is damaged from its first page on: page 1 of 3 cannot be")


def test_what_is_no_file(tmp_path) -> None:
    assert refusal(tmp_path / "gone.txt").sentence == (
        "gone.txt cannot be found. It may have been moved or deleted: attach it again from where "
        "it is now."
    )
    (tmp_path / "file").write_text("x")
    assert refusal(tmp_path / "file" / "under.txt").sentence.startswith("under.txt cannot be found")
    assert refusal(tmp_path / "a\0b").sentence.startswith("a\0b could not be read from its disk.")
    (tmp_path / "papers").mkdir()
    assert refusal(tmp_path / "papers").sentence == (
        "papers is a folder. Attach the files inside it instead."
    )
    (tmp_path / "plan.pages").mkdir()
    assert refusal(tmp_path / "plan.pages").sentence == (
        "Tanka cannot read .pages files. Export it as PDF."
    )


@posix
def test_a_pipe_is_refused_without_waiting_for_its_writer(tmp_path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert refusal(tmp_path / "pipe").sentence == (
        "pipe is not an ordinary file but a device or a pipe. Save its content in a file and "
        "attach that."
    )


@contextmanager
def as_nobody() -> Iterator[None]:
    """Permissions do not bind the superuser."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@posix
def test_a_file_one_may_not_read(make_files) -> None:
    path = make_files.text("secret.txt", "not for you")
    path.chmod(0o000)
    with as_nobody():
        error = refusal(path)
    assert error.sentence == (
        "secret.txt may not be read by your account. Change its permissions, or ask its owner "
        "for a copy."
    )
    assert "PermissionError" in error.details


def test_a_file_beyond_the_limit_is_refused_unread(tmp_path) -> None:
    path = tmp_path / "disk.img"
    with path.open("wb") as file:
        file.truncate(3 * MAX_FILE_BYTES)  # takes no room on the disk
    assert refusal(path).sentence == (
        "disk.img is too large: 600 MB, and Tanka reads files of up to 200 MB. Attach only the "
        "part you want to ask about."
    )


def test_pasted_data_that_is_no_picture(sound_files) -> None:
    def pasted(data: bytes) -> str:
        with pytest.raises(UnreadableFile) as caught:
            read_image_bytes(data, "Pasted picture")
        return caught.value.sentence

    expected = (
        "Pasted picture is not a picture Tanka can read. Copy it again, or save it as PNG and "
        "attach the file."
    )
    assert pasted(sound_files[".pdf"]) == expected
    assert pasted(b"words") == expected
    assert pasted(b"").startswith("Pasted picture is empty.")
    assert pasted(sound_files[".png"][:60]).startswith(f"Pasted picture {DAMAGED}")
    assert pasted(bytes(MAX_FILE_BYTES + 1)).startswith("Pasted picture is too large: 201 MB")
