"""How many held-out answers come out whole, and where in the answer they go wrong.

An answer counts when the most likely token is the right one at every place of it, its end
included: that is what greedy decoding would write, at the price of one forward pass.
"""

from __future__ import annotations

import platform
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
from batches import exact_answers, make_batch, scored_logits

from engine.evals.report import EvalReport, TaskResult
from engine.evals.tasks import available_tasks, draw_items

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from chat import ChatEncoder, Sample
    from transformers import Lfm2VlForConditionalGeneration

    from engine.evals.items import Item

_BATCH_TOKENS = 8192


@dataclass(slots=True)
class Tally:
    """Right and all answers by task, and right tokens by place within the answer."""

    answers: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    places: dict[tuple[str, str], list[bool]] = field(default_factory=lambda: defaultdict(list))


def evaluate(
    model: Lfm2VlForConditionalGeneration,
    encoder: ChatEncoder,
    pad: int,
    items: int,
    seed: int = 1,
    tasks: Iterable[str] | None = None,
) -> Tally:
    """Put held-out conversations of every task to the model, right answers in their past."""
    tally = Tally()
    model.eval()
    for task in tasks or available_tasks():
        drawn = [(item, encoder.sample(item, task)) for item in draw_items(task, items, seed)]
        for group in _groups(sorted(drawn, key=lambda pair: len(pair[1].ids))):
            _count(tally, model, encoder, pad, group)
    return tally


def report(tally: Tally, model_name: str, weights: str) -> EvalReport:
    """Return the tally as the report that `tanka eval` prints."""
    results = tuple(
        TaskResult(task, len(right), sum(right)) for task, right in sorted(tally.answers.items())
    )
    machine = {"system": platform.system(), "processor": platform.machine()}
    return EvalReport(machine, model_name, weights, results)


def places_table(tally: Tally) -> str:
    """Return the accuracy by place: 1 / facts at the first value token means guessing."""
    return "\n".join(
        f"{task:<24}{place:<14}{sum(right) / len(right):.3f}  of {len(right)}"
        for (task, place), right in sorted(tally.places.items())
    )


@torch.no_grad()
def _count(
    tally: Tally,
    model: Lfm2VlForConditionalGeneration,
    encoder: ChatEncoder,
    pad: int,
    group: list[tuple[Item, Sample]],
) -> None:
    batch = make_batch([sample for _, sample in group], pad, str(model.device))
    found = exact_answers(batch, scored_logits(model, batch))
    for (item, sample), answers in zip(group, found, strict=True):
        for number, (exchange, tokens) in enumerate(zip(item.exchanges, answers, strict=True)):
            task = _row_name(sample.source, exchange.task, number)
            tally.answers[task].append(all(tokens))
            for place, right in _by_place(encoder, exchange.answer, exchange.task, tokens):
                tally.places[task, place].append(right)


def _row_name(source: str, task: str, number: int) -> str:
    if source == "mixed":
        return f"mixed/{task.split('/')[0]}"
    if source.startswith("picture"):
        return source if number == 0 else "picture/again"
    return task


def _by_place(
    encoder: ChatEncoder, answer: str, task: str, tokens: list[bool]
) -> Iterator[tuple[str, bool]]:
    if not task.startswith("document"):
        return
    key = len(encoder.encode(answer[: answer.index(" is ") + 4]))
    yield from (("1 key", right) for right in tokens[:key])
    yield "2 first value", tokens[key]
    yield from (("3 rest", right) for right in tokens[key + 1 :])


def _groups(drawn: list[tuple[Item, Sample]]) -> Iterator[list[tuple[Item, Sample]]]:
    group: list[tuple[Item, Sample]] = []
    for item, sample in drawn:
        if group and len(sample.ids) * (len(group) + 1) > _BATCH_TOKENS:
            yield group
            group = []
        group.append((item, sample))
    if group:
        yield group
