"""Several processes that train one model: each draws its own batches, all take the same step.

On processors matrices this small leave a second thread idle, so a process a core is the way to use
them all. Start them with `torchrun --standalone --nproc-per-node 2 packaging/starter/build.py …`.
A process alone is a group of one, for which everything here costs nothing.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import torch
import torch.distributed as dist

if TYPE_CHECKING:
    from collections.abc import Iterable


class Group:
    """This process's place among those that train together."""

    def __init__(self) -> None:
        self.size = int(os.environ.get("WORLD_SIZE", "1"))
        if self.size > 1 and not dist.is_initialized():
            dist.init_process_group("gloo")
        self.rank = dist.get_rank() if self.size > 1 else 0

    @property
    def leads(self) -> bool:
        """Whether this process keeps the clock, the log and the checkpoints."""
        return self.rank == 0

    def average_gradients(self, parameters: Iterable[torch.nn.Parameter]) -> None:
        """Give every process the mean gradient; what none has a gradient for stays without."""
        if self.size == 1:
            return
        known = list(parameters)
        present = torch.tensor([float(p.grad is not None) for p in known])
        dist.all_reduce(present, dist.ReduceOp.MAX)
        shared = [p for p, somewhere in zip(known, present.tolist(), strict=True) if somewhere]
        for p in shared:
            if p.grad is None:
                p.grad = torch.zeros_like(p)
        flat = torch.cat([p.grad.flatten() for p in shared]).div_(self.size)
        dist.all_reduce(flat)
        for p, mean in zip(shared, flat.split([p.numel() for p in shared]), strict=True):
            p.grad.copy_(mean.view_as(p))

    def total(self, *counts: float) -> list[float]:
        """Return the sum of each count over all processes."""
        if self.size == 1:
            return list(counts)
        sums = torch.tensor(counts, dtype=torch.float64)
        dist.all_reduce(sums)
        return sums.tolist()

    def told(self, *values: float) -> list[float]:
        """Return the leading process's values."""
        if self.size == 1:
            return list(values)
        shared = torch.tensor(values, dtype=torch.float64)
        dist.broadcast(shared, 0)
        return shared.tolist()
