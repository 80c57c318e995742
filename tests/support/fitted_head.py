"""A prediction head that knows what its model says: fitted to the model's own answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from tiny_checkpoints.mtp import head_outputs, put_head, random_head

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from engine.model.loaded_model import LoadedModel

_STEPS = 80


def fit_head(folder: Path, model: LoadedModel, texts: Sequence[Sequence[int]]) -> None:
    """Write a head into `folder` that expects each of `texts`, tokens, to go on as it does."""
    text = model.network.config.get_text_config()
    head = {name: t.requires_grad_() for name, t in random_head(text, seed=1).items()}
    taught = [whole_pairs(model, tokens) for tokens in texts]
    matrix = model.network.lm_head.weight
    steps = torch.optim.Adam(head.values(), lr=1e-2)
    for _ in range(_STEPS):
        steps.zero_grad()
        loss = torch.zeros(())
        for (embedded, hidden, positions), tokens in zip(taught, texts, strict=True):
            # Also from its own output, as when it drafts several tokens.
            once = head_outputs(head, text, embedded[:-1], hidden[:-1], positions[:, :-1])
            fed = torch.cat([hidden[:1], once[:-1]])
            twice = head_outputs(head, text, embedded[:-1], fed, positions[:, :-1])
            for outputs in (once, twice):
                scores = outputs @ matrix.T
                loss = loss + torch.nn.functional.cross_entropy(scores, torch.tensor(tokens[2:]))
        loss.backward()
        steps.step()
    put_head(folder, head)


@torch.no_grad()
def whole_pairs(
    model: LoadedModel, tokens: Sequence[int]
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Embeddings of all tokens but the first, hidden states and positions of all but the last.

    By the stock forward over the whole text at once: (pairs, size) twice and (3, pairs).
    """
    ids = torch.tensor([list(tokens)])
    positions = model.positions(len(tokens), ())
    hidden = model.network.model(input_ids=ids, position_ids=positions[:, None])[0][0]
    embedded = model.network.get_input_embeddings()(ids)[0]
    return embedded[1:], hidden[:-1], positions[:, :-1]
