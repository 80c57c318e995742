"""A helper while training: where attention should go when the answers alone teach it slowly.

After "... is KX-48213 [p. " the page is found in two steps: back to the value in the document, and
from there to its page. And a function is chosen, and an argument found, by comparing a request
with what was offered long before it. Nothing in the answer says which places belong together, but
the generators know, so a head of the third attention layer is told. Its own queries and keys are
scored once more; nothing is added to the model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from transformers.models.lfm2.modeling_lfm2 import apply_rotary_pos_emb

if TYPE_CHECKING:
    from batches import Pointed
    from transformers import Lfm2VlForConditionalGeneration


class Pointer:
    """Scores heads of one attention layer against places known to be right."""

    LAYER = 5

    def __init__(self, model: Lfm2VlForConditionalGeneration) -> None:
        layers = model.model.language_model.layers
        self._attention = layers[min(self.LAYER, len(layers) - 1)].self_attn
        self._seen: tuple[torch.Tensor, tuple[torch.Tensor, torch.Tensor]] | None = None
        self._attention.register_forward_pre_hook(self._see, with_kwargs=True)

    def _see(self, _module: torch.nn.Module, _args: object, inputs: dict[str, Any]) -> None:
        self._seen = inputs["hidden_states"], inputs["position_embeddings"]

    def score(self, pointed: Pointed, head: int) -> tuple[torch.Tensor | float, float]:
        """Return the loss of a head in the last forward pass, and its mean attention there."""
        assert self._seen is not None
        if not len(pointed.rows):
            return 0.0, 0.0
        queries, keys = self._queries_and_keys(head)
        rows, places = pointed.rows, pointed.places
        scores = torch.einsum("nd,ntd->nt", queries[rows, places], keys[rows])
        later = torch.arange(keys.shape[1], device=keys.device)[None] > places[:, None]
        log_shares = (scores * self._attention.scaling).float()
        log_shares = log_shares.masked_fill(later, float("-inf")).log_softmax(-1)
        found = log_shares.masked_fill(~pointed.wanted, float("-inf")).logsumexp(-1)
        return -found.mean(), found.detach().exp().mean().item()

    def _queries_and_keys(self, head: int) -> tuple[torch.Tensor, torch.Tensor]:
        assert self._seen is not None
        states, (cos, sin) = self._seen
        attention, size = self._attention, self._attention.head_dim
        group = head // attention.num_key_value_groups
        of_query, of_key = (slice(i * size, (i + 1) * size) for i in (head, group))
        queries = attention.q_layernorm(states @ attention.q_proj.weight[of_query].T)
        keys = attention.k_layernorm(states @ attention.k_proj.weight[of_key].T)
        queries, keys = apply_rotary_pos_emb(queries[:, None], keys[:, None], cos, sin)
        return queries[:, 0], keys[:, 0]
