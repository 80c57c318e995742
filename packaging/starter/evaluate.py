"""How many held-out answers come out whole, and where in the answer they go wrong.

An answer counts when the most likely token is the right one at every place of it, its end
included: that is what greedy decoding would write, at the price of one forward pass.
"""

from __future__ import annotations

import platform
import random
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
from batches import exact_answers, make_batch, scored_logits

from engine.evals.items import Document, Split
from engine.evals.needle import draw_needle
from engine.evals.report import EvalReport, TaskResult
from engine.evals.score import Cluster, design_effect
from engine.evals.tasks import TOP_LEVEL, available_tasks, draw_items

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from chat import ChatEncoder, Sample
    from transformers import PreTrainedModel

    from engine.evals.items import Exchange, Item

_BATCH_TOKENS = 8192
# Lengths behind the declared context, as multiples of it.
_BEYOND = (1.2, 1.6)


@dataclass(slots=True)
class Tally:
    """Right and all answers by task and conversation, and right tokens by place in the answer."""

    answers: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    conversations: dict[str, list[Cluster]] = field(default_factory=lambda: defaultdict(list))
    places: dict[tuple[str, str], list[bool]] = field(default_factory=lambda: defaultdict(list))


def evaluate(
    model: PreTrainedModel,
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
        for group in sorted_by_length(drawn):
            _count(tally, model, encoder, pad, group)
    return tally


def report(tally: Tally, model_name: str, weights: str) -> EvalReport:
    """Return the tally as the report that `tanka eval` prints."""
    results = tuple(
        TaskResult(
            task, len(right), sum(right), design_effect=design_effect(tally.conversations[task])
        )
        for task, right in sorted(tally.answers.items())
    )
    machine = {"system": platform.system(), "processor": platform.machine()}
    return EvalReport(machine, model_name, weights, results)


def places_table(tally: Tally) -> str:
    """Return the accuracy by place: a first copied token at chance means guessing what to copy."""
    return "\n".join(
        f"{task:<24}{place:<14}{sum(right) / len(right):.3f}  of {len(right)}"
        for (task, place), right in sorted(tally.places.items())
    )


def beyond_table(model: PreTrainedModel, encoder: ChatEncoder, items: int) -> str:
    """Return how often a needle is found in texts longer than any that training showed."""
    tally = Tally()
    model.eval()
    for share in _BEYOND:
        tokens = int(share * model.config.text_config.max_position_embeddings)
        rng = random.Random(f"beyond/{tokens}")
        for _ in range(items):
            _count(tally, model, encoder, 0, [long_needle(rng, encoder, tokens)])
    return "\n".join(
        f"{name:<24}{sum(right) / len(right):.3f}  of {len(right)}"
        for name, right in tally.answers.items()
    )


def long_needle(rng: random.Random, encoder: ChatEncoder, tokens: int) -> tuple[Item, Sample]:
    """Draw a conversation of so many tokens at least: how long one is, the task only guesses."""
    wanted = tokens
    while True:
        item = draw_needle(rng, Split.HELD_OUT, TOP_LEVEL, wanted)
        sample = encoder.sample(item, f"needle of {tokens} tokens")
        missing = tokens - len(sample.ids)
        if missing <= 0:
            return item, sample
        wanted += missing


def characters_a_token(encoder: ChatEncoder, items: int) -> float:
    """Return how many characters of a document a token stands for on average."""
    documents = [
        "\n".join(part.pages)
        for item in draw_items("document/facts", items, 1)
        for part in item.exchanges[0].asked
        if isinstance(part, Document)
    ]
    return sum(map(len, documents)) / sum(len(encoder.encode(text)) for text in documents)


def sorted_by_length(drawn: list[tuple[Item, Sample]]) -> Iterator[list[tuple[Item, Sample]]]:
    """Yield the samples in groups of like length that make one batch."""
    group: list[tuple[Item, Sample]] = []
    for item, sample in sorted(drawn, key=lambda pair: len(pair[1].ids)):
        if group and len(sample.ids) * (len(group) + 1) > _BATCH_TOKENS:
            yield group
            group = []
        group.append((item, sample))
    if group:
        yield group


@torch.no_grad()
def _count(
    tally: Tally,
    model: PreTrainedModel,
    encoder: ChatEncoder,
    pad: int,
    group: list[tuple[Item, Sample]],
) -> None:
    batch = make_batch([sample for _, sample in group], pad).to(str(model.device))
    found = exact_answers(batch, scored_logits(model, batch))
    for (item, sample), answers in zip(group, found, strict=True):
        asked = [exchange for exchange in item.exchanges if exchange.scored]
        tally.conversations[sample.source].append((sum(map(all, answers)), len(answers)))
        for exchange, tokens in zip(asked, answers, strict=True):
            tally.answers[sample.source].append(all(tokens))
            for place, right in _by_place(encoder, exchange, tokens):
                tally.places[sample.source, place].append(right)


def _by_place(
    encoder: ChatEncoder, exchange: Exchange, tokens: list[bool]
) -> Iterator[tuple[str, bool]]:
    """Yield for each copied stretch its first token apart from the others."""
    said = exchange.said
    for copied in exchange.copied:
        if copied in said and not exchange.spelled:
            first = len(encoder.encode(said[: said.index(copied)]))
            end = first + len(encoder.encode(copied))
            yield "first copied", tokens[first]
            yield from (("copied on", right) for right in tokens[first + 1 : end])
