"""One turn as it is made, beside the same turn read from nothing in one go, token by token."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from engine.prompt.render import render

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.api.events import Finished, Usage
    from engine.api.messages import Message
    from engine.model.loaded_model import LoadedModel

# Where the two best logits lie closer together than this, either may be chosen.
TIE = 1e-4


@dataclass(frozen=True, slots=True)
class Compared:
    """`apart` is the largest difference of any logits while both say the same, `spread` their own.

    `gap` is how far the two best lay apart where they first said something else, `None` if never.
    """

    done: Finished
    apart: float
    spread: float
    gap: float | None

    @property
    def usage(self) -> Usage:
        """Of the turn as it was made."""
        return self.done.usage

    @property
    def exact(self) -> bool:
        """The promise: the same numbers in full precision, and greedily the same text."""
        return self.apart < TIE and (self.gap is None or self.gap < TIE)


def compare(
    conversations, messages: tuple[Message, ...], max_tokens: int = 6, **options: object
) -> Compared:
    """Make the turn on `conversations`, and once more by full recompute of the same tokens."""
    model = conversations.model
    with recorded(model) as rows:
        done = conversations.ask(messages, max_tokens=max_tokens, **options)
    assert done.usage.completion_tokens > 0
    tools = options.get("tools", ())
    prompt = render(messages, model, conversations.transcripts, tools)
    features = conversations.features_of(prompt)(0, len(prompt.tokens))
    cache, place = model.new_cache(), int(prompt.positions.max()) + 1
    fresh = model.forward(prompt.tokens, prompt.positions, cache, features)
    spread, apart = float(fresh[fresh > torch.finfo(fresh.dtype).min].std()), 0.0
    for row in rows[-done.usage.completion_tokens :]:
        apart = max(apart, float((row - fresh).abs().max()))
        token = int(fresh.argmax())
        if int(row.argmax()) != token:
            best, other = fresh.topk(2).values.tolist()
            return Compared(done, apart, spread, best - other)
        here = torch.full((prompt.positions.shape[0], 1), place, dtype=torch.long)
        fresh, place = model.forward((token,), here, cache), place + 1
    return Compared(done, apart, spread, None)


@contextmanager
def recorded(model: LoadedModel) -> Iterator[list[torch.Tensor]]:
    """The logits of every forward of `model` meanwhile."""
    rows: list[torch.Tensor] = []

    def forward(*args: object) -> torch.Tensor:
        rows.append(type(model).forward(model, *args))
        return rows[-1]

    model.forward = forward
    try:
        yield rows
    finally:
        del model.forward
