"""Messages as JSON text and back. What is large lies elsewhere and is named by its digest.

Pictures are kept as their files, the pages of a document as one compressed JSON array. Where the
bytes go and come from is the caller's: the attachment folder, or an exported file.
"""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Literal, cast

from app.store.errors import LostAttachment
from app.store.records import LostPart
from engine import (
    DETAILS,
    DocumentPage,
    DocumentPart,
    ImagePart,
    Message,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from app.store.records import Json
    from engine import Detail, Part

    Put = Callable[[bytes], str]
    Get = Callable[[str], bytes]

_ROLES = ("system", "user", "assistant", "tool")
# Document text shrinks about thousandfold at the very most; more than this is no document of ours.
_MAX_PAGES_BYTES = 1 << 30


def encode(message: Message, put: Put) -> str:
    """`message` as JSON; `put` keeps bytes and answers with their digest."""
    return json.dumps({"role": message.role, "parts": encode_parts(message.parts, put)})


def decode(text: str, get: Get) -> tuple[Message, tuple[LostPart, ...]]:
    """The message, and those of its parts whose bytes `get` could not hand out.

    Raises `ValueError` for text that `encode` has not made.
    """
    value = as_object(json.loads(text))
    role = as_text(value.get("role"))
    if role not in _ROLES:
        raise ValueError(f"a message has the role {role!r}")
    parts, lost = decode_parts(value.get("parts"), get)
    return Message(cast("Literal['user']", role), parts), lost


def encode_parts(parts: Iterable[Part], put: Put) -> list[Json]:
    """Parts as JSON values."""
    return [_encode_part(part, put) for part in parts]


def decode_parts(value: object, get: Get) -> tuple[tuple[Part, ...], tuple[LostPart, ...]]:
    """Parts from JSON values, and those that are lost; raises `ValueError`."""
    parts: list[Part] = []
    lost: list[LostPart] = []
    for position, item in enumerate(as_list(value)):
        part = as_object(item)
        try:
            parts.append(_decode_part(part, get))
        except LostAttachment as fault:
            lost.append(LostPart(position, as_text(part.get("name")), fault.sentence))
    return tuple(parts), tuple(lost)


def digests(text: str) -> set[str]:
    """Every digest that an encoded message refers to, the documents' own files included."""
    found: set[str] = set()
    for part in _part_objects(text):
        found.update(as_text(part[key]) for key in ("data", "pages", "sha256") if key in part)
    return found


def page_digests(text: str) -> set[str]:
    """The digests of the pages of the documents in an encoded message."""
    return {as_text(part["pages"]) for part in _part_objects(text) if "pages" in part}


def visible_text(text: str) -> str:
    """What an encoded message says, for the search: its texts and its attachments' names."""
    pieces = (part.get("text", part.get("name", "")) for part in _part_objects(text))
    return "\n".join(as_text(piece) for piece in pieces)


def pack_pages(pages: Sequence[DocumentPage]) -> bytes:
    """Pages, compressed."""
    return zlib.compress(json.dumps([[page.number, page.text] for page in pages]).encode())


def unpack_pages(data: bytes) -> tuple[DocumentPage, ...]:
    """Pages from what `pack_pages` made; raises `LostAttachment` for anything else."""
    try:
        unpacked = zlib.decompressobj().decompress(data, _MAX_PAGES_BYTES)
        pages = [as_list(page) for page in as_list(json.loads(unpacked))]
        return tuple(DocumentPage(as_int(number), as_text(text)) for number, text in pages)
    except (zlib.error, ValueError) as fault:
        raise LostAttachment("Its pages in the store are damaged.", repr(fault)) from fault


def as_object(value: object) -> dict[str, object]:
    """`value`, which must be a JSON object; else `ValueError`."""
    if not isinstance(value, dict):
        raise ValueError(f"an object is expected, not {value!r:.80}")
    return value


def as_list(value: object) -> list[object]:
    """`value`, which must be a JSON array; else `ValueError`."""
    if not isinstance(value, list):
        raise ValueError(f"an array is expected, not {value!r:.80}")
    return value


def as_text(value: object) -> str:
    """`value`, which must be a JSON string; else `ValueError`."""
    if not isinstance(value, str):
        raise ValueError(f"a string is expected, not {value!r:.80}")
    return value


def as_int(value: object) -> int:
    """`value`, which must be a whole number; else `ValueError`."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"a whole number is expected, not {value!r:.80}")
    return value


def as_number(value: object) -> float:
    """`value`, which must be a number; else `ValueError`."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise ValueError(f"a number is expected, not {value!r:.80}")
    return float(value)


def _part_objects(text: str) -> list[dict[str, object]]:
    return [as_object(part) for part in as_list(as_object(json.loads(text)).get("parts"))]


def _encode_part(part: Part, put: Put) -> Json:
    match part:
        case TextPart(text):
            return {"type": "text", "text": text}
        case ImagePart(name, sha256, width, height, data, detail):
            return {
                "type": "image", "name": name, "sha256": sha256,
                "width": width, "height": height, "data": put(data), "detail": detail,
            }  # fmt: skip
        case DocumentPart(name, sha256, size_bytes, pages):
            return {
                "type": "document", "name": name, "sha256": sha256,
                "size_bytes": size_bytes, "pages": put(pack_pages(pages)),
            }  # fmt: skip
        case ToolCallPart(name, arguments, call_id):
            return {"type": "call", "name": name, "arguments": arguments, "call_id": call_id}
        case ToolResultPart(text, name, call_id):
            return {"type": "result", "text": text, "name": name, "call_id": call_id}


def _decode_part(part: dict[str, object], get: Get) -> Part:
    def text(key: str) -> str:
        return as_text(part.get(key))

    def whole(key: str) -> int:
        return as_int(part.get(key))

    match part.get("type"):
        case "text":
            return TextPart(text("text"))
        case "image":
            data, size = get(text("data")), (whole("width"), whole("height"))
            detail = _detail(part.get("detail", "standard"))
            return ImagePart(text("name"), text("sha256"), *size, data, detail)
        case "document":
            pages = unpack_pages(get(text("pages")))
            return DocumentPart(text("name"), text("sha256"), whole("size_bytes"), pages)
        case "call":
            return ToolCallPart(text("name"), text("arguments"), text("call_id"))
        case "result":
            return ToolResultPart(text("text"), text("name"), text("call_id"))
        case kind:
            raise ValueError(f"a part of a message is of the kind {kind!r:.80}")


def _detail(value: object) -> Detail:
    """How closely a picture is looked at; messages kept before there was a choice do not say."""
    for detail in DETAILS:
        if detail == value:
            return detail
    raise ValueError(f"a detail of the kind {value!r:.80}")
