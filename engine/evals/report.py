"""What an evaluation found, as values, as a table, and as the object of `tanka eval --json`."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.evals.score import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

RUN_VERSION = 1
_NAME_WIDTH = 28


@dataclass(frozen=True, slots=True)
class TaskResult:
    """How many answers of a task were right, and how many questions were not put, and why.

    `design_effect` is how many of the answers tell as much as one by itself would, since those of
    one conversation are not independent.
    """

    task: str
    n: int
    correct: int
    skipped: tuple[tuple[str, int], ...] = ()
    design_effect: float = 1.0

    @property
    def accuracy(self) -> float:
        """The share of right answers."""
        return self.correct / self.n if self.n else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share."""
        return wilson_interval(self.correct / self.design_effect, self.n / self.design_effect)

    def to_dict(self) -> dict[str, object]:
        """Return the row with its 95 % interval."""
        low, high = self.interval
        return {
            "task": self.task,
            "n": self.n,
            "correct": self.correct,
            "accuracy": round(self.accuracy, 4),
            "low": round(low, 4),
            "high": round(high, 4),
            "skipped": dict(self.skipped),
        }


@dataclass(frozen=True, slots=True)
class EvalReport:
    """All tasks of one model on one machine; not `complete` where the run was broken off."""

    machine: Mapping[str, object]
    model: str
    weights: str
    tasks: tuple[TaskResult, ...] = field(default=())
    complete: bool = True

    def to_dict(self) -> dict[str, object]:
        """Return the report as the JSON object other programs read.

        A family that is no task by itself has a row among the tasks too.
        """
        families = family_sums(self.tasks)
        names = {result.task for result in self.tasks}
        sums = [family for family in families if family.task not in names]
        low, high = average_interval(self.tasks)
        return {
            "machine": dict(self.machine),
            "model": self.model,
            "weights": self.weights,
            "tasks": [row.to_dict() for row in (*sums, *self.tasks)],
            "families": [family.to_dict() for family in families],
            "average": {
                "accuracy": round(average_over_families(self.tasks), 4),
                "low": round(low, 4),
                "high": round(high, 4),
            },
            "complete": self.complete,
            "version": RUN_VERSION,
        }


def family_of(task: str) -> str:
    """Return the part of a task's name before its slash."""
    return task.partition("/")[0]


def family_sums(tasks: Iterable[TaskResult]) -> tuple[TaskResult, ...]:
    """Return the sum over the tasks of each family."""
    members: dict[str, list[TaskResult]] = {}
    for result in tasks:
        members.setdefault(family_of(result.task), []).append(result)
    return tuple(_sum(name, rows) for name, rows in members.items())


def average_over_families(tasks: Iterable[TaskResult]) -> float:
    """Return the mean accuracy of the families of which anything was asked."""
    shares = [family.accuracy for family in family_sums(tasks) if family.n]
    return sum(shares) / len(shares) if shares else 0.0


def average_interval(tasks: Sequence[TaskResult]) -> tuple[float, float]:
    """Return the 95 % interval of the average over families.

    Wilson's intervals combined as for any sum of independent shares: Zou, Huang & Zhang 2009,
    Computational Statistics & Data Analysis 53, 1080-1085.
    """
    asked = [family for family in family_sums(tasks) if family.n]
    if not asked:
        return 0.0, 1.0
    average = average_over_families(tasks)
    bounds = [(f.accuracy, *f.interval) for f in asked]
    below = math.hypot(*(share - low for share, low, _ in bounds)) / len(asked)
    above = math.hypot(*(high - share for share, _, high in bounds)) / len(asked)
    return average - below, average + above


def report_table(report: EvalReport) -> str:
    """Return the results as lines of plain text."""
    width = max([_NAME_WIDTH, *(len(result.task) + 2 for result in report.tasks)])
    heading = f"{'task':<{width}}{'n':>6}{'right':>8}  95 % interval"
    lines = [heading, *(_line(result, width) for result in report.tasks)]
    families = family_sums(report.tasks)
    if families:
        lines += ["", f"{'family':<{width}}{'n':>6}{'right':>8}  95 % interval"]
        lines += [_line(family, width) for family in families]
        low, high = average_interval(report.tasks)
        average = f"{average_over_families(report.tasks):>{6 + 8}.3f}"
        lines += ["", f"{'average over families':<{width}}{average}  {low:.2f} to {high:.2f}"]
    return "\n".join(lines)


def _line(result: TaskResult, width: int) -> str:
    low, high = result.interval
    asked = f"{result.accuracy:>8.3f}  {low:.2f} to {high:.2f}"
    left_out = "; ".join(f"{count} skipped: {reason}" for reason, count in result.skipped)
    row = f"{result.task:<{width}}{result.n:>6}{asked if result.n else ' ' * 7 + '-'}"
    return f"{row}   {left_out}" if left_out else row


def _sum(name: str, rows: Sequence[TaskResult]) -> TaskResult:
    n, correct = sum(row.n for row in rows), sum(row.correct for row in rows)
    effect = sum(row.n * row.design_effect for row in rows) / n if n else 1.0
    return TaskResult(name, n, correct, _all_skipped(rows), effect)


def _all_skipped(rows: Iterable[TaskResult]) -> tuple[tuple[str, int], ...]:
    counts: dict[str, int] = {}
    for row in rows:
        for reason, count in row.skipped:
            counts[reason] = counts.get(reason, 0) + count
    return tuple(counts.items())
