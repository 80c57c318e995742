"""A prediction head as Qwen3.5 publishes it, and its equations in plain torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoConfig

from engine.bench.checkpoints import qwen

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def build_qwen3_5(folder: Path, *, head: bool = False, seed: int = 0, **options: int) -> Path:
    """The random Qwen3.5; with `head` it has a random prediction head, under published names."""
    qwen.build_qwen3_5(folder, seed=seed, **options)
    if head:
        config = AutoConfig.from_pretrained(folder, local_files_only=True)
        put_head(folder, random_head(config.get_text_config(), seed))
    return folder


def head_shapes(text: Any) -> dict[str, tuple[int, ...]]:  # noqa: ANN401 - a transformers config
    """Every tensor of the head by its published name, without `mtp.`."""
    size, wide, one = text.hidden_size, text.intermediate_size, text.head_dim
    queries, keys = text.num_attention_heads * one, text.num_key_value_heads * one
    layer = {
        "input_layernorm": (size,),
        "self_attn.q_proj": (2 * queries, size),
        "self_attn.k_proj": (keys, size),
        "self_attn.v_proj": (keys, size),
        "self_attn.o_proj": (size, queries),
        "self_attn.q_norm": (one,),
        "self_attn.k_norm": (one,),
        "post_attention_layernorm": (size,),
        "mlp.gate_proj": (wide, size),
        "mlp.up_proj": (wide, size),
        "mlp.down_proj": (size, wide),
    }
    around = {
        "fc": (size, 2 * size),
        "pre_fc_norm_embedding": (size,),
        "pre_fc_norm_hidden": (size,),
        "norm": (size,),
    }
    named = {f"layers.0.{name}": shape for name, shape in layer.items()} | around
    return {f"{name}.weight": shape for name, shape in named.items()}


def random_head(text: Any, seed: int) -> dict[str, torch.Tensor]:  # noqa: ANN401
    """A head that was trained on nothing; its norms scale by one plus their weights."""
    numbers = torch.Generator().manual_seed(seed)
    return {
        name: torch.randn(shape, generator=numbers) * 0.2
        for name, shape in head_shapes(text).items()
    }


def put_head(folder: Path, head: Mapping[str, torch.Tensor]) -> None:
    """Write `head` beside the other weights of a checkpoint, in the place of an earlier one."""
    file = folder / "model.safetensors"
    tensors = {name: t for name, t in load_file(file).items() if not name.startswith("mtp.")}
    named = {f"mtp.{name}": tensor.detach().clone() for name, tensor in head.items()}
    save_file(tensors | named, file, metadata={"format": "pt"})


def head_outputs(
    head: Mapping[str, torch.Tensor],
    text: Any,  # noqa: ANN401
    embedded: torch.Tensor,
    hidden: torch.Tensor,
    positions: torch.Tensor,
) -> torch.Tensor:
    """What the head computes for a whole sequence of pairs at once, (pairs, hidden size).

    `embedded` and `hidden` have that shape too, `positions` is (3, pairs).
    """

    def norm(x: torch.Tensor, name: str) -> torch.Tensor:
        scale = torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + text.rms_norm_eps)
        return x * scale * (1 + head[f"{name}.weight"])

    def times(x: torch.Tensor, name: str) -> torch.Tensor:
        return x @ head[f"{name}.weight"].T

    pairs = (norm(embedded, "pre_fc_norm_embedding"), norm(hidden, "pre_fc_norm_hidden"))
    x = times(torch.cat(pairs, -1), "fc")
    y, at = norm(x, "layers.0.input_layernorm"), "layers.0.self_attn"
    count, one = len(x), text.head_dim
    both = times(y, f"{at}.q_proj").view(count, -1, 2 * one)
    queries, gate = both[..., :one], both[..., one:].reshape(count, -1)
    keys = times(y, f"{at}.k_proj").view(count, -1, one)
    values = times(y, f"{at}.v_proj").view(count, -1, one)
    queries = turned(norm(queries, f"{at}.q_norm"), text, positions)
    keys = turned(norm(keys, f"{at}.k_norm"), text, positions)
    shared = queries.shape[1] // keys.shape[1]
    keys, values = (t.repeat_interleave(shared, dim=1) for t in (keys, values))
    scores = torch.einsum("qhd,khd->hqk", queries, keys) * one**-0.5
    later = torch.ones(count, count, dtype=torch.bool).triu(1)
    weights = scores.masked_fill(later, float("-inf")).softmax(-1)
    seen = torch.einsum("hqk,khd->qhd", weights, values).reshape(count, -1)
    x = x + times(seen * gate.sigmoid(), f"{at}.o_proj")
    y, at = norm(x, "layers.0.post_attention_layernorm"), "layers.0.mlp"
    wide = torch.nn.functional.silu(times(y, f"{at}.gate_proj")) * times(y, f"{at}.up_proj")
    return norm(x + times(wide, f"{at}.down_proj"), "norm")


def turned(x: torch.Tensor, text: Any, positions: torch.Tensor) -> torch.Tensor:  # noqa: ANN401
    """Rotary positions: of three axes, dealt out to the frequencies in turn (T, H, W, T, …)."""
    settings = text.rope_parameters
    width = int(x.shape[-1] * settings["partial_rotary_factor"])
    half = width // 2
    rates = settings["rope_theta"] ** (-torch.arange(half) / half)
    sections = settings["mrope_section"]
    axis = [
        at % 3 if at % 3 and at < 3 * sections[at % 3] else 0  # 1 and 2 while they last
        for at in range(half)
    ]
    angles = (positions[axis].T * rates)[:, None]
    first, second, rest = x[..., :half], x[..., half:width], x[..., width:]
    cos, sin = angles.cos(), angles.sin()
    return torch.cat([first * cos - second * sin, second * cos + first * sin, rest], -1)
