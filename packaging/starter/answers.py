"""Answers written by greedy decoding through the stock model, as a user would get them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from batches import make_batch

from engine.evals.items import Document, Picture, Text
from engine.evals.score import is_correct
from engine.evals.tasks import draw_items

if TYPE_CHECKING:
    from chat import ChatEncoder
    from tokenizers import Tokenizer
    from transformers import Lfm2VlForConditionalGeneration

    from engine.evals.items import Exchange

_LONGEST_ANSWER = 60
_SHOWN_TASKS = ("document", "document/table", "picture/seen_font", "picture/new_font", "dialogue")


@dataclass(frozen=True, slots=True)
class Written:
    """A question, the right answer, and what the model wrote."""

    task: str
    question: str
    expected: str
    answer: str

    @property
    def correct(self) -> bool:
        return is_correct(self.answer, self.expected)


def write_answers(
    model: Lfm2VlForConditionalGeneration,
    encoder: ChatEncoder,
    tokenizer: Tokenizer,
    items: int,
    seed: int = 2,
) -> list[Written]:
    """Answer the first question of held-out conversations of the main tasks."""
    model.eval()
    written = []
    for task in _SHOWN_TASKS:
        for item in draw_items(task, items, seed):
            sample = encoder.sample(item, task)
            sample.ids = sample.ids[: sample.answers[0].first]
            sample.answers = []
            batch = make_batch([sample], 0, str(model.device))
            with torch.no_grad():
                ids = model.generate(
                    input_ids=batch.ids, max_new_tokens=_LONGEST_ANSWER, **batch.pictures
                )
            answer = tokenizer.decode(ids[0, len(sample.ids) :].tolist())
            exchange = item.exchanges[0]
            written.append(Written(task, _shown(exchange), exchange.answer, answer))
    return written


def _shown(exchange: Exchange) -> str:
    parts = []
    for part in exchange.asked:
        if isinstance(part, Document):
            parts.append(f"[{part.name}] " + " / ".join(" ".join(part.pages).split("\n")))
        elif isinstance(part, Picture):
            parts.append(f"[picture, {part.image.width} x {part.image.height}]")
        elif isinstance(part, Text):
            parts.append(part.text)
    return " ".join(parts)
