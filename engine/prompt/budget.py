"""Does it fit? Nothing is ever dropped: what does not fit is refused before any work."""

from __future__ import annotations

from engine.api.errors import ContextTooLong


def answer_room(prompt_tokens: int, max_context: int, max_tokens: int | None) -> int:
    """How many tokens the answer may have. Raises `ContextTooLong` where not one fits."""
    room = max_context - prompt_tokens
    if room < 1:
        raise ContextTooLong(prompt_tokens + 1, max_context)
    return room if max_tokens is None else min(room, max_tokens)
