"""Messages and their parts: plain values that carry a whole conversation.

Identity, storage and history belong to the caller; the engine only reads these.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Role = Literal["system", "user", "assistant", "tool"]
# How closely a picture is looked at; what that means in pixels is the model's.
Detail = Literal["low", "standard", "full"]
DETAILS: tuple[Detail, ...] = ("low", "standard", "full")


@dataclass(frozen=True, slots=True)
class TextPart:
    """Plain text as the person or the model wrote it."""

    text: str


@dataclass(frozen=True, slots=True)
class ImagePart:
    """A picture by value: the bytes of its file, already checked by `engine.documents`.

    `width` and `height` are in pixels after the file's own orientation is applied.
    `sha256` is the hex digest of `data`; two parts with the same digest are the same picture.
    `detail` says how closely the model shall look at it.
    """

    name: str
    sha256: str
    width: int
    height: int
    data: bytes = field(repr=False)
    detail: Detail = "standard"


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """One page's text; `number` counts from 1 as printed in page marks."""

    number: int
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class DocumentPart:
    """A document as text, page by page, whole. `sha256` is the hex digest of the file's bytes."""

    name: str
    sha256: str
    size_bytes: int
    pages: tuple[DocumentPage, ...]


@dataclass(frozen=True, slots=True)
class ToolCallPart:
    """A call of a function as the model made it. `arguments` is the text of a JSON object.

    `call_id` tells calls apart where the model's chat template shows ids; it may be empty.
    """

    name: str
    arguments: str
    call_id: str = ""


@dataclass(frozen=True, slots=True)
class ToolResultPart:
    """What a called function gave back, or why it gave nothing. `call_id` is the call's."""

    text: str
    name: str = ""
    call_id: str = ""


Part = TextPart | ImagePart | DocumentPart | ToolCallPart | ToolResultPart


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation.

    Only user messages may hold pictures and documents, only assistant messages calls of
    functions. Messages of the role "tool" hold results of functions and nothing else.
    """

    role: Role
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """The message's plain text parts, joined."""
        return "".join(part.text for part in self.parts if isinstance(part, TextPart))

    @property
    def images(self) -> tuple[ImagePart, ...]:
        """The message's pictures in order."""
        return tuple(part for part in self.parts if isinstance(part, ImagePart))

    @property
    def calls(self) -> tuple[ToolCallPart, ...]:
        """The message's calls of functions in order."""
        return tuple(part for part in self.parts if isinstance(part, ToolCallPart))


def user(*parts: Part | str) -> Message:
    """A user's message; a string stands for a text part."""
    return Message("user", tuple(TextPart(p) if isinstance(p, str) else p for p in parts))


def assistant(text: str, *calls: ToolCallPart) -> Message:
    """An assistant's message of plain text and the calls that it made after it."""
    return Message("assistant", (TextPart(text), *calls))


def tool(text: str, name: str = "", call_id: str = "") -> Message:
    """A message with the result of one called function."""
    return Message("tool", (ToolResultPart(text, name, call_id),))


def system(text: str) -> Message:
    """A system message of plain text."""
    return Message("system", (TextPart(text),))
