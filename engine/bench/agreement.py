"""How often a model's next token is the same with 8-bit keys and values as with full ones.

Both read the same questions and then the answer that full precision gives, token for token, so one
difference is counted once.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import torch

from engine.api.messages import system
from engine.api.requests import SamplingParams
from engine.decode.decode import decode
from engine.decode.prefill import chunk_bounds, chunk_size
from engine.decode.sampler import Sampler
from engine.evals.tasks import available_tasks, draw_items
from engine.evaluation.forms import asked_messages, tool_specs
from engine.prompt.render import render
from engine.prompt.transcripts import Transcripts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.api.messages import Message
    from engine.cache.kv_cache import KVCache
    from engine.evals.items import Item
    from engine.model.loaded_model import LoadedModel
    from engine.prompt.render import Prompt

_SEED = 20_260_102


def starter_items(items_per_task: int) -> list[Item]:
    """Held-out items of every task that can be drawn here."""
    return [item for task in available_tasks() for item in draw_items(task, items_per_task, _SEED)]


def agreement(
    full: LoadedModel, small: LoadedModel, items: Sequence[Item], most_tokens: int
) -> tuple[int, int]:
    """(agreeing, all) next tokens over the answers to the items' first questions."""
    agreeing = everything = 0
    for item in items:
        prompt = _prompt(full, item)
        if len(prompt.tokens) + most_tokens > full.max_context:
            continue
        answer, wanted = _answer(full, prompt, most_tokens)
        found = _following(small, prompt, answer)
        agreeing += int((wanted == found).sum())
        everything += len(wanted)
    return agreeing, everything


def _prompt(model: LoadedModel, item: Item) -> Prompt:
    messages: tuple[Message, ...] = (system(item.system),) if item.system else ()
    messages += asked_messages(item.exchanges[0])
    return render(messages, model, Transcripts(), tool_specs(item))


def _answer(model: LoadedModel, prompt: Prompt, most_tokens: int) -> tuple[list[int], torch.Tensor]:
    """The greedy answer up to its end, and the model's likeliest tokens along it."""
    cache = model.new_cache()
    logits = _read(model, prompt, cache)
    sampler = Sampler(SamplingParams(), prompt.tokens)
    answer: list[int] = []
    tokens = decode(model, logits, prompt.positions, cache, sampler)
    for token in islice(tokens, most_tokens):
        answer.append(token)
        if token in model.stop_tokens:
            break
    return answer, _following(model, prompt, answer)


def _following(model: LoadedModel, prompt: Prompt, answer: Sequence[int]) -> torch.Tensor:
    """The likeliest token at each place of `answer`, whose earlier tokens are given."""
    cache = model.new_cache()
    first = _read(model, prompt, cache)[None]
    if len(answer) == 1:
        return first.argmax(-1)
    start = int(prompt.positions.max()) + 1
    places = torch.arange(start, start + len(answer) - 1).expand(len(prompt.positions), -1)
    return torch.cat([first, model.verify(answer[:-1], places, cache)]).argmax(-1)


def _read(model: LoadedModel, prompt: Prompt, cache: KVCache) -> torch.Tensor:
    """Logits after the prompt, (vocabulary,)."""
    for start, end in chunk_bounds(0, len(prompt.tokens), (), chunk_size(model.info.device)):
        features = model.features.between(start, end, prompt.spans, prompt.images)
        logits = model.forward(
            prompt.tokens[start:end], prompt.positions[:, start:end], cache, features
        )
    return logits
