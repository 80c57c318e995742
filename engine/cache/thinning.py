"""Which checkpoints to let go when there are too many."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.cache.kv_cache import Checkpoint


def thin(checkpoints: dict[int, Checkpoint], budget_bytes: int) -> None:
    """Drop those that are missed least until the rest fits, but never the outermost.

    The one whose neighbours lie closest together costs the fewest tokens when it is gone.
    """
    while sum(c.nbytes for c in checkpoints.values()) > budget_bytes:
        lengths = sorted(checkpoints)
        if len(lengths) < 3:
            return
        inner = range(1, len(lengths) - 1)
        least = min(inner, key=lambda i: lengths[i + 1] - lengths[i - 1])
        del checkpoints[lengths[least]]
