"""The values of an evaluation: a conversation whose answers are known beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
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


Part = Text | Picture | Document


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question and the answer that is right.

    `spelled` says that the answer is read off a picture, character by character.
    """

    asked: tuple[Part, ...]
    answer: str
    task: str
    spelled: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """A conversation to put to a model, one exchange after the other."""

    task: str
    exchanges: tuple[Exchange, ...]
    system: str = ""
