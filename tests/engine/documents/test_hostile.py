"""Whatever the bytes, the answer is a part or `UnreadableFile`, never another exception."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.api.errors import UnreadableFile
from engine.api.messages import ImagePart
from engine.documents import decode_image, read_attachment
from engine.documents.orientation import exif_orientation
from engine.documents.sniff import sniff

if TYPE_CHECKING:
    from collections.abc import Callable

BEGINNINGS = (
    b"", b"%PDF-1.4\n", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a", b"II*\x00",
    b"MM\x00*", b"RIFF\x20\x00\x00\x00WEBPVP8 ", b"BM\x90\x00\x00\x00\x00\x00\x00\x00",
    b"PK\x03\x04", b"\xff\xfe", b"\xef\xbb\xbf", b"\x00\x00\x00\x18ftypheic",
    b"\x00\x00\x00\x1cftypavif", b"<?xml version='1.0'?><svg",
)  # fmt: skip
SUFFIXES = (".pdf", ".png", ".jpg", ".webp", ".gif", ".bmp", ".tif", ".txt", ".locked.pdf")
SUFFIXES += (".heic", ".avif")
EXAMPLES = settings(max_examples=120, deadline=None)


@pytest.fixture(scope="module")
def outcome(tmp_path_factory) -> Callable[[bytes, str], str]:
    """Read `data` as a file; a picture is then decoded as the engine would."""
    folder = tmp_path_factory.mktemp("hostile")

    def read(data: bytes, suffix: str) -> str:
        path = folder / f"file{suffix}"
        path.write_bytes(data)
        try:
            part = read_attachment(path)
        except UnreadableFile as error:
            return error.sentence
        if isinstance(part, ImagePart):
            pixels = decode_image(part)
            assert (pixels.mode, pixels.size) == ("RGB", (part.width, part.height))
        else:
            assert any(page.text.strip() for page in part.pages)
            assert "".join(page.text for page in part.pages).encode()
        return "read"

    return read


def test_the_seeds_themselves_are_sound(outcome, sound_files) -> None:
    for suffix in SUFFIXES:
        expected = "file.locked.pdf is protected" if "locked" in suffix else "read"
        assert outcome(sound_files[suffix], suffix).startswith(expected)


@EXAMPLES
@given(st.sampled_from(BEGINNINGS), st.binary(max_size=400), st.sampled_from(SUFFIXES))
def test_random_bytes(outcome, beginning, rest, suffix) -> None:
    outcome(beginning + rest, suffix)


@EXAMPLES
@given(st.sampled_from(SUFFIXES), st.floats(0, 1, exclude_max=True))
def test_cut_files(outcome, sound_files, suffix, share) -> None:
    data = sound_files[suffix]
    outcome(data[: int(len(data) * share)], suffix)


@EXAMPLES
@given(
    st.sampled_from(SUFFIXES),
    st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=6)), min_size=1, max_size=5),
)
def test_altered_files(outcome, sound_files, suffix, changes) -> None:
    data = bytearray(sound_files[suffix])
    for share, replacement in changes:
        place = int(share * (len(data) - len(replacement)))
        data[place : place + len(replacement)] = replacement
    outcome(bytes(data), suffix)


@EXAMPLES
@given(st.binary(max_size=80))
def test_signatures_and_orientation_take_anything(data) -> None:
    sniff(data)
    assert 1 <= exif_orientation(b"Exif\x00\x00II*\x00" + data) <= 8
