"""Calls that were found in a model's text."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_SPACE = re.compile(r"[ \t\r\n]*")


@dataclass(frozen=True, slots=True)
class ParsedCall:
    """A call as the model wrote it; nothing says that there is such a function."""

    name: str
    arguments: Mapping[str, object]


def after_space(text: str, at: int) -> int:
    """The offset at or after `at` where something else than space stands."""
    space = _SPACE.match(text, at)
    return space.end() if space else at


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{digits} is no number that JSON could write again")
    return number


# Models write real line breaks into strings; what they mean by it is clear.
DECODER = json.JSONDecoder(strict=False, parse_float=_finite, parse_constant=_finite)
