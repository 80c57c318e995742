"""The command itself: check the options, ask with a progress bar, print, save, draw."""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

from engine.api.errors import BadRequest, EngineError
from engine.api.requests import LoadModel
from engine.atomic import write_atomic
from engine.client import EngineClient
from engine.dialogue import load
from engine.evals.chart import SUFFIXES, Bars, draw_chart, to_png, to_svg
from engine.evals.compare import compare_runs, comparison_table
from engine.evals.report import EvalReport, report_table
from engine.evals.runs import Run, count_up, read_run, save_run
from engine.evaluation.asking import Answered, Skipped, ask_item
from engine.evaluation.choosing import choose_tasks, items_of, items_per_task
from engine.evaluation.wrong import wrong_answers, wrong_objects
from engine.machine import read_machine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from engine.api.events import DialectName, ModelInfo
    from engine.api.requests import KvName, WeightsName


@dataclass(frozen=True, slots=True)
class EvalOptions:
    """What the command line said."""

    model: Path | None = None
    weights: WeightsName | None = None
    tasks: Sequence[str] | None = None
    limit: int | None = None
    save: Path | None = None
    against: Path | None = None
    chart: Path | None = None
    examples: int = 0
    kv: KvName | None = None
    as_json: bool = False


@dataclass(slots=True)
class _Asked:
    """What has been asked so far."""

    answered: list[Answered] = field(default_factory=list)
    skipped: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def take(self, found: Answered | Skipped) -> None:
        if isinstance(found, Answered):
            self.answered.append(found)
        else:
            self.skipped[found.task][found.reason] += found.count


def run_evaluation(options: EvalOptions) -> None:
    """Ask, then print what was found; where asking is broken off, what was found so far.

    Raises `EngineError`, and `KeyboardInterrupt` after an interrupt.
    """
    tasks = choose_tasks(options.tasks)
    _check_targets(options.save, options.chart)
    earlier = read_run(options.against) if options.against else None
    asked = _Asked()
    client = EngineClient()
    try:
        info = load(client, LoadModel(options.model, options.weights, kv=options.kv))
        try:
            _ask_all(client, info.dialect, tasks, options.limit, asked)
        except (KeyboardInterrupt, EngineError):
            if asked.answered:
                _conclude(options, _run(info, tasks, asked, complete=False), earlier, asked)
            raise
        _conclude(options, _run(info, tasks, asked, complete=True), earlier, asked)
    finally:
        client.close()


def compare_files(first: Path, second: Path, chart: Path | None, *, as_json: bool) -> None:
    """Print two saved runs side by side. Raises `EngineError`."""
    _check_targets(None, chart)
    runs = read_run(first), read_run(second)
    comparison = compare_runs(*runs)
    text = json.dumps(comparison.to_dict()) if as_json else comparison_table(comparison)
    sys.stdout.write(f"{text}\n")
    _draw(chart, runs)


def _ask_all(
    client: EngineClient,
    dialect: DialectName,
    tasks: Sequence[str],
    limit: int | None,
    asked: _Asked,
) -> None:
    counts = items_per_task(tasks, limit)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        shown = bar.add_task("", total=sum(counts.values()))
        for task in tasks:
            bar.update(shown, description=task)
            for number, item in enumerate(items_of(task, counts[task])):
                for found in ask_item(client, task, number, item, dialect):
                    asked.take(found)
                bar.advance(shown)


def _run(info: ModelInfo, tasks: Sequence[str], asked: _Asked, *, complete: bool) -> Run:
    outcomes = tuple(answer.outcome for answer in asked.answered)
    begun = {outcome.task for outcome in outcomes} | asked.skipped.keys()
    results = count_up([task for task in tasks if task in begun], outcomes, asked.skipped)
    report = EvalReport(asdict(read_machine()), info.name, info.weights, results, complete)
    return Run(report, outcomes)


def _conclude(options: EvalOptions, run: Run, earlier: Run | None, asked: _Asked) -> None:
    """Print first: a file that cannot be written must not cost what was measured."""
    comparison = compare_runs(earlier, run) if earlier else None
    if options.as_json:
        result = run.report.to_dict()
        if comparison:
            result["comparison"] = comparison.to_dict()
        if options.examples:
            result["wrong"] = wrong_objects(asked.answered, options.examples)
        sys.stdout.write(f"{json.dumps(result)}\n")
    else:
        parts = [report_table(run.report)]
        parts += [comparison_table(comparison)] if comparison else []
        parts += wrong_answers(asked.answered, options.examples) if options.examples else []
        sys.stdout.write("\n\n".join(parts) + "\n")
    sys.stdout.flush()
    if options.save:
        save_run(options.save, run)
    _draw(options.chart, (earlier, run) if earlier else (run,))


def _draw(path: Path | None, runs: Sequence[Run]) -> None:
    if path is None:
        return
    drawing = draw_chart([Bars(run.name, run.report.tasks) for run in runs])
    is_svg = path.suffix.lower() == ".svg"
    write_atomic(path, to_svg(drawing).encode() if is_svg else to_png(drawing))


def _check_targets(save: Path | None, chart: Path | None) -> None:
    """Refuse before hours of asking what could not be written after them."""
    if chart is not None and chart.suffix.lower() not in SUFFIXES:
        raise BadRequest(f"{chart.name} cannot be drawn: the name must end in .png or .svg.")
    for path in _named(save, chart):
        if not path.absolute().parent.is_dir():
            raise BadRequest(f"{path.name} cannot be saved: there is no folder {path.parent}.")
        if path.is_dir():
            raise BadRequest(f"{path} cannot be saved: it is a folder. Name a file in it.")


def _named(*paths: Path | None) -> Iterator[Path]:
    return (path for path in paths if path is not None)
