"""How sure a share of right answers is."""

from __future__ import annotations

import math

_Z95 = 1.96


def wilson_interval(correct: int, n: int, z: float = _Z95) -> tuple[float, float]:
    """Return the score interval of a share (Wilson 1927), which stays within 0 and 1."""
    if n == 0:
        return 0.0, 1.0
    share = correct / n
    scale = 1 + z * z / n
    centre = (share + z * z / (2 * n)) / scale
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / scale
    return max(0.0, centre - half), min(1.0, centre + half)
