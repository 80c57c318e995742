"""From the layer types a configuration names to the kinds of memory the cache knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.api.errors import ModelNotUsable
from engine.cache.layer_kinds import FULL, LayerKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transformers import PreTrainedConfig


def layer_kinds(
    text_config: PreTrainedConfig, *, captures_steps: bool = False
) -> Sequence[LayerKind]:
    """One kind for each of `text_config.layer_types`. Raises `ModelNotUsable` for unknown ones."""
    linear = LayerKind("linear", captures_steps=captures_steps)
    kinds = []
    for name in text_config.layer_types:
        if name == "full_attention":
            kinds.append(FULL)
        elif name == "sliding_attention":
            kinds.append(LayerKind("sliding", int(text_config.sliding_window)))
        elif name in {"conv", "linear_attention"}:
            kinds.append(linear)
        else:
            raise ModelNotUsable(
                "This model keeps its memory in a way that Tanka cannot handle yet.",
                f"unsupported layer type {name!r}",
            )
    return tuple(kinds)
