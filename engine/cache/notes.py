"""Why tokens were computed once more, in words for the person."""

from __future__ import annotations

CHOSEN_PLACES = "this model can only return to chosen places, and the nearest lies before them"


def read_again(tokens: int, reason: str) -> str:
    """A sentence; nothing where no tokens were, or there is no reason to tell."""
    return f"{tokens:,} tokens were read again: {reason}." if tokens > 0 and reason else ""
