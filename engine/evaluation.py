"""`tanka eval`: put held-out items to a loaded model and count the right answers."""

from __future__ import annotations

import hashlib
import io
import json
import sys
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import Progress

from engine.api.errors import BadRequest
from engine.api.events import Failed, Finished
from engine.api.messages import (
    DocumentPage,
    DocumentPart,
    ImagePart,
    Message,
    TextPart,
    assistant,
    system,
    user,
)
from engine.api.requests import Generate, Limits, LoadModel
from engine.client import EngineClient
from engine.dialogue import events_of, load
from engine.evals.items import Document, Picture, Text
from engine.evals.report import EvalReport, TaskResult, report_table
from engine.evals.score import is_correct
from engine.evals.tasks import available_tasks, draw_items
from engine.machine import read_machine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from engine.api.messages import Part
    from engine.api.requests import WeightsName
    from engine.evals.items import Item
    from engine.evals.items import Part as ItemPart

ITEMS_PER_TASK = 100
SEED = 20_260_101
# An answer that runs on is wrong anyway; the longest right one is far shorter.
_MAX_TOKENS = 192


def run_evaluation(
    model: Path | None,
    weights: WeightsName | None,
    tasks: Sequence[str] | None,
    limit: int | None,
    *,
    as_json: bool,
) -> None:
    """Evaluate `model` on `tasks` and print a table, or one JSON object."""
    chosen = choose_tasks(tasks)
    client = EngineClient()
    try:
        info = load(client, LoadModel(model, weights))
        with Progress(console=Console(stderr=True), transient=True) as bar:
            shown = bar.add_task("Asking", total=len(chosen) * (limit or ITEMS_PER_TASK))
            results = evaluate(client, chosen, limit or ITEMS_PER_TASK, lambda: bar.advance(shown))
    finally:
        client.close()
    report = EvalReport(asdict(read_machine()), info.name, info.weights, results)
    text = json.dumps(report.to_dict()) if as_json else report_table(report)
    sys.stdout.write(f"{text}\n")


def choose_tasks(wanted: Sequence[str] | None) -> tuple[str, ...]:
    """The tasks named by `wanted`, by whole name or by family. Raises `BadRequest`."""
    available = available_tasks()
    if wanted is None:
        return available
    families = {task.partition("/")[0] for task in available}
    unknown = [name for name in wanted if name not in available and name not in families]
    if unknown:
        raise BadRequest(
            f"There is no task “{unknown[0]}” here. There are: {', '.join(available)}."
        )
    return tuple(t for t in available if t in wanted or t.partition("/")[0] in wanted)


def evaluate(
    client: EngineClient, tasks: Sequence[str], count: int, advance: Callable[[], None]
) -> tuple[TaskResult, ...]:
    """Ask `count` items of each task; one row a task, then one a family of several tasks."""
    asked: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for task in tasks:
        for item in draw_items(task, count, SEED):
            for correct in answers(client, item):
                asked[task] += 1
                right[task] += correct
            advance()
    return (*_families(tasks, asked, right), *(TaskResult(t, asked[t], right[t]) for t in tasks))


def answers(client: EngineClient, item: Item) -> list[bool]:
    """Whether each question of `item` is answered rightly.

    Later questions follow the right answers, so that one mistake is counted once.
    """
    messages: tuple[Message, ...] = (system(item.system),) if item.system else ()
    outcome = []
    for exchange in item.exchanges:
        messages += (user(*map(to_message_part, exchange.asked)),)
        said = _ask(client, messages)
        outcome.append(is_correct(said, exchange.answer))
        messages += (assistant(exchange.answer),)
    return outcome


def to_message_part(part: ItemPart) -> Part:
    """An item's part as the part of a message that the window would send."""
    match part:
        case Text(text):
            return TextPart(text)
        case Picture(image):
            data = io.BytesIO()
            image.save(data, "PNG")
            content = data.getvalue()
            digest = hashlib.sha256(content).hexdigest()
            return ImagePart("picture.png", digest, image.width, image.height, content)
        case Document(name, pages):
            numbered = tuple(DocumentPage(n, text) for n, text in enumerate(pages, start=1))
            content = "\f".join(pages).encode()
            digest = hashlib.sha256(content).hexdigest()
            return DocumentPart(name, digest, len(content), numbered)


def _ask(client: EngineClient, messages: tuple[Message, ...]) -> str:
    for event in events_of(client, Generate(messages, limits=Limits(max_tokens=_MAX_TOKENS))):
        if isinstance(event, Failed):
            raise event.error
        if isinstance(event, Finished):
            return event.text
    raise AssertionError("a generate request ends with Finished or Failed")


def _families(
    tasks: Sequence[str], asked: Counter[str], right: Counter[str]
) -> tuple[TaskResult, ...]:
    """The sum over each family whose name is not itself a task."""
    rows = []
    for family in dict.fromkeys(task.partition("/")[0] for task in tasks if "/" in task):
        if family not in tasks:
            members = [task for task in tasks if task.startswith(f"{family}/")]
            n = sum(asked[task] for task in members)
            rows.append(TaskResult(family, n, sum(right[task] for task in members)))
    return tuple(rows)
