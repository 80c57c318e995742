"""A model's dimensions from its `config.json` alone: no model runtime, no files of weights.

Where a file leaves a setting out, the family's own default holds, as in transformers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.api.errors import ModelNotUsable
from engine.model.sizes import LayerSizes, Recurrence, TextSizes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Settings = Mapping[str, Any]

_KINDS = {
    "full_attention": "full",
    "sliding_attention": "sliding",
    "linear_attention": "linear",
    "conv": "linear",
}
# What transformers takes where a config leaves it out, by the type of the language part.
_DEFAULTS: Mapping[str, Settings] = {
    "gemma3_text": {
        "num_attention_heads": 8,
        "num_key_value_heads": 4,
        "head_dim": 256,
        "vocab_size": 262_208,
        "sliding_window": 4096,
        "full_attention_interval": 6,
        "max_position_embeddings": 131_072,
    },
    "gemma4_text": {
        "num_attention_heads": 8,
        "num_key_value_heads": 4,
        "head_dim": 256,
        "global_head_dim": 512,
        "vocab_size": 262_144,
        "sliding_window": 512,
        "full_attention_interval": 6,
        "max_position_embeddings": 131_072,
    },
    "lfm2": {
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
        "vocab_size": 65_536,
        "conv_L_cache": 3,
        "max_position_embeddings": 128_000,
    },
    "llama": {
        "num_attention_heads": 32,
        "vocab_size": 32_000,
        "max_position_embeddings": 2_048,
    },
    "qwen3_5_text": {
        "num_attention_heads": 16,
        "num_key_value_heads": 4,
        "head_dim": 256,
        "vocab_size": 248_320,
        "full_attention_interval": 4,
        "linear_conv_kernel_dim": 4,
        "linear_key_head_dim": 128,
        "linear_value_head_dim": 128,
        "linear_num_key_heads": 16,
        "linear_num_value_heads": 32,
        "max_position_embeddings": 32_768,
    },
    "qwen3_vl_text": {
        "num_attention_heads": 32,
        "num_key_value_heads": 32,
        "head_dim": 128,
        "vocab_size": 151_936,
        "max_position_embeddings": 128_000,
    },
    "qwen2_5_vl_text": {
        "num_attention_heads": 64,
        "num_key_value_heads": 8,
        "vocab_size": 152_064,
        "max_position_embeddings": 32_768,
    },
}
_TEXT_TYPES = {
    "gemma3": "gemma3_text",
    "gemma4": "gemma4_text",
    "lfm2_vl": "lfm2",
    "qwen2_5_vl": "qwen2_5_vl_text",
    "qwen3_5": "qwen3_5_text",
    "qwen3_vl": "qwen3_vl_text",
    "smolvlm": "llama",
}


def text_sizes(config: Settings) -> TextSizes:
    """The dimensions of the language part; raises `ModelNotUsable` where `config` lacks one."""
    try:
        return _sizes(_text_settings(config))
    except (KeyError, TypeError, ValueError, AttributeError, ZeroDivisionError) as error:
        raise ModelNotUsable(
            "How much memory this model takes cannot be told: its config.json says too little.",
            f"{type(error).__name__}: {error}",
        ) from error


def _text_settings(config: Settings) -> Settings:
    """The settings of the language part with the family's defaults beneath them."""
    nested = config.get("text_config")
    own = nested if isinstance(nested, dict) else config
    kind = str(own.get("model_type") or "")
    if kind not in _DEFAULTS:
        kind = _TEXT_TYPES.get(str(config.get("model_type")), kind)
    return {**_DEFAULTS.get(kind, {}), **_stated(own), "model_type": kind}


def _stated(settings: Settings) -> Settings:
    return {name: value for name, value in settings.items() if value is not None}


def _sizes(text: Settings) -> TextSizes:
    hidden = _count(text["hidden_size"])
    kinds = enumerate(_kept_kinds(text))
    return TextSizes(
        hidden=hidden,
        intermediate=_count(text.get("block_ff_dim", text.get("intermediate_size", 4 * hidden))),
        attention_heads=_count(text["num_attention_heads"]),
        vocabulary=_count(text["vocab_size"]),
        context=_count(text["max_position_embeddings"]),
        layers=tuple(_layer(_own(text, index, kind), kind) for index, kind in kinds),
        convolution=_count(text["conv_L_cache"]) if "conv_L_cache" in text else None,
        recurrence=_recurrence(text),
    )


def _kept_kinds(text: Settings) -> Sequence[str]:
    """The kind of each layer that keeps a memory; the last of some models share one."""
    total = _count(text["num_hidden_layers"])
    names = _layer_names(text, total)
    kept = total - int(text.get("num_kv_shared_layers", 0))
    return [_KINDS[name] for name in names[:kept]]


def _layer_names(text: Settings, total: int) -> Sequence[str]:
    if "layer_types" in text:
        names = [str(name) for name in text["layer_types"]]
        if len(names) != total:
            raise ValueError(f"{len(names)} kinds of {total} layers")
        return names
    if text["model_type"] == "lfm2":
        full = text.get("full_attn_idxs", range(total))
        return ["full_attention" if index in full else "conv" for index in range(total)]
    interval = int(text.get("sliding_window_pattern", text.get("full_attention_interval", 1)))
    other = "linear_attention" if text["model_type"] == "qwen3_5_text" else "sliding_attention"
    return [other if (index + 1) % interval else "full_attention" for index in range(total)]


def _own(text: Settings, index: int, kind: str) -> Settings:
    """The settings of one layer, which may have some of its own."""
    if "per_layer_config" in text:
        return {**text, **text["per_layer_config"].get(str(index), {})}
    if kind != "full" or text["model_type"] != "gemma4_text":
        return text
    own = {**text, "head_dim": text["global_head_dim"]}
    if text.get("attention_k_eq_v") and "num_global_key_value_heads" in text:
        own["num_key_value_heads"] = text["num_global_key_value_heads"]
    return own


def _layer(own: Settings, kind: str) -> LayerSizes:
    if kind == "linear":
        return LayerSizes("linear")
    queries = _count(own["num_attention_heads"])
    size = _count(own.get("head_dim") or _count(own["hidden_size"]) // queries)
    heads = _count(own.get("num_key_value_heads", queries))
    if kind == "sliding":
        return LayerSizes("sliding", heads, size, _count(own["sliding_window"]))
    return LayerSizes("full", heads, size)


def _recurrence(text: Settings) -> Recurrence | None:
    if text["model_type"] != "qwen3_5_text":
        return None
    return Recurrence(
        key_heads=_count(text["linear_num_key_heads"]),
        key_size=_count(text["linear_key_head_dim"]),
        value_heads=_count(text["linear_num_value_heads"]),
        value_size=_count(text["linear_value_head_dim"]),
        kernel=_count(text["linear_conv_kernel_dim"]),
    )


def _count(value: object) -> int:
    """A size: a whole number above zero, and no larger than any model's."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**31:
        raise ValueError(f"{value!r} is no size")
    return value
