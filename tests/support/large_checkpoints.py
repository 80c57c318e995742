"""Checkpoints large enough that their memory says something: a tiny one with more of everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.bench.checkpoints.resizing import resize

if TYPE_CHECKING:
    from pathlib import Path

# About 50 million numbers in six layers, and as many again in the keys and values of 6,000 tokens.
LARGE: dict[str, object] = {
    "hidden_size": 768,
    "intermediate_size": 2304,
    "num_hidden_layers": 6,
    "num_attention_heads": 12,
    "num_key_value_heads": 12,
    "head_dim": 64,
    "max_position_embeddings": 16_384,
    "initializer_range": 0.02,
}


def enlarge(folder: Path) -> Path:
    """Give the tiny checkpoint in `folder` large language layers, in the order of its own."""
    return resize(folder, LARGE)
