"""Items in people's own words, put to the packed model as the application puts questions to it."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from engine.api.requests import LoadModel
from engine.client import EngineClient
from engine.dialogue import load
from engine.evals.handwritten import HANDWRITTEN_TASKS, handwritten_items
from engine.evals.runs import count_up
from engine.evaluation.asking import Answered, ask_item

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from engine.evals.report import TaskResult


def ask_handwritten(
    folder: Path, tasks: Sequence[str] = HANDWRITTEN_TASKS
) -> tuple[TaskResult, ...]:
    """Ask all hand-written items in full precision; answers are decoded greedily."""
    outcomes = []
    skipped: dict[str, Counter[str]] = defaultdict(Counter)
    client = EngineClient()
    try:
        load(client, LoadModel(folder, "full"))
        for task in tasks:
            for number, item in enumerate(handwritten_items(task)):
                for found in ask_item(client, task, number, item):
                    if isinstance(found, Answered):
                        outcomes.append(found.outcome)
                    else:
                        skipped[task][found.reason] += found.count
    finally:
        client.close()
    return count_up(tasks, outcomes, skipped)


def table(found: Sequence[TaskResult]) -> str:
    """Return the figures as lines of plain text."""
    rows = [f"{r.task:<28}{r.n:>6}{r.accuracy:>8.3f}" for r in found]
    asked, right = sum(r.n for r in found), sum(r.correct for r in found)
    return "\n".join([*rows, f"{'all':<28}{asked:>6}{right / max(asked, 1):>8.3f}"])
