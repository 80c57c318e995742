"""The text of PDFs."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.api.errors import UnreadableFile
from engine.api.messages import DocumentPage, DocumentPart
from engine.documents import read_attachment
from engine.documents.pdf import _pdfium_lock, tidy


def test_every_page_is_read_whole_and_in_order(make_files) -> None:
    texts = [f"Page {n}\nwith two lines\n\nand a third" for n in range(1, 13)]
    path = make_files.pdf("report.pdf", texts)
    content = path.read_bytes()
    assert read_attachment(path) == DocumentPart(
        name="report.pdf",
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        pages=tuple(
            DocumentPage(number, text.replace("\n\n", "\n")) for number, text in enumerate(texts, 1)
        ),
    )


def test_blank_pages_keep_their_numbers(make_files) -> None:
    pages = read_attachment(make_files.pdf("a.pdf", ["one", "", "three"])).pages
    assert [(page.number, page.text) for page in pages] == [(1, "one"), (2, ""), (3, "three")]


def test_the_content_decides_not_the_name(make_files, sound_files) -> None:
    for name in ("report", "report.txt", "report.png"):
        part = read_attachment(make_files.raw(name, sound_files[".pdf"]))
        assert [page.text for page in part.pages] == ["A first page\nof two lines", "Second page"]


@pytest.mark.parametrize("lead", [b"\xef\xbb\xbf", b"\r\n \n", b"\x00\x01 mail header \x00"])
def test_a_pdf_may_begin_after_other_bytes(make_files, sound_files, lead) -> None:
    part = read_attachment(make_files.raw("a.pdf", lead + sound_files[".pdf"]))
    assert len(part.pages) == 2


def test_a_text_about_pdfs_is_a_text(make_files) -> None:
    part = read_attachment(make_files.text("notes.md", "Every file begins with %PDF-1.7.\n"))
    assert part.pages[0].text == "Every file begins with %PDF-1.7.\n"


def test_a_pdf_without_pages_is_not_taken_for_the_locked_one_before(
    make_files, pdf_without_pages
) -> None:
    """PDFium keeps the code of its last failure; it belongs to another file."""
    locked = make_files.encrypted_pdf("locked.pdf", ["x"])
    none = make_files.raw("none.pdf", pdf_without_pages)
    for _ in range(2):
        with pytest.raises(UnreadableFile, match="password"):
            read_attachment(locked)
        with pytest.raises(UnreadableFile, match="without any page"):
            read_attachment(none)


def test_threads_may_read_at_once(make_files) -> None:
    paths = [make_files.pdf(f"{n}.pdf", [f"file {n} page {p}" for p in range(8)]) for n in range(6)]
    with ThreadPoolExecutor(6) as pool:
        parts = list(pool.map(read_attachment, paths * 3))
    for number, part in enumerate(parts):
        expected = [f"file {number % 6} page {p}" for p in range(8)]
        assert [page.text for page in part.pages] == expected


def test_one_thread_at_a_time_is_inside_pdfium(make_files) -> None:
    path = make_files.pdf("a.pdf", ["words"])
    with ThreadPoolExecutor(1) as pool:
        with _pdfium_lock:
            reading = pool.submit(read_attachment, path)
            with pytest.raises(TimeoutError):
                reading.result(timeout=0.3)
        assert reading.result(timeout=60).pages[0].text == "words"


def test_characters_beyond_the_basic_plane(make_files, pdf_of_objects) -> None:
    content = b"BT /F1 12 Tf 72 700 Td (xAy) Tj ET"
    names = (
        b"begincmap 1 begincodespacerange <00> <FF> endcodespacerange "
        b"1 beginbfchar <41> <D83DDE00> endbfchar endcmap"
    )
    data = pdf_of_objects(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(names), names),
    )
    assert read_attachment(make_files.raw("a.pdf", data)).pages[0].text == "x😀y"


def test_words_split_over_lines_are_joined(make_files) -> None:
    path = make_files.pdf("a.pdf", ["The exam-\nple of 2020-\n2021 ends."])
    assert read_attachment(path).pages[0].text == "The example of 2020-\n2021 ends."


@pytest.mark.parametrize(
    ("raw", "tidied"),
    [
        ("a\r\nb\rc\n", "a\nb\nc"),
        ("a  \r\n b\t \n\xa0\n", "a\n b"),
        ("a\x00b\x02c\tdé", "abc\tdé"),
        ("exam\ufffeple", "example"),
        ("3\ufffe4 and A\ufffe-", "3-4 and A--"),
        ("\n\n  indented\n\n\nend\f", "  indented\n\n\nend"),
        ("", ""),
    ],
)
def test_tidy(raw, tidied) -> None:
    assert tidy(raw) == tidied
