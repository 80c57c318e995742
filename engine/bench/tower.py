"""A Qwen3 text tower with random weights, in transformers' format and in llama.cpp's.

Fourteen of the layers that Qwen3-0.6B has, with a smaller vocabulary: 284 million numbers. Both
files are made of the same tensors.
"""

from __future__ import annotations

import json
import shutil
from importlib import import_module
from typing import TYPE_CHECKING, Any

import torch
from safetensors.torch import save_file

from engine.paths import starter_model_dir

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LAYERS, _HIDDEN, _INNER = 14, 1024, 3072
_HEADS, _KEY_HEADS, _HEAD = 16, 8, 128
_VOCABULARY = 31_232
_CONTEXT = 4_096
_THETA, _EPSILON = 1_000_000.0, 1e-6
_SPREAD = 0.02
_TOKENIZER = ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja")

# Names in transformers' files and in llama.cpp's, below a layer.
_MATRICES = {
    "self_attn.q_proj": ("attn_q", _HEADS * _HEAD, _HIDDEN),
    "self_attn.k_proj": ("attn_k", _KEY_HEADS * _HEAD, _HIDDEN),
    "self_attn.v_proj": ("attn_v", _KEY_HEADS * _HEAD, _HIDDEN),
    "self_attn.o_proj": ("attn_output", _HIDDEN, _HEADS * _HEAD),
    "mlp.gate_proj": ("ffn_gate", _INNER, _HIDDEN),
    "mlp.up_proj": ("ffn_up", _INNER, _HIDDEN),
    "mlp.down_proj": ("ffn_down", _HIDDEN, _INNER),
}
_NORMS = {
    "input_layernorm": ("attn_norm", _HIDDEN),
    "post_attention_layernorm": ("ffn_norm", _HIDDEN),
    "self_attn.q_norm": ("attn_q_norm", _HEAD),
    "self_attn.k_norm": ("attn_k_norm", _HEAD),
}
_AROUND = {
    "model.embed_tokens": "token_embd",
    "model.norm": "output_norm",
    "lm_head": "output",
}


def write_for_transformers(folder: Path) -> Path:
    """The tower as a checkpoint folder, bfloat16, with the starter's tokenizer."""
    folder.mkdir(parents=True)
    for name in _TOKENIZER:
        shutil.copyfile(starter_model_dir() / name, folder / name)
    config = {
        "architectures": ["Qwen3ForCausalLM"],
        "model_type": "qwen3",
        "dtype": "bfloat16",
        "hidden_size": _HIDDEN,
        "intermediate_size": _INNER,
        "num_hidden_layers": _LAYERS,
        "num_attention_heads": _HEADS,
        "num_key_value_heads": _KEY_HEADS,
        "head_dim": _HEAD,
        "vocab_size": _VOCABULARY,
        "max_position_embeddings": _CONTEXT,
        "rms_norm_eps": _EPSILON,
        "rope_theta": _THETA,
        "hidden_act": "silu",
        "tie_word_embeddings": False,
    }
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    weights = {f"{name}.weight": tensor.bfloat16() for name, _, tensor in _tensors()}
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    return folder


def write_for_llama_cpp(path: Path) -> Path:
    """The same tower as a GGUF file: layers in Q4_0, embedding and head in Q8_0.

    Raises `ImportError` where the package gguf is not installed.
    """
    gguf: Any = import_module("gguf")
    small, head = gguf.GGMLQuantizationType.Q4_0, gguf.GGMLQuantizationType.Q8_0
    writer = gguf.GGUFWriter(path, "qwen3")
    writer.add_block_count(_LAYERS)
    writer.add_context_length(_CONTEXT)
    writer.add_embedding_length(_HIDDEN)
    writer.add_feed_forward_length(_INNER)
    writer.add_head_count(_HEADS)
    writer.add_head_count_kv(_KEY_HEADS)
    writer.add_key_length(_HEAD)
    writer.add_value_length(_HEAD)
    writer.add_rope_freq_base(_THETA)
    writer.add_layer_norm_rms_eps(_EPSILON)
    writer.add_vocab_size(_VOCABULARY)
    writer.add_tokenizer_model("none")
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q4_0)
    for _, name, tensor in _tensors():
        values = tensor.numpy()
        if tensor.ndim == 1:
            writer.add_tensor(f"{name}.weight", values)
            continue
        kind = small if name.startswith("blk.") else head
        packed = gguf.quants.quantize(values, kind)
        writer.add_tensor(f"{name}.weight", packed, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _tensors() -> Iterator[tuple[str, str, torch.Tensor]]:
    """Name for transformers, name for llama.cpp, and float32 values that bfloat16 holds exactly."""
    draws = torch.Generator().manual_seed(0)

    def matrix(rows: int, columns: int) -> torch.Tensor:
        return (torch.randn(rows, columns, generator=draws) * _SPREAD).bfloat16().float()

    for theirs, name in _AROUND.items():
        yield (
            theirs,
            name,
            torch.ones(_HIDDEN) if theirs.endswith("norm") else matrix(_VOCABULARY, _HIDDEN),
        )
    for layer in range(_LAYERS):
        ours, llama = f"model.layers.{layer}", f"blk.{layer}"
        for theirs, (name, rows, columns) in _MATRICES.items():
            yield f"{ours}.{theirs}", f"{llama}.{name}", matrix(rows, columns)
        for theirs, (name, size) in _NORMS.items():
            yield f"{ours}.{theirs}", f"{llama}.{name}", torch.ones(size)
