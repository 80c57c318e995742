"""Bytes to text, or the finding that they are not text."""

from __future__ import annotations

import codecs
import re

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKED = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Neither tab, line ends, form feed, backspace nor escape: old manuals and logs hold those.
_CONTROL = re.compile("[\x00-\x07\x0e-\x1a\x1c-\x1f\x7f]")
_CONTROL_BYTES = bytes((*range(0x08), *range(0x0E, 0x1B), *range(0x1C, 0x20), 0x7F))
_ASCII = bytes(range(0x80))
_LOOKED_AT = 1 << 20


def decode_text(data: bytes) -> str | None:
    """`data` as text with plain line ends, or `None` where it is not text.

    UTF-8, or what its byte order mark says. Without either, Windows' Western encoding, where the
    bytes look like a language written in it.
    """
    for mark, encoding in _MARKED:
        if data.startswith(mark):
            return _checked(_strict(data[len(mark) :], encoding))
    if b"\0" in data:
        return None
    return _checked(_strict(data, "utf-8") or _mostly_utf8(data) or _western(data))


def _checked(text: str | None) -> str | None:
    if text is None or "\0" in text:
        return None
    head = text[:_LOOKED_AT]
    if len(_CONTROL.findall(head)) * 50 > len(head):
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _mostly_utf8(data: bytes) -> str | None:
    """UTF-8 with a few broken places, as in logs and cut files; each shows as U+FFFD."""
    text = data.decode("utf-8", "replace")
    beyond_ascii = len(text) - (len(data) - len(data.translate(None, _ASCII)))
    broken = text.count("\ufffd")
    return text if beyond_ascii > 2 * broken else None


def _western(data: bytes) -> str | None:
    high = len(data.translate(None, _ASCII))
    without_controls = len(data.translate(None, _CONTROL_BYTES)) == len(data)
    if not without_controls or high * 10 > 3 * len(data):
        return None
    return _strict(data, "cp1252")
