"""The call of a function that models are tried out with."""

from __future__ import annotations

from engine.api.messages import ToolCallPart
from engine.api.requests import ToolSpec

PLACE = "Heligoland"
FUNCTION = ToolSpec(
    "find_weather",
    "Tells the weather.",
    '{"type": "object", "properties": {"place": {"type": "string"}}, "required": ["place"]}',
)
CALL = ToolCallPart("find_weather", f'{{"place": "{PLACE}"}}', "call00001")
RESULT = "Seventeen degrees"
