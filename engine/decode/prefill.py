"""Chunked prefill: compute the prompt's part that no cache holds yet.

Between chunks the caller gets control, so progress can be shown and a cancel be seen. For a cache
that cannot be cut anywhere, chunks end at the prompt's marks, where a checkpoint is taken, and one
is taken before the last token, so that another answer to the same prompt costs one token: for a
cache that cannot give back a single token, the last one runs alone for that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    import torch

    from engine.cache.prefix_store import Lease
    from engine.decode.language_model import LanguageModel

# One chunk is what a cancel may have to wait for.
_CHUNK_CPU = 256
_CHUNK_GPU = 1024


def chunk_size(device: str) -> int:
    """How many tokens are read at once on a device, "cpu" or a graphics card's kind."""
    return _CHUNK_CPU if device == "cpu" else _CHUNK_GPU


class PromptTokens(Protocol):
    """What prefill needs of a prompt."""

    @property
    def tokens(self) -> Sequence[int]:
        """The prompt's token ids."""

    @property
    def positions(self) -> torch.Tensor:
        """Positions, shape (rows, tokens)."""

    @property
    def marks(self) -> Sequence[int]:
        """Lengths worth returning to, ascending."""

    @property
    def uncut(self) -> Sequence[tuple[int, int]]:
        """Ranges [start, end), ascending, whose tokens must be computed together."""


@dataclass(frozen=True, slots=True)
class Prefilled:
    """How far prefill has come; `logits` of shape (vocabulary,) with the last step only."""

    done_tokens: int
    logits: torch.Tensor | None = None


def prefill(
    model: LanguageModel,
    prompt: PromptTokens,
    lease: Lease,
    features: Callable[[int, int], torch.Tensor | None],
    chunk_size: int,
    reserved: int = 0,
) -> Generator[Prefilled, None, None]:
    """Run the tokens after `lease.reused` in chunks of at most `chunk_size`, or one uncut range.

    Where storage must grow, room is made for `reserved` tokens, or the prompt's if those are more.
    `features(start, end)` gives the image features of the image tokens in that range. The cache is
    whole whenever this yields, and the generator may be closed there.
    """
    total = len(prompt.tokens)
    stops = () if lease.cache.truncates_anywhere else prompt.marks
    if not lease.cache.steps_back:
        stops = (*stops, total - 1)
    if not lease.kept:
        stops = ()
    lease.cache.reserve(max(total, reserved))
    for start, end in chunk_bounds(lease.reused, total, stops, chunk_size, prompt.uncut):
        logits = model.forward(
            prompt.tokens[start:end],
            prompt.positions[:, start:end],
            lease.cache,
            features(start, end),
        )
        last = end == total
        if end in stops and not last:
            lease.checkpoint()
        if last and lease.kept:
            lease.note_prompt_end()
        yield Prefilled(end, logits if last else None)


def chunk_bounds(
    start: int,
    total: int,
    stops: Sequence[int],
    chunk_size: int,
    uncut: Sequence[tuple[int, int]] = (),
) -> list[tuple[int, int]]:
    """Cut [start, total) at `stops`, and into pieces of at most `chunk_size`.

    A range in `uncut` is never cut: a chunk ends before it, or is as long as it is.
    """
    bounds = []
    inside = _inside(uncut)
    for stop in sorted({s for s in (*stops, total) if start < s <= total and s not in inside}):
        while start < stop:
            end = min(start + chunk_size, stop)
            if end in inside:
                first, last = inside[end]
                end = first if first > start else last
            bounds.append((start, end))
            start = end
    return bounds


def _inside(uncut: Sequence[tuple[int, int]]) -> dict[int, tuple[int, int]]:
    """Each length that would cut a range, with that range."""
    return {cut: (first, last) for first, last in uncut for cut in range(first + 1, last)}
