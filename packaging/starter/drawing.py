"""Batches drawn ahead: in this process, or by workers where a GPU would wait for them.

A worker has a stream of its own. What it must know of the run, the time and the levels, lies in
memory that all share; it acts on a change some batches later, when those drawn ahead are used up.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import torch
from batches import make_batch, sorted_groups
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from batches import Batch
    from chat import Sample
    from levels import Stream

    # From the share of the time that is over, and levels by source: shares and size of a batch.
    Plan = Callable[[float, Mapping[str, int]], tuple[Mapping[str, float], int]]

_DRAWN_AHEAD = 4
# From here on more samples come from the highest level.
_HARDER_FROM = 0.6


class Drawing:
    """Endless batches of one stream."""

    def __init__(
        self, stream: Stream, plan: Plan, *, pad: int, longest: int, seed: str, workers: int
    ) -> None:
        self._stream = stream
        self._state = torch.zeros(1 + len(stream.sources), dtype=torch.float64).share_memory_()
        dataset = _Batches(stream, plan, self._state, pad, longest, seed)
        ahead = _DRAWN_AHEAD if workers else None
        loader = DataLoader(dataset, batch_size=None, num_workers=workers, prefetch_factor=ahead)
        self._batches = iter(loader)

    def next(self, progress: float) -> Batch:
        """Return a batch, and tell the workers how far the run is."""
        levels = [source.level for source in self._stream.sources.values()]
        self._state.copy_(torch.tensor([progress, *levels]))
        return next(self._batches)


class _Batches(IterableDataset["Batch"]):
    """What one worker, or this process, draws."""

    def __init__(
        self, stream: Stream, plan: Plan, state: torch.Tensor, pad: int, longest: int, seed: str
    ) -> None:
        self._stream, self._plan, self._state = stream, plan, state
        self._pad, self._longest, self._seed = pad, longest, seed
        self._now: tuple[Mapping[str, float], int] | None = None

    def __iter__(self) -> Iterator[Batch]:
        worker = get_worker_info()
        rng = random.Random(f"{self._seed}/{worker.id if worker else 0}")
        groups: Iterator[list[Sample]] = iter(())
        while True:
            progress, levels = self._look()
            plan = self._plan(progress, levels)
            if plan != self._now:
                self._now = plan
                self._stream.level_out()
                groups = sorted_groups(lambda: self._draw(rng), plan[1], self._longest)
            yield make_batch(next(groups), self._pad)

    def _look(self) -> tuple[float, dict[str, int]]:
        progress, *levels = self._state.tolist()
        return progress, dict(zip(self._stream.sources, map(int, levels), strict=True))

    def _draw(self, rng: random.Random) -> Sample:
        assert self._now is not None
        progress, levels = self._look()
        for name, level in levels.items():
            self._stream.sources[name].level = level
        top_share = 0.5 if progress < _HARDER_FROM else 0.75
        return self._stream.next(rng, self._now[0], top_share)
