"""What an evaluation found, as values and as the object that `tanka eval --json` prints."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.evals.score import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class TaskResult:
    """How many answers of a task were right."""

    task: str
    n: int
    correct: int

    @property
    def accuracy(self) -> float:
        """The share of right answers."""
        return self.correct / self.n if self.n else 0.0

    def to_dict(self) -> dict[str, object]:
        """Return the row with its 95 % interval."""
        low, high = wilson_interval(self.correct, self.n)
        return {
            "task": self.task,
            "n": self.n,
            "correct": self.correct,
            "accuracy": round(self.accuracy, 4),
            "low": round(low, 4),
            "high": round(high, 4),
        }


@dataclass(frozen=True, slots=True)
class EvalReport:
    """All tasks of one model on one machine."""

    machine: Mapping[str, object]
    model: str
    weights: str
    tasks: tuple[TaskResult, ...] = field(default=())

    def to_dict(self) -> dict[str, object]:
        """Return the report as the JSON object other programs read."""
        return {
            "machine": dict(self.machine),
            "model": self.model,
            "weights": self.weights,
            "tasks": [task.to_dict() for task in self.tasks],
        }


def report_table(report: EvalReport) -> str:
    """Return the results as lines of plain text."""
    lines = [f"{'task':<28}{'n':>6}{'right':>8}  95 % interval"]
    for result in report.tasks:
        low, high = wilson_interval(result.correct, result.n)
        lines.append(
            f"{result.task:<28}{result.n:>6}{result.accuracy:>8.3f}  {low:.2f} to {high:.2f}"
        )
    return "\n".join(lines)
