"""Where pictures stand in a prompt."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ImageSpan:
    """A picture's place in a prompt: token positions [start, end), each one image token.

    `grid` is (rows, columns) of image tokens; `sha256` names the picture's content.
    """

    start: int
    end: int
    grid: tuple[int, int]
    sha256: str
