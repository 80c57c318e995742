"""A random assistant for the tiny Gemma 4, made by the published class itself."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import torch
from transformers import Gemma4AssistantConfig, Gemma4AssistantForCausalLM, Gemma4TextConfig

from engine.bench.checkpoints.saving import LANGUAGE, VOCABULARY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_GROUPS = 18


@contextmanager
def buildable() -> Iterator[None]:
    """In transformers 5.23 the class cannot be built as it is: a property refuses its settings."""
    stock = Gemma4TextConfig.kv_sharing_modes
    Gemma4TextConfig.kv_sharing_modes = property(lambda self: ["reuse"] * self.num_hidden_layers)
    try:
        yield
    finally:
        Gemma4TextConfig.kv_sharing_modes = stock


def build_assistant(
    folder: Path, *, ordered: bool = False, seed: int = 0, **settings: object
) -> Gemma4AssistantForCausalLM:
    """Save one under `folder`/assistant and return it; `ordered` scores tokens in groups.

    `settings` replace some of its language model's.
    """
    text = {
        "vocab_size": VOCABULARY,
        "hidden_size": 48,
        "intermediate_size": 64,
        "num_hidden_layers": 3,
        "num_attention_heads": 4,
        "num_key_value_heads": LANGUAGE["num_key_value_heads"],
        "head_dim": 16,
        "global_head_dim": 32,
        "sliding_window": 16,
        "layer_types": ["sliding_attention", "sliding_attention", "full_attention"],
        "num_kv_shared_layers": 3,
        "hidden_size_per_layer_input": 0,
        "vocab_size_per_layer_input": 0,
        "initializer_range": 0.3,
    }
    config = Gemma4AssistantConfig(
        text_config=text | settings,
        backbone_hidden_size=LANGUAGE["hidden_size"],
        use_ordered_embeddings=ordered,
        num_centroids=_GROUPS,
        centroid_intermediate_top_k=5,
    )
    torch.manual_seed(seed)
    with buildable(), torch.no_grad():
        model = Gemma4AssistantForCausalLM(config).eval()
        if ordered:
            model.masked_embedding.token_ordering.copy_(torch.randperm(VOCABULARY))
        model.save_pretrained(folder / "assistant")
    return model
