"""Which kind of cache each layer of a model keeps, from its configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transformers.cache_utils import get_layer_types_and_kwargs

if TYPE_CHECKING:
    from transformers import PreTrainedConfig


def layer_types(config: PreTrainedConfig) -> tuple[str, ...]:
    """Kinds in order, as transformers' own cache would choose them."""
    kinds, _ = get_layer_types_and_kwargs(config.get_text_config(decoder=True))
    return tuple(kinds)
