"""Parts that know what their model says: fitted to the model's own answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from tiny_checkpoints.assistant import buildable
from tiny_checkpoints.mtp import head_outputs, put_head, random_head

from engine.bench.checkpoints.saving import LANGUAGE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from transformers import Gemma4AssistantForCausalLM

    from engine.model.loaded_model import LoadedModel

_STEPS = 80


def fit_head(folder: Path, model: LoadedModel, texts: Sequence[Sequence[int]]) -> None:
    """Write a head into `folder` that expects each of `texts`, tokens, to go on as it does."""
    text = model.network.config.get_text_config()
    head = {name: t.requires_grad_() for name, t in random_head(text, seed=1).items()}
    taught = [whole_pairs(model, tokens) for tokens in texts]
    matrix = model.network.state_dict()["lm_head.weight"]
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


def fit_assistant(
    folder: Path,
    assistant: Gemma4AssistantForCausalLM,
    model: LoadedModel,
    tokens: Sequence[int],
) -> None:
    """Teach `assistant` that `tokens` go on as they do, and save it in `folder`.

    It learns to look at nothing that the model remembers, which may then be anything.
    """
    with torch.no_grad():
        for layer in assistant.model.layers:
            layer.self_attn.o_proj.weight.zero_()
        ids = torch.tensor([list(tokens)])
        hidden = model.network.model(input_ids=ids).last_hidden_state[0, :-2, None]
        embedded = model.network.get_input_embeddings()(ids)[0, 1:-1, None]
        nothing = {
            layer.self_attn.layer_type: (
                torch.zeros(
                    len(hidden), LANGUAGE["num_key_value_heads"], 1, layer.self_attn.head_dim
                ),
            )
            * 2
            for layer in assistant.model.layers
        }
    positions = torch.arange(1, len(hidden) + 1)[:, None]
    next_ones = torch.tensor(tokens[2:])
    steps = torch.optim.Adam(assistant.parameters(), lr=1e-2)
    with buildable():
        for _ in range(_STEPS):
            steps.zero_grad()
            loss, state = torch.zeros(()), hidden
            for _ in range(2):  # the second time from its own output, as in a draft
                found = assistant(
                    inputs_embeds=torch.cat([embedded, state], dim=-1),
                    position_ids=positions,
                    shared_kv_states=nothing,
                )
                loss = loss + torch.nn.functional.cross_entropy(found.logits[:, 0], next_ones)
                state = torch.cat([hidden[:1], found.last_hidden_state[:-1]])
            loss.backward()
            steps.step()
    assistant.save_pretrained(folder / "assistant")
