"""A run of the evaluation with the outcome of every question, kept in a file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from engine.api.errors import UnreadableFile
from engine.atomic import write_atomic
from engine.evals.report import RUN_VERSION, EvalReport, TaskResult
from engine.evals.score import clusters, design_effect

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question and whether its answer was right.

    `item` and `exchange` count from 0. `asked` is a checksum of all that was shown up to the
    question and of the right answer: where two agree, the question was the same.
    """

    task: str
    item: int
    exchange: int
    asked: str
    right: bool


@dataclass(frozen=True, slots=True)
class Run:
    """A report and the outcomes that it sums up; `file` is where it was read from, if it was."""

    report: EvalReport
    outcomes: tuple[Outcome, ...]
    file: str = ""

    @property
    def name(self) -> str:
        """The model, how its weights were kept, and the file: two runs may be of one model."""
        model = f"{self.report.model}, {self.report.weights}"
        return f"{model} ({self.file})" if self.file else model


class _Machine(BaseModel):
    model_config = ConfigDict(extra="allow")


class _Outcome(BaseModel):
    task: str
    item: int
    exchange: int
    asked: str
    right: bool


class _Skipping(BaseModel):
    task: str
    skipped: dict[str, int]


class _SavedRun(BaseModel):
    """What is needed of a run's file; all figures are counted anew from the outcomes."""

    machine: _Machine
    model: str
    weights: str
    tasks: list[_Skipping]
    complete: bool
    outcomes: list[_Outcome]


def count_up(
    tasks: Sequence[str], outcomes: Sequence[Outcome], skipped: Mapping[str, Mapping[str, int]]
) -> tuple[TaskResult, ...]:
    """Return a row for each task, from its outcomes and from what was skipped of it."""
    answers: dict[str, list[tuple[int, int]]] = {task: [] for task in tasks}
    for outcome in outcomes:
        answers[outcome.task].append((outcome.item, int(outcome.right)))
    return tuple(
        TaskResult(
            task,
            len(found),
            sum(right for _, right in found),
            tuple(skipped.get(task, {}).items()),
            design_effect(clusters(found)),
        )
        for task, found in answers.items()
    )


def save_run(path: Path, run: Run) -> None:
    """Write a run to a file. Raises `FileNotWritten` and leaves what was there before."""
    saved = run.report.to_dict() | {"outcomes": [asdict(outcome) for outcome in run.outcomes]}
    # In ASCII: a folder's name, which the model has, need not be valid text.
    write_atomic(path, f"{json.dumps(saved)}\n".encode())


def read_run(path: Path) -> Run:
    """Read a run that `save_run` has written. Raises `UnreadableFile`."""
    try:
        data = json.loads(path.read_bytes())
    except OSError as fault:
        raise UnreadableFile(f"{path.name} cannot be read: {fault.strerror}.") from fault
    except (ValueError, RecursionError) as fault:
        raise _no_run(path, fault) from fault
    if isinstance(data, dict) and data.get("version", RUN_VERSION) != RUN_VERSION:
        raise UnreadableFile(
            f"{path.name} was saved by another version of tanka eval, so its figures cannot be "
            "compared. Run the evaluation again with --save."
        )
    try:
        saved = _SavedRun.model_validate(data, strict=True)
    except ValidationError as fault:
        raise _no_run(path, fault) from fault
    outcomes = tuple(Outcome(**outcome.model_dump()) for outcome in saved.outcomes)
    names = tuple(dict.fromkeys(outcome.task for outcome in outcomes))
    skipped = {row.task: row.skipped for row in saved.tasks}
    results = count_up(names, outcomes, skipped)
    machine = saved.machine.model_dump()
    report = EvalReport(machine, saved.model, saved.weights, results, saved.complete)
    return Run(report, outcomes, path.name)


def _no_run(path: Path, fault: Exception) -> UnreadableFile:
    return UnreadableFile(f"{path.name} is not a run saved by tanka eval --save.", repr(fault))
