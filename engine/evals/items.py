"""The values of an evaluation: a conversation whose answers are known beforehand."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping

    from PIL.Image import Image

_HELD_OUT_SHARE = 4


class Split(StrEnum):
    """What an item may be used for; the two never share a value, a wording or a font."""

    TRAIN = "train"
    HELD_OUT = "held-out"


def belongs(text: str, split: Split) -> bool:
    """Whether a drawn text is of this split: its checksum decides, so no list can overlap."""
    held_out = crc32(text.encode()) % _HELD_OUT_SHARE == 0
    return held_out == (split is Split.HELD_OUT)


@dataclass(frozen=True, slots=True)
class Text:
    """Words typed by the user."""

    text: str


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character in a picture: the middle of its width and the line it stands on, in pixels."""

    character: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture dropped on the window.

    `glyphs` tells, for training only, where its characters stand.
    """

    image: Image
    glyphs: tuple[Glyph, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A document dropped on the window, as its pages' texts."""

    name: str
    pages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a called function gave back, as text; it takes the user's place in the conversation."""

    text: str


Part = Text | Picture | Document | ToolResult


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a function, its arguments in the order of the function's parameters."""

    name: str
    arguments: Mapping[str, object]


class Check(StrEnum):
    """How an answer is compared with the right one."""

    EXACT = "exact"
    CALLS = "calls"  # names and arguments, whatever the spelling of the JSON
    JSON = "json"  # the same value, whatever its spelling
    REFUSAL = "refusal"  # declines and names the same principle
    CONTAINS = "contains"  # one of `accept` stands in it, whatever stands around


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question and the answer that is right: a text, or calls of functions.

    `thought` is restated before the answer, in think tags. `copied` are stretches of the answer
    that stand word for word in what was shown before; training may show where. `scored` is false
    for an example to follow. `spelled` says that the answer is read off a picture, character by
    character.
    """

    asked: tuple[Part, ...]
    answer: str
    task: str
    spelled: bool = False
    thought: str = ""
    calls: tuple[Call, ...] = ()
    copied: tuple[str, ...] = ()
    scored: bool = True
    check: Check = Check.EXACT
    accept: tuple[str | re.Pattern[str], ...] = ()

    @property
    def said(self) -> str:
        """What the model is to write, thought and calls included."""
        thought = f"<think>{self.thought}</think>" if self.thought else ""
        calls = [call_text(call) for call in self.calls]
        return thought + "\n".join([*([self.answer] if self.answer else []), *calls])


@dataclass(frozen=True, slots=True)
class Item:
    """A conversation to put to a model, one exchange after the other.

    `tools` are functions on offer, each an object with `name`, `description` and `parameters`
    (a JSON schema), sorted by name.
    """

    task: str
    exchanges: tuple[Exchange, ...]
    system: str = ""
    tools: tuple[Mapping[str, object], ...] = ()


def call_text(call: Call) -> str:
    """Return a call as the starter's chat template writes it."""
    arguments = json.dumps(dict(call.arguments), ensure_ascii=False)
    head = f'{{"name": {json.dumps(call.name)}, "arguments": {arguments}}}'
    return f"<tool_call>\n{head}\n</tool_call>"
