"""Two runs side by side: how far apart they are, and whether that can be chance.

The variance is that of a mean over conversations, since questions of one conversation share what
they are asked about (clustered errors: Miller 2024, arXiv:2411.00640). Two imagined conversations
are added to each sample, so that intervals hold for few and for all-right samples too: for pairs
as in Bonett & Price 2012 (Journal of Educational and Behavioral Statistics 37, 479-488), else as
in Agresti & Caffo 2000 (The American Statistician 54, 280-288). With one question a conversation
the intervals are theirs.
"""

from __future__ import annotations

import math
import textwrap
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.evals.report import family_of
from engine.evals.score import Z95, Cluster, clustered_mean, clusters

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from engine.evals.runs import Outcome, Run

_Question = tuple[str, int, int, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """Second run less first; `n` are the questions of each run that it rests on."""

    task: str
    n: tuple[int, int]
    accuracy: tuple[float, float]
    centre: float
    variance: float
    paired: bool

    @property
    def difference(self) -> float:
        """How much more often the second run is right."""
        return self.accuracy[1] - self.accuracy[0]

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the difference."""
        half = Z95 * math.sqrt(self.variance)
        return max(-1.0, self.centre - half), min(1.0, self.centre + half)

    @property
    def is_real(self) -> bool:
        """Whether the interval leaves out no difference at all."""
        low, high = self.interval
        return low > 0 or high < 0

    def to_dict(self) -> dict[str, object]:
        """Return the row as JSON."""
        low, high = self.interval
        return {
            "task": self.task,
            "n": list(self.n),
            "accuracy": [round(share, 4) for share in self.accuracy],
            "difference": round(self.difference, 4),
            "low": round(low, 4),
            "high": round(high, 4),
            "paired": self.paired,
            "real": self.is_real,
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs compared: by task, by family, and in the average over families."""

    names: tuple[str, str]
    tasks: tuple[Difference, ...]
    families: tuple[Difference, ...]
    average: Difference | None
    only_in_one: tuple[str, ...]

    def to_dict(self) -> dict[str, object]:
        """Return the comparison as the object that `tanka eval --compare --json` prints."""
        return {
            "runs": list(self.names),
            "tasks": [row.to_dict() for row in self.tasks],
            "families": [row.to_dict() for row in self.families],
            "average": self.average.to_dict() if self.average else None,
            "only_in_one": list(self.only_in_one),
        }


def compare_runs(first: Run, second: Run) -> Comparison:
    """Compare the tasks that both runs have; by the same questions where there are any."""
    by_task = [_by_task(run.outcomes) for run in (first, second)]
    tasks = [task for task in by_task[0] if task in by_task[1]]
    shared = {task: _comparable(by_task[0][task], by_task[1][task]) for task in tasks}
    families: dict[str, list[tuple[list[Outcome], list[Outcome]]]] = defaultdict(list)
    for task in tasks:
        families[family_of(task)].append(shared[task])
    sums = tuple(
        _difference(name, _joined(a for a, _ in pairs), _joined(b for _, b in pairs))
        for name, pairs in families.items()
    )
    return Comparison(
        (first.name, second.name),
        tuple(_difference(task, *shared[task]) for task in tasks),
        sums,
        _average(sums),
        tuple(sorted(by_task[0].keys() ^ by_task[1].keys())),
    )


def comparison_table(comparison: Comparison) -> str:
    """Return the comparison as lines of plain text."""
    rows = (*comparison.tasks, *comparison.families)
    width = max([24, *(len(row.task) + 2 for row in rows)])
    columns = f"{'n':>6}{'A':>8}{'B':>8}{'B - A':>9}  95 % interval"
    lines = [f"A: {comparison.names[0]}", f"B: {comparison.names[1]}"]
    for heading, part in (("task", comparison.tasks), ("family", comparison.families)):
        lines += ["", f"{heading:<{width}}{columns}", *(_line(row, width) for row in part)]
    if comparison.average is not None:
        lines += ["", _line(comparison.average, width)]
    lines += ["", "* not by chance, at 95 %; of twenty equal tasks one is marked all the same."]
    if not all(row.paired for row in rows):
        lines += ["~ the runs were asked different questions, so the interval is wider."]
    if comparison.only_in_one:
        lines += textwrap.wrap(f"In one run only: {', '.join(comparison.only_in_one)}.", 100)
    return "\n".join(lines)


def _line(row: Difference, width: int) -> str:
    low, high = row.interval
    n = "/".join(map(str, dict.fromkeys(row.n)))
    marks = ("  *" if row.is_real else "") + ("  ~" if not row.paired else "")
    shares = f"{row.accuracy[0]:>8.3f}{row.accuracy[1]:>8.3f}{row.difference:>+9.3f}"
    return f"{row.task:<{width}}{n:>6}{shares}  {low:+.2f} to {high:+.2f}{marks}"


def _by_task(outcomes: Iterable[Outcome]) -> dict[str, dict[_Question, Outcome]]:
    found: dict[str, dict[_Question, Outcome]] = {}
    for outcome in outcomes:
        question = (outcome.task, outcome.item, outcome.exchange, outcome.asked)
        found.setdefault(outcome.task, {})[question] = outcome
    return found


def _comparable(
    first: dict[_Question, Outcome], second: dict[_Question, Outcome]
) -> tuple[list[Outcome], list[Outcome]]:
    """Return the outcomes of the questions that both were asked; all, where there are none."""
    common = [question for question in first if question in second]
    if common:
        return [first[q] for q in common], [second[q] for q in common]
    return list(first.values()), list(second.values())


def _joined(parts: Iterable[list[Outcome]]) -> list[Outcome]:
    return [outcome for part in parts for outcome in part]


def _difference(name: str, first: Sequence[Outcome], second: Sequence[Outcome]) -> Difference:
    paired = [_question(o) for o in first] == [_question(o) for o in second]
    if paired:
        gains = [b.right - a.right for a, b in zip(first, second, strict=True)]
        centre, variance = clustered_mean([*_clusters(first, gains), (1, 1), (-1, 1)])
    else:
        means = [
            clustered_mean([*_clusters(run, [int(o.right) for o in run]), (1, 1), (0, 1)])
            for run in (first, second)
        ]
        centre, variance = means[1][0] - means[0][0], means[0][1] + means[1][1]
    shares = tuple(sum(o.right for o in run) / len(run) for run in (first, second))
    return Difference(
        name, (len(first), len(second)), (shares[0], shares[1]), centre, variance, paired
    )


def _average(families: Sequence[Difference]) -> Difference | None:
    count = len(families)
    if not count:
        return None
    return Difference(
        "average over families",
        (sum(f.n[0] for f in families), sum(f.n[1] for f in families)),
        (
            sum(f.accuracy[0] for f in families) / count,
            sum(f.accuracy[1] for f in families) / count,
        ),
        sum(f.centre for f in families) / count,
        sum(f.variance for f in families) / count**2,
        all(f.paired for f in families),
    )


def _question(outcome: Outcome) -> _Question:
    return outcome.task, outcome.item, outcome.exchange, outcome.asked


def _clusters(outcomes: Sequence[Outcome], values: Sequence[int]) -> list[Cluster]:
    conversations = ((outcome.task, outcome.item) for outcome in outcomes)
    return clusters(zip(conversations, values, strict=True))
