"""Qwen3 text towers with random weights, in transformers' format and in llama.cpp's.

Both files are made of the same tensors.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

import torch
from safetensors.torch import save_file

from engine.paths import starter_model_dir

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_CONTEXT = 4_096
_THETA, _EPSILON = 1_000_000.0, 1e-6
_SPREAD = 0.02
_TOKENIZER = ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja")


@dataclass(frozen=True, slots=True)
class Tower:
    """Sizes of a tower, and the number format of its checkpoint."""

    layers: int
    hidden: int
    inner: int
    heads: int
    key_heads: int
    head: int
    vocabulary: int
    dtype: torch.dtype

    @property
    def matrices(self) -> Mapping[str, tuple[str, int, int]]:
        """A layer's matrices: transformers' name, llama.cpp's, rows, columns."""
        queries, keys = self.heads * self.head, self.key_heads * self.head
        return {
            "self_attn.q_proj": ("attn_q", queries, self.hidden),
            "self_attn.k_proj": ("attn_k", keys, self.hidden),
            "self_attn.v_proj": ("attn_v", keys, self.hidden),
            "self_attn.o_proj": ("attn_output", self.hidden, queries),
            "mlp.gate_proj": ("ffn_gate", self.inner, self.hidden),
            "mlp.up_proj": ("ffn_up", self.inner, self.hidden),
            "mlp.down_proj": ("ffn_down", self.hidden, self.inner),
        }

    @property
    def norms(self) -> Mapping[str, tuple[str, int]]:
        """A layer's norms: transformers' name, llama.cpp's, size."""
        return {
            "input_layernorm": ("attn_norm", self.hidden),
            "post_attention_layernorm": ("ffn_norm", self.hidden),
            "self_attn.q_norm": ("attn_q_norm", self.head),
            "self_attn.k_norm": ("attn_k_norm", self.head),
        }


# Fourteen of the layers that Qwen3-0.6B has, with a smaller vocabulary: 284 million numbers.
TOWER_284M = Tower(14, 1024, 3072, 16, 8, 128, 31_232, torch.bfloat16)
# So narrow that a step's time is all Python and kernel starts.
TOWER_24X64 = Tower(24, 64, 192, 4, 2, 16, 2_560, torch.float32)
_AROUND = {
    "model.embed_tokens": "token_embd",
    "model.norm": "output_norm",
    "lm_head": "output",
}


def write_for_transformers(tower: Tower, folder: Path) -> Path:
    """The tower as a checkpoint folder with the starter's tokenizer."""
    folder.mkdir(parents=True)
    for name in _TOKENIZER:
        shutil.copyfile(starter_model_dir() / name, folder / name)
    config = {
        "architectures": ["Qwen3ForCausalLM"],
        "model_type": "qwen3",
        "dtype": str(tower.dtype).removeprefix("torch."),
        "hidden_size": tower.hidden,
        "intermediate_size": tower.inner,
        "num_hidden_layers": tower.layers,
        "num_attention_heads": tower.heads,
        "num_key_value_heads": tower.key_heads,
        "head_dim": tower.head,
        "vocab_size": tower.vocabulary,
        "max_position_embeddings": _CONTEXT,
        "rms_norm_eps": _EPSILON,
        "rope_theta": _THETA,
        "hidden_act": "silu",
        "tie_word_embeddings": False,
    }
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    weights = {f"{name}.weight": tensor.to(tower.dtype) for name, _, tensor in _tensors(tower)}
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    return folder


def write_for_llama_cpp(tower: Tower, path: Path) -> Path:
    """The same tower as a GGUF file: layers in Q4_0, embedding and head in Q8_0.

    Raises `ImportError` where the package gguf is not installed.
    """
    gguf: Any = import_module("gguf")
    small, head = gguf.GGMLQuantizationType.Q4_0, gguf.GGMLQuantizationType.Q8_0
    writer = gguf.GGUFWriter(path, "qwen3")
    writer.add_block_count(tower.layers)
    writer.add_context_length(_CONTEXT)
    writer.add_embedding_length(tower.hidden)
    writer.add_feed_forward_length(tower.inner)
    writer.add_head_count(tower.heads)
    writer.add_head_count_kv(tower.key_heads)
    writer.add_key_length(tower.head)
    writer.add_value_length(tower.head)
    writer.add_rope_freq_base(_THETA)
    writer.add_layer_norm_rms_eps(_EPSILON)
    writer.add_vocab_size(tower.vocabulary)
    writer.add_tokenizer_model("none")
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q4_0)
    for _, name, tensor in _tensors(tower):
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


def _tensors(tower: Tower) -> Iterator[tuple[str, str, torch.Tensor]]:
    """Name for transformers, name for llama.cpp, and float32 values that bfloat16 holds exactly."""
    draws = torch.Generator().manual_seed(0)

    def matrix(rows: int, columns: int) -> torch.Tensor:
        return (torch.randn(rows, columns, generator=draws) * _SPREAD).bfloat16().float()

    for theirs, name in _AROUND.items():
        norm = theirs.endswith("norm")
        yield (
            theirs,
            name,
            torch.ones(tower.hidden) if norm else matrix(tower.vocabulary, tower.hidden),
        )
    for layer in range(tower.layers):
        ours, llama = f"model.layers.{layer}", f"blk.{layer}"
        for theirs, (name, rows, columns) in tower.matrices.items():
            yield f"{ours}.{theirs}", f"{llama}.{name}", matrix(rows, columns)
        for theirs, (name, size) in tower.norms.items():
            yield f"{ours}.{theirs}", f"{llama}.{name}", torch.ones(size)
