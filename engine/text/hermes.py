"""Hermes calls: a JSON object with `name` and `arguments`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.text.parsed import DECODER, ParsedCall, after_space

if TYPE_CHECKING:
    from collections.abc import Mapping


def hermes_call(
    text: str,
    start: int,
    _schemas: Mapping[str, Mapping[str, object]],
) -> tuple[ParsedCall, int] | None:
    """The call whose object begins at `start`, and the offset after it.

    The object is read before a closing mark is looked for, since a string in it may hold the mark.
    """
    try:
        value, end = DECODER.raw_decode(text, after_space(text, start))
    except (ValueError, RecursionError):
        return None
    match value:
        case {"name": str(name), "arguments": dict(arguments)} if name:
            return ParsedCall(name, arguments), end
    return None
