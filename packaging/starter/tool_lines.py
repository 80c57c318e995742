"""Functions on offer as the chat template shows them: one compact line each.

A JSON schema is long in a small vocabulary. What the line cannot say stays JSON, so nothing is
lost but line breaks in a description.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence


def tool_block(tools: Sequence[Mapping[str, object]]) -> str:
    """Return what stands in the system turn for `tools`, after the system text and a blank line.

    Nothing stands there without tools.
    A tool is a function with `name`, `description` and `parameters`, bare or wrapped as
    `{"type": "function", "function": ...}`.
    """
    if not tools:
        return ""
    lines = [tool_line(_mapping(tool.get("function")) or tool) for tool in tools]
    return "\n".join(["<tools>", *lines, "</tools>"])


def tool_line(function: Mapping[str, object]) -> str:
    """Return one function as `name(parameter: kind, optional?: kind): description`."""
    schema = _mapping(function.get("parameters"))
    required = schema.get("required")
    named = required if isinstance(required, Sequence) else ()
    parameters = [
        f"{name}{'' if name in named else '?'}: {_kind(property_)}"
        for name, property_ in _mapping(schema.get("properties")).items()
    ]
    description = " ".join(str(function.get("description") or "").split())
    return f"{function['name']}({', '.join(parameters)})" + (f": {description}" * bool(description))


def _kind(schema: object) -> str:
    match schema:
        case {"type": str(kind), **rest} if not rest:
            return kind
        case {"type": "array", "items": {"type": str(kind), **inner}, **rest} if not (
            inner or rest
        ):
            return f"{kind}[]"
        case {"enum": [_, *_] as values, **rest} if not rest.keys() - {"type"}:
            return "|".join(_json(value) for value in values)
    return _json(schema)


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
