"""Lists written as blocks of text, which are easier to read and to lengthen than quoted ones."""

from __future__ import annotations


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a block."""
    return tuple(text.split())


def lines_of(text: str) -> tuple[str, ...]:
    """Return the lines of a block without their indentation."""
    return tuple(line.strip() for line in text.strip().splitlines())
