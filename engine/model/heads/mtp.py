"""Qwen3.5's own prediction head: one further layer that says what comes after the next token.

It is published in the `mtp.*` tensors of a checkpoint, which transformers leaves out. With h the
model's hidden state at a token, after the model's last norm, and e the embedding of the token after
it, the head computes fc(norm(e), norm(h)), one decoder layer of full attention over all such pairs,
each at the position of its h, and a norm; the model's own output matrix turns that into scores for
the token after both. Its output may stand for h in the next step. (DeepSeek-AI 2024,
arXiv:2412.19437, section 2.2; names and order as Qwen publishes them.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from transformers.models.qwen3_5.modeling_qwen3_5 import Qwen3_5DecoderLayer, Qwen3_5RMSNorm

from engine.cache.head_memory import HeadMemory
from engine.decode.head_drafter import HeadDrafter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.cache.full import GrowingLayer
    from engine.cache.kv_cache import KVCache

# The attribute of a model that holds its head, and the first part of its tensors' names.
NAME = "mtp"


class MtpHead(torch.nn.Module):
    """The head's own weights, under their published names."""

    def __init__(self, text_config: Any) -> None:  # noqa: ANN401 - transformers has no types
        super().__init__()
        size, eps = int(text_config.hidden_size), float(text_config.rms_norm_eps)
        self.fc = torch.nn.Linear(2 * size, size, bias=False)
        self.pre_fc_norm_embedding = Qwen3_5RMSNorm(size, eps=eps)
        self.pre_fc_norm_hidden = Qwen3_5RMSNorm(size, eps=eps)
        # The number tells the layer only what kind it is.
        full = list(text_config.layer_types).index("full_attention")
        self.layers = torch.nn.ModuleList([Qwen3_5DecoderLayer(text_config, full)])
        self.norm = Qwen3_5RMSNorm(size, eps=eps)

    def forward(
        self,
        embedded: torch.Tensor,
        hidden: torch.Tensor,
        rotary: tuple[torch.Tensor, torch.Tensor],
        layer: GrowingLayer,
    ) -> torch.Tensor:
        """Outputs of shape (1, tokens, hidden size), as both inputs; `layer` grows by them."""
        parts = (self.pre_fc_norm_embedding(embedded), self.pre_fc_norm_hidden(hidden))
        states = self.fc(torch.cat(parts, dim=-1))
        # Without a mask every token sees all before it: see `engine.model.attention`.
        states = self.layers[0](states, position_embeddings=rotary, past_key_values=layer)
        outputs: torch.Tensor = self.norm(states)
        return outputs


class MtpDraftHead:
    """A model's head with what it shares with the model: see `DraftHead` and `ModelHead`."""

    name = "prediction head"

    def __init__(self, network: Any, picture_token: int) -> None:  # noqa: ANN401
        self._network, self._picture_token = network, picture_token

    def drafter(self, cache: KVCache) -> HeadDrafter:
        """See `OwnDrafts`."""
        return HeadDrafter(self, cache)

    def new_memory(self) -> HeadMemory:
        """See `ModelHead`."""
        return HeadMemory()

    def run(
        self,
        network: Any,  # noqa: ANN401
        inputs: Mapping[str, object],
        logits_of: int,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """See `ModelHead`. All tokens' hidden states, which the model has computed anyway."""
        hidden: torch.Tensor = network.model(**inputs)[0]
        return network.lm_head(hidden[:, -logits_of:]), hidden

    def reads(self, token: int) -> bool:
        """See `DraftHead`. What a picture's place holds is its feature, not an embedding."""
        return token != self._picture_token

    @torch.no_grad()
    def read(
        self,
        tokens: Sequence[int],
        hidden: torch.Tensor,
        positions: torch.Tensor,
        layer: GrowingLayer,
    ) -> tuple[torch.Tensor, int]:
        """See `DraftHead`."""
        network = self._network
        ids = torch.tensor([list(tokens)], dtype=torch.long, device=hidden.device)
        embedded = network.get_input_embeddings()(ids)
        rotary = network.model.language_model.rotary_emb(embedded, positions[:, None])
        outputs = getattr(network, NAME)(embedded, hidden[None], rotary, layer)[:, -1]
        return outputs, int(network.lm_head(outputs).argmax())
