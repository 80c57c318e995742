"""What the starter is meant to reach on held-out items, beside what it does reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_TEXT_PICTURES = ("picture/line", "picture/new_font", "picture/other_font")
_SCENES = ("picture/shapes", "picture/chart")
# The tasks of a family that its goal is about: those of one function, of two, and of none.
_TOOLS = ("tools/call", "tools/optional", "tools/two", "tools/none", "tools/result")


@dataclass(frozen=True, slots=True)
class Goal:
    """One figure, what it should be at least, and what it is."""

    name: str
    wanted: float
    measured: float

    @property
    def line(self) -> str:
        """The goal as a row of the table."""
        verdict = "reached" if self.measured >= self.wanted else "missed"
        return f"{self.name:<44}{self.wanted:>8.2f}{self.measured:>10.3f}  {verdict}"


def goals(
    tasks: Sequence[Mapping[str, object]], accepted: float, kept: Sequence[float]
) -> tuple[Goal, ...]:
    """Return every goal; `tasks` are a report's rows with `task`, `n` and `correct`."""
    counts = {str(t["task"]): (int(str(t["correct"])), int(str(t["n"]))) for t in tasks}

    def share(*names: str) -> float:
        known = [counts[name] for name in names if name in counts]
        asked = sum(n for _, n in known)
        return sum(right for right, _ in known) / asked if asked else 0.0

    documents = [name for name in counts if name.startswith("document/")]
    dialogue = [name for name in counts if name.startswith("dialogue/")]
    gain = share("examples/five") - share("examples/none")
    return (
        Goal("documents", 0.90, share(*documents)),
        Goal("lines of text in pictures", 0.80, share(*_TEXT_PICTURES)),
        Goal("shapes and charts", 0.85, share(*_SCENES)),
        Goal("functions", 0.95, share(*_TOOLS)),
        Goal("five examples over none", 0.40, gain),
        Goal("a needle in 2,000 tokens", 0.95, share("needle/2k")),
        Goal("talk", 0.90, share(*dialogue)),
        Goal("share of the draft's tokens accepted", 0.60, accepted),
        Goal("share of the accuracy kept in 4-bit, at least", 0.99, min(kept)),
    )


def table(found: Sequence[Goal]) -> str:
    """Return the goals as lines of plain text."""
    head = f"{'':<44}{'goal':>8}{'measured':>10}"
    return "\n".join([head, *(goal.line for goal in found)])
