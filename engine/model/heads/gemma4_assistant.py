"""Gemma 4's assistant: a small model without memory that reads what the large one remembers.

It is published as a checkpoint of its own. From the embedding of the last token and the large
model's hidden state at the token before it, and with the keys and values that the large model's
last layer of each kind holds, it says what comes next; its output stands for the hidden state in
the next step. All steps of a draft stand at the same position.

transformers 5.23 has a class for it, which refuses to be built: the settings property that tells
which layers share keys and values knows no model in which all of them do. Here its language model
is built with that property told, and what stands around it is our own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from transformers import Gemma4TextConfig
from transformers.models.gemma4.modeling_gemma4 import Gemma4TextModel

from engine.cache.full import GrowingLayer
from engine.cache.head_memory import HeadMemory
from engine.cache.sliding import WindowLayer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.cache.kv_cache import KVCache

    KeysAndValues = tuple[torch.Tensor, torch.Tensor]

# A draft under check has no more rows than this; only the last that stays is ever read.
_MOST_WAITING = 32


class _ReadsAll(Gemma4TextConfig):  # type: ignore[misc] # transformers has no types
    """Settings of layers that all read the keys and values of another model."""

    @property
    def kv_sharing_modes(self) -> list[str]:
        return ["reuse"] * int(self.num_hidden_layers)


class Gemma4Assistant(torch.nn.Module):
    """The assistant's weights, under their published names."""

    def __init__(self, config: Mapping[str, Any], attention: str) -> None:
        """From the content of its `config.json`; `attention` is the large model's kind.

        Raises `ValueError`, `TypeError` or `KeyError` for settings that no assistant has.
        """
        super().__init__()
        text = _ReadsAll(**config["text_config"])
        size, self.vocabulary = int(text.hidden_size), int(text.vocab_size)
        self.backbone_size = int(config["backbone_hidden_size"])
        self.model = Gemma4TextModel(text)
        self.model.set_attn_implementation(attention)
        self.lm_head = torch.nn.Linear(size, self.vocabulary, bias=False)
        self.pre_projection = torch.nn.Linear(2 * self.backbone_size, size, bias=False)
        self.post_projection = torch.nn.Linear(size, self.backbone_size, bias=False)
        self.masked_embedding = (
            _Groups(size, self.vocabulary, config) if config.get("use_ordered_embeddings") else None
        )

    def forward(
        self,
        embedded: torch.Tensor,
        hidden: torch.Tensor,
        positions: torch.Tensor,
        remembered: Mapping[str, KeysAndValues],
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """One step: what stands for `hidden` next, and the token that is expected, both (1, 1, …).

        `embedded` and `hidden` have shape (1, 1, hidden size of the large model), `positions`
        (1, 1). A single token sees all that is `remembered`, so there are no masks.
        """
        states = self.model(
            inputs_embeds=self.pre_projection(torch.cat([embedded, hidden], dim=-1)),
            position_ids=positions,
            attention_mask=dict.fromkeys(("full_attention", "sliding_attention")),
            shared_kv_states=dict(remembered),
            use_cache=False,
        ).last_hidden_state
        if self.masked_embedding is None:
            best = self.lm_head(states).argmax(-1)
        else:
            best = self.masked_embedding(states, self.lm_head.weight)
        return self.post_projection(states), best


class _Groups(torch.nn.Module):
    """Tokens in groups, of which only the likeliest are scored: a vocabulary costs more than all.

    `token_ordering` lists the tokens group by group.
    """

    def __init__(self, size: int, vocabulary: int, config: Mapping[str, Any]) -> None:
        super().__init__()
        self._groups = int(config["num_centroids"])
        self._scored = int(config["centroid_intermediate_top_k"])
        self.centroids = torch.nn.Linear(size, self._groups, bias=False)
        self.token_ordering: torch.Tensor
        self.register_buffer("token_ordering", torch.zeros(vocabulary, dtype=torch.long))

    def forward(self, states: torch.Tensor, matrix: torch.Tensor) -> torch.Tensor:
        """The likeliest token after each of `states`, (1, 1, size), by the output `matrix`."""
        likely = self.centroids(states[0, 0]).topk(self._scored).indices
        tokens = self.token_ordering.long().view(self._groups, -1)[likely].flatten()
        return tokens[(matrix[tokens] @ states[0, 0]).argmax()][None, None]


class AssistantHead:
    """An assistant with the model it drafts for: see `ModelHead`."""

    name = "assistant"

    def __init__(self, assistant: Gemma4Assistant, network: Any) -> None:  # noqa: ANN401
        self.assistant, self._network = assistant, network
        self._capped = network.config.get_text_config().final_logit_softcapping

    def drafter(self, cache: KVCache) -> AssistantDrafter:
        """See `OwnDrafts`."""
        return AssistantDrafter(self, cache)

    def new_memory(self) -> HeadMemory:
        """See `ModelHead`."""
        return HeadMemory(_MOST_WAITING)

    def run(
        self,
        network: Any,  # noqa: ANN401
        inputs: Mapping[str, object],
        logits_of: int,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """See `ModelHead`. The model computes its last layers for these tokens only."""
        states = network.model(**inputs, logits_to_keep=logits_of).last_hidden_state
        hidden: torch.Tensor = states[:, -logits_of:]
        logits = network.lm_head(hidden)
        if self._capped is not None:
            logits = torch.tanh(logits / self._capped) * self._capped
        return logits, hidden

    @torch.no_grad()
    def draft(
        self,
        token: int,
        hidden: torch.Tensor,
        positions: torch.Tensor,
        remembered: Mapping[str, KeysAndValues],
        most: int,
    ) -> list[int]:
        """Up to `most` tokens after `token`, which stands at `positions`, (1, 1).

        `hidden`, (1, hidden size), is what the model computed at the token before.
        """
        embed = self._network.get_input_embeddings()
        state, drafted = hidden[None], [token]
        while len(drafted) <= most:
            ids = torch.tensor([drafted[-1:]], dtype=torch.long, device=hidden.device)
            state, best = self.assistant(embed(ids), state, positions, remembered)
            drafted.append(int(best))
        return drafted[1:]


class AssistantDrafter:
    """Drafts for one turn from what the model's own cache holds."""

    def __init__(self, head: AssistantHead, cache: KVCache) -> None:
        self.name = head.name
        self._head, self._cache = head, cache

    def propose(self, tokens: Sequence[int], most: int) -> Sequence[int]:
        """See `Drafter`."""
        rows = None if self._cache.head is None else self._cache.head.take()
        if rows is None or rows.places[-1] != len(tokens) - 2:
            return ()
        return self._head.draft(
            tokens[-1], rows.hidden[-1:], rows.positions[:, -1:] + 1, remembered(self._cache), most
        )


def remembered(cache: KVCache) -> dict[str, KeysAndValues]:
    """Keys and values of the last layer of each kind, by transformers' names of the kinds."""
    found: dict[str, KeysAndValues] = {}
    for layer in cache.layers:
        if isinstance(layer, WindowLayer):
            found["sliding_attention"] = layer.latest()
        elif isinstance(layer, GrowingLayer):
            found["full_attention"] = layer.latest()
    return found
