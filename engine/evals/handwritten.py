"""Items that people wrote, not a generator: real-looking texts, and questions as they are asked.

They tell whether what was learnt from generated items carries over, so nothing is trained on them.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from PIL import Image, ImageDraw
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from engine.evals.fonts import held_out_faces
from engine.evals.items import (
    Call,
    Check,
    Document,
    Exchange,
    Item,
    Part,
    Picture,
    Text,
    ToolResult,
)

_FAMILIES = ("document", "tools", "picture", "examples", "dialogue")
HANDWRITTEN_TASKS = tuple(f"handwritten/{family}" for family in _FAMILIES)
_PICTURE_MARGIN = 6


class _Declared(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Document(_Declared):
    document: str = Field(min_length=1)
    pages: list[str] = Field(min_length=1)


class _Picture(_Declared):
    """A line of text to be drawn."""

    picture: str = Field(min_length=1)
    size: int = Field(ge=8, le=40)
    ink: str = Field(pattern="^#[0-9a-f]{6}$")
    ground: str = Field(pattern="^#[0-9a-f]{6}$")


class _Result(_Declared):
    result: str


class _Pattern(_Declared):
    """A regular expression, for answers that can be worded in many ways."""

    pattern: str = Field(min_length=1)


class _Call(_Declared):
    name: str
    arguments: dict[str, JsonValue]


class _Tool(_Declared):
    name: str
    description: str
    parameters: dict[str, JsonValue]


class _Exchange(_Declared):
    asked: list[str | _Document | _Picture | _Result] = Field(min_length=1)
    answer: str
    accept: list[Annotated[str, Field(pattern=r"\S")] | _Pattern] = Field(default_factory=list)
    check: Literal["contains", "calls", "json", "refusal"] = "contains"
    calls: list[_Call] = Field(default_factory=list)
    scored: bool = True


class _Line(_Declared):
    """One line of the file."""

    family: Literal["document", "tools", "picture", "examples", "dialogue"]
    system: str = ""
    tools: list[_Tool] = Field(default_factory=list)
    exchanges: list[_Exchange] = Field(min_length=1)


@cache
def handwritten_items(task: str) -> tuple[Item, ...]:
    """Return the items of a task of `HANDWRITTEN_TASKS`, in the order of the file."""
    return tuple(item for item in _all_items() if item.task == task)


@cache
def _all_items() -> tuple[Item, ...]:
    text = (files("resources") / "evals" / "handwritten.jsonl").read_text(encoding="utf-8")
    return parse_items(text)


def parse_items(text: str) -> tuple[Item, ...]:
    """Return the items of a file's text. Raises `ValueError` where a line is not an item."""
    return tuple(_item(_Line.model_validate_json(line)) for line in text.splitlines())


def _item(line: _Line) -> Item:
    task = f"handwritten/{line.family}"
    tools = tuple(tool.model_dump() for tool in line.tools)
    exchanges = tuple(_exchange(exchange, task) for exchange in line.exchanges)
    return Item(task, exchanges, line.system, tools)


def _exchange(exchange: _Exchange, task: str) -> Exchange:
    accept = tuple(
        value if isinstance(value, str) else _compiled(value.pattern) for value in exchange.accept
    )
    check = Check(exchange.check)
    if exchange.scored and (check is Check.CONTAINS) != bool(accept):
        raise ValueError(f"accepted answers belong to “contains”: {exchange.answer!r}")
    if (check is Check.CALLS) != bool(exchange.calls):
        raise ValueError(f"calls belong to “calls”: {exchange.answer!r}")
    return Exchange(
        asked=tuple(map(_part, exchange.asked)),
        answer=exchange.answer,
        task=task,
        calls=tuple(Call(call.name, call.arguments) for call in exchange.calls),
        scored=exchange.scored,
        check=check,
        accept=accept,
    )


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern, re.IGNORECASE)
    except re.error as fault:
        raise ValueError(f"{pattern!r} is no regular expression") from fault


def _part(part: str | _Document | _Picture | _Result) -> Part:
    match part:
        case str():
            return Text(part)
        case _Document():
            return Document(part.document, tuple(part.pages))
        case _Picture():
            return Picture(_drawn(part))
        case _Result():
            return ToolResult(part.result)


def _drawn(line: _Picture) -> Image.Image:
    font = held_out_faces()[0].at(line.size)
    left, top, right, bottom = font.getbbox(line.picture)
    size = (int(right - left) + 2 * _PICTURE_MARGIN, int(bottom - top) + 2 * _PICTURE_MARGIN)
    image = Image.new("RGB", size, line.ground)
    at = (_PICTURE_MARGIN - left, _PICTURE_MARGIN - top)
    ImageDraw.Draw(image).text(at, line.picture, font=font, fill=line.ink)
    return image
