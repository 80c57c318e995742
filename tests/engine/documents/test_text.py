"""Bytes to text."""

from __future__ import annotations

import codecs

import pytest

from engine.api.messages import DocumentPage
from engine.documents import read_attachment
from engine.documents.text import decode_text

GERMAN = "Grüße aus Zürich: “schön” – 5 €\n"


@pytest.mark.parametrize(
    "data",
    [
        GERMAN.encode(),
        codecs.BOM_UTF8 + GERMAN.encode(),
        GERMAN.encode("utf-16"),
        codecs.BOM_UTF16_BE + GERMAN.encode("utf-16-be"),
        GERMAN.encode("utf-32"),
        codecs.BOM_UTF32_BE + GERMAN.encode("utf-32-be"),
        GERMAN.encode("cp1252"),
    ],
)
def test_encodings(data) -> None:
    assert decode_text(data) == GERMAN


@pytest.mark.parametrize(
    "data",
    [
        b"a\0b",
        ("many plain words " * 20 + "\0").encode("utf-16"),
        b"\xff\xfea",  # half a character
        b"\x01\x02\x03\x04",
        b"\xef\xbb\xbf\xff\xff",
        bytes(range(1, 256)),
        "Съешь же ещё этих мягких булок".encode("cp1251"),
        b"\x81\x8d\x8f" + b"undefined in Windows' encoding",
    ],
)
def test_what_is_not_text(data) -> None:
    assert decode_text(data) is None


def test_one_broken_place_does_not_spoil_the_rest() -> None:
    data = "naïve café, où est-il? Ça, là-bas.".encode()
    assert decode_text(data + b"\xc3") == data.decode() + "\ufffd"


def test_line_ends_become_plain_and_nothing_else_changes() -> None:
    assert (
        decode_text(b"a\r\nb\rc\n\td \x1b[1mbold\x1b[0m\x0c")
        == "a\nb\nc\n\td \x1b[1mbold\x1b[0m\x0c"
    )


@pytest.mark.parametrize("name", ["a.py", "data.csv", "x.json", "README", "drawing.xml", "a.docx"])
def test_any_text_is_one_page(make_files, name) -> None:
    content = "first,second\r\n" * 5000
    part = read_attachment(make_files.text(name, content))
    assert part.pages == (DocumentPage(1, content.replace("\r\n", "\n")),)
    assert (part.name, part.size_bytes) == (name, len(content))


@pytest.mark.parametrize("start", ["BMW and other makes", "ID3 tags", "GIF is a format", "MM II*"])
def test_words_that_begin_like_a_signature(make_files, start) -> None:
    assert read_attachment(make_files.text("notes.txt", start)).pages[0].text == start


def test_a_name_of_no_characters_becomes_printable(tmp_path) -> None:
    path = tmp_path / "caf\udce9.txt"
    try:
        path.write_text("x")
    except (OSError, UnicodeEncodeError):
        pytest.skip("this file system knows no such names")
    assert read_attachment(path).name == "caf?.txt"
