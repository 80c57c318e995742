"""Which tasks are asked, and how many items of each."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

from engine.api.errors import BadRequest
from engine.evals.handwritten import HANDWRITTEN_TASKS, handwritten_items
from engine.evals.report import family_of
from engine.evals.tasks import available_tasks, draw_items

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.evals.items import Item

ITEMS_PER_TASK = 100
ITEMS_PER_FAMILY = 200
# The same items in every run, so that runs can be compared question by question.
SEED = 20_260_101


def choose_tasks(wanted: Sequence[str] | None) -> tuple[str, ...]:
    """The tasks named by `wanted`, by whole name or by family. Raises `BadRequest`."""
    available = (*available_tasks(), *HANDWRITTEN_TASKS)
    if wanted is None:
        return available
    families = {family_of(task) for task in available}
    unknown = [name for name in wanted if name not in available and name not in families]
    if unknown:
        raise BadRequest(
            f"There is no task “{unknown[0]}” here. There are: {', '.join(available)}."
        )
    return tuple(t for t in available if t in wanted or family_of(t) in wanted)


def items_per_task(tasks: Sequence[str], limit: int | None) -> dict[str, int]:
    """How many items each task has; a family of few tasks has more of each."""
    members = Counter(map(family_of, tasks))
    counts = {}
    for task in tasks:
        enough = max(ITEMS_PER_TASK, -(-ITEMS_PER_FAMILY // members[family_of(task)]))
        counts[task] = enough if limit is None else limit
        if task in HANDWRITTEN_TASKS:
            counts[task] = min(limit or ITEMS_PER_FAMILY, len(handwritten_items(task)))
    return counts


def items_of(task: str, count: int) -> Iterator[Item]:
    """The first `count` items of a task."""
    if task in HANDWRITTEN_TASKS:
        return islice(handwritten_items(task), count)
    return draw_items(task, count, SEED)
