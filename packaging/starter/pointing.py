"""A helper while training: where the value stands whose page is to be cited.

After "... is KX-48213 [p. " the page is found in two steps: back to the value in the document,
and from there to its page. The answer alone teaches the first step slowly, because nothing says
that the two belong together. One head of the last attention layer is therefore asked to lie on
the value's place when the page's number is due. Its own queries and keys are scored once more;
nothing is added to the model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from transformers.models.lfm2.modeling_lfm2 import apply_rotary_pos_emb

if TYPE_CHECKING:
    from batches import Batch
    from transformers import Lfm2VlForConditionalGeneration


class Pointer:
    """Scores the last head of the last attention layer against the known places."""

    def __init__(self, model: Lfm2VlForConditionalGeneration) -> None:
        layers = [layer for layer in model.model.language_model.layers if layer.is_attention_layer]
        self._attention = layers[-1].self_attn
        self._seen: tuple[torch.Tensor, tuple[torch.Tensor, torch.Tensor]] | None = None
        self._attention.register_forward_pre_hook(self._see, with_kwargs=True)

    def _see(self, _module: torch.nn.Module, _args: object, inputs: dict[str, Any]) -> None:
        self._seen = inputs["hidden_states"], inputs["position_embeddings"]

    def __call__(self, batch: Batch) -> tuple[torch.Tensor | float, float]:
        """Return the loss of the forward pass just made, and the mean attention at the places."""
        assert self._seen is not None
        states, (cos, sin) = self._seen
        self._seen = None
        if not len(batch.cited_rows):
            return 0.0, 0.0
        queries, keys = self._queries_and_keys(states, cos, sin)
        rows, places = batch.cited_rows, batch.cited_places
        scores = torch.einsum("nd,ntd->nt", queries[rows, places], keys[rows])
        later = torch.arange(keys.shape[1], device=keys.device)[None] > places[:, None]
        log_shares = (scores * self._attention.scaling).float()
        log_shares = log_shares.masked_fill(later, float("-inf")).log_softmax(-1)
        at_value = log_shares.masked_fill(~batch.cited_at, float("-inf")).logsumexp(-1)
        return -at_value.mean(), at_value.detach().exp().mean().item()

    def _queries_and_keys(
        self, states: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        attention, size = self._attention, self._attention.head_dim
        queries = attention.q_layernorm(states @ attention.q_proj.weight[-size:].T)
        keys = attention.k_layernorm(states @ attention.k_proj.weight[-size:].T)
        queries, keys = apply_rotary_pos_emb(queries[:, None], keys[:, None], cos, sin)
        return queries[:, 0], keys[:, 0]
