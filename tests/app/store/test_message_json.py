"""Messages as JSON and back: the same, whatever they hold; what is lost is told part by part."""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import replace

import pytest
from hypothesis import given
from stored_conversations import document, messages, picture

from app.store.errors import LostAttachment
from app.store.message_json import (
    as_number,
    decode,
    digests,
    encode,
    page_digests,
    unpack_pages,
    visible_text,
)
from engine import Message, TextPart, ToolCallPart, ToolResultPart, assistant, tool, user


class Shelf:
    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def put(self, data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        self.files[digest] = data
        return digest

    def get(self, digest: str) -> bytes:
        if digest not in self.files:
            raise LostAttachment("It is gone.")
        return self.files[digest]


@given(messages)
def test_a_message_comes_back_as_it_was(message: Message) -> None:
    shelf = Shelf()
    encoded = encode(message, shelf.put)
    assert decode(encoded, shelf.get) == (message, ())
    assert set(shelf.files) <= digests(encoded)


EVERY_KIND = [
    user(TextPart("one\0two\ud83d")),
    user(picture(b"x" * 9), document("page one", "")),
    assistant("calling", ToolCallPart("add", '{"a": 1}', "7")),
    tool("3", "add", "7"),
    Message("tool", (ToolResultPart("a"), ToolResultPart("b"))),
]


@pytest.mark.parametrize("message", EVERY_KIND)
def test_every_kind_of_part(message: Message) -> None:
    shelf = Shelf()
    assert decode(encode(message, shelf.put), shelf.get) == (message, ())


def test_bytes_are_not_in_the_text_and_are_named() -> None:
    shelf = Shelf()
    photo, report = picture(b"pixels"), document("nitrate " * 50)
    encoded = encode(user(photo, report, "What is it?"), shelf.put)
    assert len(encoded) < 800
    assert "nitrate" not in encoded
    (pages,) = page_digests(encoded)
    assert digests(encoded) == {photo.sha256, report.sha256, pages}
    assert visible_text(encoded) == "shot.png\nreport.pdf\nWhat is it?"


def test_pictures_kept_before_there_was_a_choice_of_detail() -> None:
    shelf = Shelf()
    message = user(picture(b"pixels"))
    value = json.loads(encode(message, shelf.put))
    assert value["parts"][0].pop("detail") == "standard"
    assert decode(json.dumps(value), shelf.get) == (message, ())
    closer = user(replace(picture(b"pixels"), detail="full"))
    assert decode(encode(closer, shelf.put), shelf.get) == (closer, ())


def test_lost_parts_are_left_out_and_told() -> None:
    shelf = Shelf()
    photo, report = picture(b"pixels"), document("text")
    encoded = encode(user("before", photo, report, "after"), shelf.put)
    del shelf.files[photo.sha256]
    message, lost = decode(encoded, shelf.get)
    assert message == user("before", report, "after")
    assert [(part.position, part.name, part.sentence) for part in lost] == [
        (1, "shot.png", "It is gone.")
    ]


@pytest.mark.parametrize(
    "data", [b"", b"no zlib", zlib.compress(b"no json"), zlib.compress(b'[["one", "text"]]')]
)
def test_damaged_pages_are_a_lost_part(data: bytes) -> None:
    with pytest.raises(LostAttachment):
        unpack_pages(data)


@pytest.mark.parametrize(
    "value",
    [
        [],
        {"role": "nobody", "parts": []},
        {"role": "user", "parts": {}},
        {"role": "user", "parts": ["text"]},
        {"role": "user", "parts": [{"type": "smell"}]},
        {"role": "user", "parts": [{"type": "text", "text": 3}]},
        {"role": "user", "parts": [{"type": "image", "name": "", "sha256": "", "width": True,
                                    "height": 1, "data": "d"}]},
        {"role": "user", "parts": [{"type": "image", "name": "", "sha256": "", "width": 1,
                                    "height": 1, "data": "d", "detail": "huge"}]},
    ],
)  # fmt: skip
def test_what_is_no_message_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"expected|role|kind"):
        decode(json.dumps(value), lambda _digest: b"")


def test_a_number_is_no_truth_value() -> None:
    assert as_number(3) == 3.0
    with pytest.raises(ValueError, match="a number"):
        as_number(True)
