"""Comparing prompts by their keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


# Keys compared at once.
_BLOCK = 1_000


def common_length(kept: Sequence[int], keys: Sequence[int]) -> int:
    """How many keys both begin with. Whole blocks are compared at once: no loop over each key."""
    most = min(len(kept), len(keys))
    for start in range(0, most, _BLOCK):
        end = min(start + _BLOCK, most)
        ours, theirs = kept[start:end], keys[start:end]
        if ours != theirs:
            pairs = enumerate(zip(ours, theirs, strict=True), start)
            return next((at for at, (a, b) in pairs if a != b), end)
    return most
