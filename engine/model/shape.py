"""A model's shape, for `engine.model.plan`: read from its folder, nothing of it loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from transformers import AutoConfig

from engine.cache.layer_kinds import FULL
from engine.model.sizes import Counts, LayerSizes, Recurrence, TextSizes, shape_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transformers import PreTrainedConfig

    from engine.cache.layer_kinds import LayerKind
    from engine.model.families.base import FamilyAdapter
    from engine.model.folder import ModelFolder
    from engine.model.plan import ModelShape
    from engine.model.weights.read import Prepared


def model_shape(
    folder: ModelFolder, family: FamilyAdapter, prepared: Prepared | None = None
) -> ModelShape:
    """The shape of the model in a checked folder; without `prepared` none of it is packed."""
    config = AutoConfig.from_pretrained(folder.path, local_files_only=True, trust_remote_code=False)
    text = config.get_text_config()
    kinds = family.layer_kinds(config)
    if kinds is None:  # at most as much as attending to everything takes
        kinds = (FULL,) * int(text.num_hidden_layers)
    counts = Counts(
        values=folder.values,
        packed=0 if prepared is None else prepared.packed_values,
        largest=0 if prepared is None else prepared.largest_matrix,
        head=0 if prepared is None else prepared.head_values,
        tied=prepared is None or prepared.tied,
        saved_bytes=None if folder.quantisation is None else folder.weight_bytes,
    )
    return shape_of(_sizes(text, kinds), counts)


def _sizes(text: PreTrainedConfig, kinds: Sequence[LayerKind]) -> TextSizes:
    hidden = int(text.hidden_size)
    convolves = hasattr(text, "conv_L_cache")
    return TextSizes(
        hidden=hidden,
        intermediate=int(getattr(text, "intermediate_size", None) or 4 * hidden),
        attention_heads=int(text.num_attention_heads),
        vocabulary=int(text.vocab_size),
        context=getattr(text, "max_position_embeddings", None),
        layers=tuple(_layer(text, index, kind) for index, kind in enumerate(kinds)),
        convolution=int(text.conv_L_cache) if convolves else None,
        recurrence=_recurrence(text) if not convolves and _any_linear(kinds) else None,
    )


def _any_linear(kinds: Sequence[LayerKind]) -> bool:
    return any(kind.name == "linear" for kind in kinds)


def _layer(text: PreTrainedConfig, index: int, kind: LayerKind) -> LayerSizes:
    if kind.name == "linear":
        return LayerSizes("linear")
    own = text.per_layer_config[index]
    return LayerSizes(kind.name, _key_heads(text, own), _head_size(text, own), kind.window)


def _recurrence(text: Any) -> Recurrence:  # noqa: ANN401 - transformers has no types
    return Recurrence(
        key_heads=int(text.linear_num_key_heads),
        key_size=int(text.linear_key_head_dim),
        value_heads=int(text.linear_num_value_heads),
        value_size=int(text.linear_value_head_dim),
        kernel=int(text.linear_conv_kernel_dim),
    )


def _head_size(text: Any, own: Any) -> int:  # noqa: ANN401 - transformers has no types
    declared = getattr(own, "head_dim", None)
    return int(declared or text.hidden_size // text.num_attention_heads)


def _key_heads(text: Any, own: Any) -> int:  # noqa: ANN401 - transformers has no types
    return int(getattr(own, "num_key_value_heads", None) or text.num_attention_heads)
