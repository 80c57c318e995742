"""A model's shape, for `engine.model.plan`: read from its folder, nothing of it loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from transformers import AutoConfig

from engine.cache.layer_kinds import FULL
from engine.model.plan import LayerShape, ModelShape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transformers import PreTrainedConfig

    from engine.cache.layer_kinds import LayerKind
    from engine.model.families.base import FamilyAdapter
    from engine.model.folder import ModelFolder
    from engine.model.weights.read import Prepared

# Tanka plans for no more than this, whatever a model declares, and for so much where it does not.
_MOST_CONTEXT = 262_144
_UNDECLARED_CONTEXT = 2_048


def model_shape(
    folder: ModelFolder, family: FamilyAdapter, prepared: Prepared | None = None
) -> ModelShape:
    """The shape of the model in a checked folder; without `prepared` none of it is packed."""
    config = AutoConfig.from_pretrained(folder.path, local_files_only=True, trust_remote_code=False)
    text = config.get_text_config()
    kinds = family.layer_kinds(config)
    if kinds is None:  # at most as much as attending to everything takes
        kinds = (FULL,) * int(text.num_hidden_layers)
    packed = 0 if prepared is None else prepared.packed_values
    heads = 0 if prepared is None else prepared.head_values
    own_heads = 0 if prepared is None or prepared.tied else heads
    return ModelShape(
        layers=tuple(_layer(text, index, kind) for index, kind in enumerate(kinds)),
        packed_values=packed,
        other_values=folder.values - packed - own_heads,
        largest_matrix=0 if prepared is None else prepared.largest_matrix,
        live_values=_live_values(text, kinds),
        query_values=int(text.num_attention_heads) * max(_head_sizes(text, kinds), default=0),
        vocabulary=int(text.vocab_size),
        max_context=min(_declared_context(text), _MOST_CONTEXT),
        head_values=heads,
        saved_bytes=None if folder.quantisation is None else folder.weight_bytes,
    )


def _declared_context(text: PreTrainedConfig) -> int:
    return int(getattr(text, "max_position_embeddings", None) or _UNDECLARED_CONTEXT)


def _layer(text: PreTrainedConfig, index: int, kind: LayerKind) -> LayerShape:
    if kind.name == "linear":
        return _linear_layer(text)
    own = text.per_layer_config[index]
    return LayerShape(
        heads=_key_heads(text, own), head_size=_head_size(text, own), window=kind.window
    )


def _linear_layer(text: Any) -> LayerShape:  # noqa: ANN401 - transformers has no types
    if hasattr(text, "conv_L_cache"):
        return LayerShape(conv_values=int(text.hidden_size) * int(text.conv_L_cache))
    keys, values = _recurrence(text)
    return LayerShape(
        conv_values=(2 * keys + values) * int(text.linear_conv_kernel_dim),
        recurrent_values=values * int(text.linear_key_head_dim),
    )


def _recurrence(text: Any) -> tuple[int, int]:  # noqa: ANN401 - transformers has no types
    """How many numbers the keys and the values of one token have in a recurrent layer."""
    return (
        int(text.linear_num_key_heads) * int(text.linear_key_head_dim),
        int(text.linear_num_value_heads) * int(text.linear_value_head_dim),
    )


def _head_sizes(text: PreTrainedConfig, kinds: Sequence[LayerKind]) -> list[int]:
    """Of each layer that attends; layers of one model may differ."""
    own = text.per_layer_config
    return [_head_size(text, own[at]) for at, kind in enumerate(kinds) if kind.name != "linear"]


def _head_size(text: Any, own: Any) -> int:  # noqa: ANN401 - transformers has no types
    declared = getattr(own, "head_dim", None)
    return int(declared or text.hidden_size // text.num_attention_heads)


def _key_heads(text: Any, own: Any) -> int:  # noqa: ANN401 - transformers has no types
    return int(getattr(own, "num_key_value_heads", None) or text.num_attention_heads)


def _live_values(text: PreTrainedConfig, kinds: Sequence[LayerKind]) -> int:
    """Numbers that stand at once for each token of a chunk, in the layer part with the most."""
    hidden, stream = int(text.hidden_size), 4 * int(text.hidden_size)
    most = 3 * int(getattr(text, "intermediate_size", None) or 4 * hidden)
    for index, kind in enumerate(kinds):
        if kind.name != "linear":
            own = text.per_layer_config[index]
            size = _head_size(text, own)
            queries, keys = int(text.num_attention_heads) * size, _key_heads(text, own) * size
            most = max(most, 4 * queries + 6 * keys)
        elif hasattr(text, "conv_L_cache"):
            most = max(most, 7 * hidden)
        else:
            keys, values = _recurrence(text)
            most = max(most, 3 * (2 * keys + values) + 10 * values)
    return stream + int(most)
