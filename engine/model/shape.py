"""A model's shape, for `engine.model.plan`: read from its folder, nothing of it loaded."""

from __future__ import annotations

import json
import math
import struct
from typing import TYPE_CHECKING, Any

from transformers import AutoConfig

from engine.model.plan import LayerShape, ModelShape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from transformers import PreTrainedConfig

    from engine.cache.layer_kinds import LayerKind
    from engine.model.families.base import FamilyAdapter
    from engine.model.folder import ModelFolder

# Tanka plans for no more than this, whatever a model declares, and for so much where it does not.
_MOST_CONTEXT = 262_144
_UNDECLARED_CONTEXT = 2_048


def model_shape(folder: ModelFolder, family: FamilyAdapter) -> ModelShape:
    """The shape of the model in a checked folder."""
    config = AutoConfig.from_pretrained(folder.path, local_files_only=True, trust_remote_code=False)
    text = config.get_text_config()
    kinds = family.layer_kinds(config)
    packed = [
        math.prod(shape)
        for name, shape in _tensors(folder)
        if len(shape) == 2 and _is_packed(name, family.skip_quantising)
    ]
    return ModelShape(
        layers=tuple(_layer(text, index, kind) for index, kind in enumerate(kinds)),
        packed_values=sum(packed),
        other_values=folder.values - sum(packed),
        largest_matrix=max(packed, default=0),
        live_values=_live_values(text, kinds),
        query_values=int(text.num_attention_heads) * max(_head_sizes(text, kinds), default=0),
        vocabulary=int(text.vocab_size),
        max_context=min(_declared_context(text), _MOST_CONTEXT),
        saved_bytes=None if folder.quantisation is None else folder.weight_bytes,
    )


def _declared_context(text: PreTrainedConfig) -> int:
    return int(getattr(text, "max_position_embeddings", None) or _UNDECLARED_CONTEXT)


def _layer(text: PreTrainedConfig, index: int, kind: LayerKind) -> LayerShape:
    if kind.name == "linear":
        return _linear_layer(text)
    own = text.per_layer_config[index]
    return LayerShape(
        heads=int(own.num_key_value_heads), head_size=_head_size(text, own), window=kind.window
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


def _live_values(text: PreTrainedConfig, kinds: Sequence[LayerKind]) -> int:
    """Numbers that stand at once for each token of a chunk, in the layer part with the most."""
    hidden, stream = int(text.hidden_size), 4 * int(text.hidden_size)
    most = 3 * int(text.intermediate_size)
    for index, kind in enumerate(kinds):
        if kind.name != "linear":
            own = text.per_layer_config[index]
            size = _head_size(text, own)
            queries, keys = text.num_attention_heads * size, own.num_key_value_heads * size
            most = max(most, 4 * queries + 6 * keys)
        elif hasattr(text, "conv_L_cache"):
            most = max(most, 7 * hidden)
        else:
            keys, values = _recurrence(text)
            most = max(most, 3 * (2 * keys + values) + 10 * values)
    return stream + int(most)


def _is_packed(name: str, skipped: tuple[str, ...]) -> bool:
    """Whether 4-bit weights would pack the tensor `name`: a matrix of a language layer."""
    parts = name.split(".")
    kept = {path.rpartition(".")[2] for path in skipped}
    return "layers" in parts and parts[-1] == "weight" and kept.isdisjoint(parts)


def _tensors(folder: ModelFolder) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Name and shape of each tensor in the folder's files."""
    for shard in folder.shards:
        for name, entry in _header(shard).items():
            if name != "__metadata__":
                yield name, tuple(entry["shape"])


def _header(shard: Path) -> dict[str, dict[str, list[int]]]:
    with shard.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header: dict[str, dict[str, list[int]]] = json.loads(file.read(length))
    return header
