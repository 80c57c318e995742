"""What the loaded model needs to know of a part that drafts for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from engine.decode.head_drafter import OwnDrafts

if TYPE_CHECKING:
    from collections.abc import Mapping

    import torch

    from engine.cache.head_memory import HeadMemory


class ModelHead(OwnDrafts, Protocol):
    """Drafts for the model it belongs to, and runs that model so that its own inputs come out."""

    def new_memory(self) -> HeadMemory:
        """What it has to know of a conversation that is empty yet."""

    def run(
        self,
        network: Any,  # noqa: ANN401 - transformers' models carry no useful types
        inputs: Mapping[str, object],
        logits_of: int,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """The model's forward: logits (1, `logits_of`, vocabulary), and hidden states.

        Those have shape (1, tokens, hidden size), of as many last tokens as the memory wants to
        be told of.
        """
