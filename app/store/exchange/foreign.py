"""Reading what other programs wrote: fields may be missing, or be something else than expected."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from app.conversation import UNTITLED, title_from

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.store.records import Turn

# Anything above is counted in thousandths; as seconds it would be after the year 5000.
_MILLISECONDS = 1e11
_NANOSECONDS = 1e17


def object_or_none(value: object) -> dict[str, object] | None:
    """`value` where it is a JSON object."""
    return value if isinstance(value, dict) else None


def text_or_none(value: object) -> str | None:
    """`value` where it is a string that says something."""
    return value if isinstance(value, str) and value.strip() else None


def seconds(value: object, otherwise: float) -> float:
    """A time in seconds since 1970, whatever unit the file has it in."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return otherwise
    if not math.isfinite(value) or value < 0:
        return otherwise
    if value > _NANOSECONDS:
        return value / 1e9
    return value / 1e3 if value > _MILLISECONDS else float(value)


def title_of(value: object, turns: Sequence[Turn]) -> str:
    """The title that the file gives, or what the first question would give."""
    title = text_or_none(value)
    if title is not None:
        return title
    return title_from(turns[0].question) if turns else UNTITLED
