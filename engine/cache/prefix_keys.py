"""Comparing prompts by their keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def common_length(kept: Sequence[int], keys: Sequence[int]) -> int:
    """How many keys both begin with."""
    for position, (a, b) in enumerate(zip(kept, keys, strict=False)):
        if a != b:
            return position
    return min(len(kept), len(keys))
