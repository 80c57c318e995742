"""How sure a share of right answers is.

Questions of one conversation share what they are asked about, so they go right or wrong together
and tell less than as many questions by themselves (clustered errors: Miller 2024,
arXiv:2411.00640).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

Z95 = 1.96
# A conversation as the sum over its questions, and their number.
Cluster = tuple[int, int]


def wilson_interval(correct: float, n: float) -> tuple[float, float]:
    """Return the 95 % score interval of a share (Wilson 1927), which stays within 0 and 1."""
    if n == 0:
        return 0.0, 1.0
    share = correct / n
    scale = 1 + Z95 * Z95 / n
    centre = (share + Z95 * Z95 / (2 * n)) / scale
    half = Z95 * math.sqrt(max(0.0, share * (1 - share)) / n + (Z95 / (2 * n)) ** 2) / scale
    return max(0.0, centre - half), min(1.0, centre + half)


def clusters(values: Iterable[tuple[Hashable, int]]) -> list[Cluster]:
    """Add up the values of each conversation."""
    sums: dict[Hashable, Cluster] = {}
    for conversation, value in values:
        total, size = sums.get(conversation, (0, 0))
        sums[conversation] = total + value, size + 1
    return list(sums.values())


def clustered_mean(clusters: Sequence[Cluster]) -> tuple[float, float]:
    """Return the mean over all questions and its variance."""
    size = sum(count for _, count in clusters)
    mean = sum(total for total, _ in clusters) / size
    return mean, sum((total - count * mean) ** 2 for total, count in clusters) / size**2


def design_effect(clusters: Sequence[Cluster]) -> float:
    """Return how many questions tell as much as one by itself would (Kish 1965), 1 at least.

    Two imagined conversations, one right and one wrong, keep it finite where all are alike.
    """
    imagined = [*clusters, (1, 1), (0, 1)]
    mean, variance = clustered_mean(imagined)
    return max(1.0, variance * sum(count for _, count in imagined) / (mean * (1 - mean)))
