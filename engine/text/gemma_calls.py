"""Calls as Gemma 4 writes them: `call:NAME{key:value,…}`, strings between marks of their own.

The marks are tokens that no text can hold, so nothing inside a string is escaped. Keys stand
without them; numbers, truth values and null are as in JSON.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from engine.text.parsed import DECODER, ParsedCall, after_space

if TYPE_CHECKING:
    from collections.abc import Mapping

QUOTE = '<|"|>'
_NAME = re.compile(r"call:\s*([^\s{}:,]+)\s*(?=\{)")
_KEY = re.compile(r"([^\s{}\[\]:,]+)\s*:")


def gemma4_call(
    text: str,
    start: int,
    _schemas: Mapping[str, Mapping[str, object]],
) -> tuple[ParsedCall, int] | None:
    """The call that begins at `start`, and the offset after it."""
    name = _NAME.match(text, after_space(text, start))
    if name is None:
        return None
    try:
        arguments, end = _object(text, name.end())
    except (ValueError, RecursionError):
        return None
    return ParsedCall(name[1], arguments), end


def _value(text: str, at: int) -> tuple[object, int]:
    at = after_space(text, at)
    if text.startswith(QUOTE, at):
        end = text.index(QUOTE, at + len(QUOTE))
        return text[at + len(QUOTE) : end], end + len(QUOTE)
    if text.startswith("{", at):
        return _object(text, at)
    if text.startswith("[", at):
        return _list(text, at)
    value, end = DECODER.raw_decode(text, at)
    return value, end


def _object(text: str, at: int) -> tuple[dict[str, object], int]:
    members: dict[str, object] = {}
    at = after_space(text, at + 1)
    while not text.startswith("}", at):
        key, at = _key(text, at)
        members[key], at = _value(text, at)
        at = _after_comma(text, at, "}")
    return members, at + 1


def _list(text: str, at: int) -> tuple[list[object], int]:
    items: list[object] = []
    at = after_space(text, at + 1)
    while not text.startswith("]", at):
        item, at = _value(text, at)
        items.append(item)
        at = _after_comma(text, at, "]")
    return items, at + 1


def _key(text: str, at: int) -> tuple[str, int]:
    if text.startswith((QUOTE, '"'), at):
        key, end = _value(text, at)
        at = after_space(text, end)
        if not text.startswith(":", at):
            raise ValueError("a key without a value")
        return str(key), at + 1
    bare = _KEY.match(text, at)
    if bare is None:
        raise ValueError("no key")
    return bare[1], bare.end()


def _after_comma(text: str, at: int, closing: str) -> int:
    """The offset of the next member, or of `closing`."""
    at = after_space(text, at)
    if text.startswith(closing, at):
        return at
    if not text.startswith(",", at):
        raise ValueError("no comma")
    return after_space(text, at + 1)
