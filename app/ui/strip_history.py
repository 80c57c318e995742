"""What the strip's figures were in the last minute. No widget, and nothing made up between them."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.figures import Figures

SPAN_S = 60.0
# At most so many a second are kept: the strip itself shows no more.
_APART_S = 0.25


@dataclass(frozen=True, slots=True)
class Sample:
    """A figure and the moment, in the clock's seconds, from which on it held; `None`: unknown."""

    at: float
    value: float | None


class History:
    """The figures of each cell. One holds until the next; of older ones, one is kept."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._samples: dict[str, deque[Sample]] = {}

    @property
    def now(self) -> float:
        """The present moment."""
        return self._clock()

    def add(self, figures: Figures) -> None:
        """Remember `figures` as they are now."""
        now = self._clock()
        for name, value in _values(figures).items():
            samples = self._samples.setdefault(name, deque())
            last = samples[-1] if samples else None
            if last is not None and last.value == value:
                continue
            if last is not None and now - last.at < _APART_S:
                samples[-1] = Sample(last.at, value)
            else:
                samples.append(Sample(now, value))
            while len(samples) > 1 and samples[1].at <= now - SPAN_S:
                samples.popleft()

    def samples(self, name: str) -> tuple[Sample, ...]:
        """What the cell `name` has shown in the last minute, oldest first."""
        return tuple(self._samples.get(name, ()))


def _values(figures: Figures) -> dict[str, float | None]:
    drafts = figures.drafts
    accepted = drafts.accepted / drafts.proposed if drafts and drafts.proposed else None
    moving = figures.phase in ("reading", "answering")
    return {
        "speed": figures.tok_s if moving else None,
        "first_token": figures.ttft_s,
        "accepted": accepted,
        "reused": figures.reused_share,
        "gpu": figures.gpu_used_bytes,
        "ram": figures.process_bytes,
        "context": figures.context_tokens,
    }
