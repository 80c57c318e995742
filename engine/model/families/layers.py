"""From the layer types a configuration names to the kinds of memory the cache knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transformers.cache_utils import get_layer_types_and_kwargs

from engine.api.errors import ModelNotUsable
from engine.cache.layer_kinds import FULL, LayerKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from transformers import PreTrainedConfig


def layer_kinds(config: PreTrainedConfig, *, captures_steps: bool = False) -> Sequence[LayerKind]:
    """One kind for each layer that keeps a memory, as transformers' own cache would choose them.

    Layers at the end that read the memory of earlier ones (Gemma 4) have none. Raises
    `ModelNotUsable` for a kind that the cache does not know.
    """
    names, details = get_layer_types_and_kwargs(config.get_text_config(decoder=True))
    while names and names[-1] == "dummy":
        names.pop()
    return tuple(
        _kind(name, detail, captures_steps=captures_steps)
        for name, detail in zip(names, details, strict=False)
    )


def _kind(name: str, detail: Mapping[str, object], *, captures_steps: bool) -> LayerKind:
    match name, detail:
        case "full_attention", _:
            return FULL
        case "sliding_attention", {"sliding_window": int(window)}:
            return LayerKind("sliding", window)
        case "conv" | "linear_attention", {"number_of_states": 1}:
            return LayerKind("linear", captures_steps=captures_steps)
    raise ModelNotUsable(
        "This model keeps its memory in a way that Tanka cannot handle yet.",
        f"unsupported layer type {name!r} {dict(detail)}",
    )
