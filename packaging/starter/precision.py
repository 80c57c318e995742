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


BACKENDS: tuple[WeightsName, ...] = ("bnb_nf4", "int4pack")


@dataclass(frozen=True, slots=True)
class Kept:
    """Accuracy of one family in full precision and in each kind of 4-bit weights."""

    family: str
    n: int
    full: float
    quantised: tuple[float, ...]


def kept_accuracy(folder: Path, encoder: ChatEncoder, items: int) -> list[Kept]:
    """Return the accuracies by family of tasks; `examples/none` asks for the impossible."""
    full, *others = (_by_family(folder, name, encoder, items) for name in ("full", *BACKENDS))
    return [
        Kept(family, len(right), _share(right), tuple(_share(other[family]) for other in others))
        for family, right in full.items()
    ]


def kept_shares(kept: list[Kept]) -> tuple[float, ...]:
    """Return each backend's accuracy over the full one, averaged over families."""
    full = sum(k.full for k in kept)
    return tuple(sum(k.quantised[i] for k in kept) / full for i in range(len(BACKENDS)))


def table(kept: list[Kept]) -> str:
    """Return the figures as lines of plain text."""
    head = f"{'family':<16}{'n':>6}{'full':>10}" + "".join(f"{name:>10}" for name in BACKENDS)
    rows = [
        f"{k.family:<16}{k.n:>6}{k.full:>10.3f}" + "".join(f"{q:>10.3f}" for q in k.quantised)
        for k in kept
    ]
    shares = "".join(f"{share:>10.1%}" for share in kept_shares(kept))
    return "\n".join([head, *rows, f"{'kept':<32}{shares}"])


def _share(right: list[bool]) -> float:
    return sum(right) / len(right)


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
