"""What 4-bit weights cost: the packed model's held-out accuracy in 4-bit beside full precision.

Both are loaded as the application loads them; answers are compared by teacher forcing, the same
ones for both, so that the ratio is not blurred by the draw.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evaluate import evaluate

from engine.model.loader import load_model

if TYPE_CHECKING:
    from pathlib import Path

    from chat import ChatEncoder

    from engine.api.requests import WeightsName


@dataclass(frozen=True, slots=True)
class Kept:
    """Accuracy of one family in full precision and in 4-bit."""

    family: str
    n: int
    full: float
    quantised: float


def kept_accuracy(
    folder: Path, weights: WeightsName, encoder: ChatEncoder, items: int
) -> list[Kept]:
    """Return the accuracies by family of tasks; `examples/none` asks for the impossible."""
    full, quantised = (_by_family(folder, name, encoder, items) for name in ("full", weights))
    return [
        Kept(family, len(right), sum(right) / len(right), sum(quantised[family]) / len(right))
        for family, right in full.items()
    ]


def kept_share(kept: list[Kept]) -> float:
    """Return the 4-bit accuracy over the full one, averaged over families."""
    return sum(k.quantised for k in kept) / sum(k.full for k in kept)


def table(kept: list[Kept]) -> str:
    """Return the figures as lines of plain text."""
    rows = [f"{k.family:<16}{k.n:>6}{k.full:>8.3f}{k.quantised:>8.3f}" for k in kept]
    return "\n".join([f"{'family':<16}{'n':>6}{'full':>8}{'4-bit':>8}", *rows])


def _by_family(
    folder: Path, weights: WeightsName, encoder: ChatEncoder, items: int
) -> dict[str, list[bool]]:
    model = load_model(folder, folder.name, weights, say_nothing).network
    tally = evaluate(model, encoder, 0, items)
    families: dict[str, list[bool]] = defaultdict(list)
    for task, right in tally.answers.items():
        if task != "examples/none":
            families[task.partition("/")[0]] += right
    return families


def say_nothing(_step: str, _loaded: int, _total: int) -> None:
    """Loading is over before a progress line could be read."""
