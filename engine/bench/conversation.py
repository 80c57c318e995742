"""The conversation that suites `reuse` and `resume` go on with: long, with a picture early on."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from engine.api.messages import ImagePart, Message, assistant, user
from engine.api.requests import Generate, Limits
from engine.bench.asking import digits

if TYPE_CHECKING:
    from engine.api.events import Finished

# Tokens that two conversations may begin with in common: the frame of a message, a picture's mark.
MOST_IN_COMMON = 24
_WIDTH, _HEIGHT = 320, 240


def history(number: int, tokens: int) -> tuple[Message, ...]:
    """A question about a picture, its answer, and a long second question of about `tokens`.

    No two numbers have a picture or a text in common.
    """
    return (
        user(picture(number), "What is this?"),
        assistant("A picture."),
        user(digits(f"{number}a", tokens)),
    )


def another_history(number: int, tokens: int, messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """`messages` with the history of another number, so that nothing of it is kept."""
    fresh = history(number, tokens)
    return (*fresh, *messages[len(fresh) :])


def follow_up(before: tuple[Message, ...], said: str, tokens: int) -> tuple[Message, ...]:
    """`before`, the answer that was `said`, and a question of about `tokens`."""
    return (*before, assistant(said), user(digits("b", tokens)))


def request(messages: tuple[Message, ...], answer_tokens: int) -> Generate:
    """Ask for an answer of at most so many tokens.

    Nothing is drafted, so that how much of the answer the cache holds is known to the token.
    """
    return Generate(messages, limits=Limits(max_tokens=answer_tokens), drafting=False)


def picture(number: int) -> ImagePart:
    """A picture of its own for every number, as a real PNG file."""
    pixels = np.random.default_rng(number).integers(0, 256, (_HEIGHT, _WIDTH, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    data = file.getvalue()
    digest = hashlib.sha256(data).hexdigest()
    return ImagePart(f"{number}.png", digest, _WIDTH, _HEIGHT, data)


def must_be_kept(before: Finished, read_again: int) -> int:
    """How many tokens a follow-up of `before` must find computed.

    All there were but the last one said, which no forward has seen; or, where the template shows
    the last `read_again` tokens of a prompt differently once it is answered, those before them.
    """
    if read_again:
        return before.usage.prompt_tokens - read_again
    return before.usage.prompt_tokens + before.usage.completion_tokens - 1


def check_kept(warm: Finished, kept: int, answer: int = 0) -> None:
    """See that a figure is that of a follow-up. Raises `AssertionError` where it is not.

    A random answer of `answer` tokens may begin or end with spaces that a template cuts off.
    """
    found = warm.usage.reused_tokens
    cut_off = "chat template" in warm.usage.reuse_note and 0 < kept - found < answer
    if found != kept and not cut_off:
        raise AssertionError(f"{found} of {kept} tokens were kept. {warm.usage.reuse_note}")


def check_cold(cold: Finished) -> None:
    """See that all was read anew. Raises `AssertionError` where it was not."""
    if cold.usage.reused_tokens > MOST_IN_COMMON:
        raise AssertionError(f"{cold.usage.reused_tokens} tokens of a new conversation were kept")
    if not cold.usage.image_tokens:
        raise AssertionError("the conversation has no picture")
