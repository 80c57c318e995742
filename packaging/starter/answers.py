"""Answers written by greedy decoding through the stock model, as a user would get them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from batches import make_batch
from chat import Sample
from tool_lines import tool_line

from engine.evals.items import Document, Picture, Text, ToolResult
from engine.evals.tasks import draw_items

if TYPE_CHECKING:
    from chat import ChatEncoder
    from tokenizers import Tokenizer
    from transformers import Lfm2VlForConditionalGeneration

    from engine.evals.items import Item, Part

_LONGEST_ANSWER = 120
_SHOWN_TASKS = (
    "document/prose", "document/absent", "document/meant", "tools/call", "tools/result",
    "examples/three", "dialogue/about", "dialogue/format", "picture/line", "picture/shapes",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Written:
    """A question, the right answer, and what the model wrote."""

    task: str
    question: str
    expected: str
    answer: str


def write_answers(
    model: Lfm2VlForConditionalGeneration,
    encoder: ChatEncoder,
    tokenizer: Tokenizer,
    items: int,
    seed: int = 2,
) -> list[Written]:
    """Answer the first question of held-out conversations of the shown tasks."""
    model.eval()
    written = []
    for task in _SHOWN_TASKS:
        for item in draw_items(task, items, seed):
            sample = encoder.sample(item, task)
            asked = sample.ids[: sample.answers[0].first]
            sample = Sample(task, asked, pictures=sample.pictures, readings=sample.readings)
            batch = make_batch([sample], 0).to(str(model.device))
            with torch.no_grad():
                ids = model.generate(
                    input_ids=batch.ids, max_new_tokens=_LONGEST_ANSWER, **batch.pictures
                )
            answer = tokenizer.decode(ids[0, len(sample.ids) :].tolist())
            exchange = next(exchange for exchange in item.exchanges if exchange.scored)
            written.append(Written(task, _shown(item), exchange.said, answer))
    return written


def _shown(item: Item) -> str:
    """Return everything up to the first question, on one line."""
    shown = [f"[function {tool_line(tool)}]" for tool in item.tools]
    for exchange in item.exchanges:
        shown += [_part(part) for part in exchange.asked]
        if exchange.scored:
            break
        shown.append(f"-> {exchange.said};")
    return " / ".join(" ".join(shown).splitlines())


def _part(part: Part) -> str:
    match part:
        case Document(name, pages):
            return f"[{name}] " + " ".join(f"[p. {n}] {page}" for n, page in enumerate(pages, 1))
        case Picture(image):
            return f"[picture, {image.width} x {image.height}]"
        case Text(text) | ToolResult(text):
            return text
