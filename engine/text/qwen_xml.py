"""Calls as Qwen3.5 writes them: tags for the function and for each of its parameters.

    <function=NAME>
    <parameter=KEY>
    VALUE
    </parameter>
    </function>

Strings stand as they are, other values as JSON, so that "5" may be either: the function's own
schema decides. Where there is none, what reads as JSON is JSON.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from engine.text.parsed import DECODER, ParsedCall, after_space

if TYPE_CHECKING:
    from collections.abc import Mapping

    Schema = Mapping[str, object]

_FUNCTION = re.compile(r"<function=([^<>\n]+)>")
_PARAMETER = re.compile(r"<parameter=([^<>\n]+)>")
_END_OF_VALUE = re.compile(r"</parameter>\s*(?=<parameter=|</function>)")
_END = "</function>"
# The template writes these as Python does, and models follow it.
_WORDS: Mapping[str, object] = {"True": True, "False": False, "None": None}
_TYPES: Mapping[type, tuple[str, ...]] = {
    bool: ("boolean",),
    int: ("integer", "number"),
    float: ("number",),
    str: ("string",),
    list: ("array",),
    dict: ("object",),
    type(None): ("null",),
}


def qwen_xml_call(
    text: str, start: int, schemas: Mapping[str, Schema]
) -> tuple[ParsedCall, int] | None:
    """The call whose function begins at `start`, and the offset after it."""
    opening = _FUNCTION.match(text, after_space(text, start))
    if opening is None:
        return None
    name, at = opening[1].strip(), after_space(text, opening.end())
    properties = schemas.get(name, {}).get("properties")
    known: Mapping[str, object] = properties if isinstance(properties, dict) else {}
    arguments: dict[str, object] = {}
    while not text.startswith(_END, at):
        key = _PARAMETER.match(text, at)
        end = _END_OF_VALUE.search(text, key.end()) if key else None
        if key is None or end is None:
            return None
        raw = text[key.end() : end.start()].removeprefix("\n").removesuffix("\n")
        arguments[key[1].strip()] = _value(raw, known.get(key[1].strip()))
        at = end.end()
    return ParsedCall(name, arguments), at + len(_END)


def _value(raw: str, schema: object) -> object:
    """`raw` as the schema's type has it; text where it is none of them."""
    allowed: object = None
    if isinstance(schema, dict):
        allowed = schema.get("type")
        choices = schema.get("enum")
        if allowed == "string" or (isinstance(choices, list) and raw in choices):
            return raw
    value = _read(raw)
    types = [allowed] if isinstance(allowed, str) else allowed
    if isinstance(types, list) and not set(types) & set(_TYPES[type(value)]):
        return raw
    return value


def _read(raw: str) -> object:
    if raw in _WORDS:
        return _WORDS[raw]
    try:
        value, end = DECODER.raw_decode(raw, after_space(raw, 0))
    except (ValueError, RecursionError):
        return raw
    # A quoted string would lose its quotes when the template writes it again.
    whole = after_space(raw, end) == len(raw) and not isinstance(value, str)
    return value if whole else raw
