"""The starter's architecture: a stock LFM2-VL of small dimensions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from transformers import Lfm2Config, Lfm2VlConfig, Lfm2VlForConditionalGeneration

from engine.model.families.lfm2_patches import PatchSettings

if TYPE_CHECKING:
    from config import ModelSize


def model_config(size: ModelSize, ids: dict[str, int]) -> Lfm2VlConfig:
    """Return the configuration; `ids` names the pad, end and image tokens."""
    if size.layers % 2:
        raise ValueError("layers come in pairs of convolution and attention")
    return Lfm2VlConfig(
        text_config={
            "model_type": "lfm2",
            "vocab_size": size.vocabulary,
            "hidden_size": size.hidden,
            "intermediate_size": size.feed_forward,
            "block_auto_adjust_ff_dim": False,
            "num_hidden_layers": size.layers,
            "num_attention_heads": size.heads,
            "num_key_value_heads": size.key_value_heads,
            "conv_L_cache": size.convolution,
            "layer_types": ["conv", "full_attention"] * (size.layers // 2),
            "max_position_embeddings": size.context_tokens,
            "rope_parameters": {"rope_type": "default", "rope_theta": size.rope_theta},
            "tie_word_embeddings": True,
            "pad_token_id": ids["pad"],
            "bos_token_id": None,
            "eos_token_id": ids["end"],
        },
        vision_config={
            "model_type": "siglip2_vision_model",
            "hidden_size": size.vision_hidden,
            "intermediate_size": size.vision_feed_forward,
            "num_hidden_layers": size.vision_layers,
            "num_attention_heads": size.vision_heads,
            "patch_size": size.patch,
            "num_patches": size.vision_grid**2,
            # The pooling head is not used by LFM2-VL and would only be dead weight.
            "vision_use_head": False,
        },
        image_token_id=ids["image"],
        downsample_factor=1,
        projector_hidden_size=size.projector,
        tie_word_embeddings=True,
    )


def draft_config(size: ModelSize, ids: dict[str, int]) -> Lfm2Config:
    """Return the configuration of the draft model: the target's text part, small."""
    return Lfm2Config(
        vocab_size=size.vocabulary,
        hidden_size=size.draft_hidden,
        intermediate_size=size.draft_feed_forward,
        block_auto_adjust_ff_dim=False,
        num_hidden_layers=size.draft_layers,
        num_attention_heads=size.draft_heads,
        num_key_value_heads=1,
        conv_L_cache=size.convolution,
        layer_types=["conv", "full_attention"] * (size.draft_layers // 2),
        max_position_embeddings=size.context_tokens,
        rope_parameters={"rope_type": "default", "rope_theta": size.rope_theta},
        tie_word_embeddings=True,
        pad_token_id=ids["pad"],
        bos_token_id=None,
        eos_token_id=ids["end"],
    )


def bytes_per_token(model: torch.nn.Module) -> int:
    """Return the bytes of weights in bf16 that reading one token of text takes, head included."""
    text = getattr(model.model, "language_model", model.model)
    head = 0 if model.config.tie_word_embeddings else model.lm_head.weight.numel()
    return 2 * (head + sum(p.numel() for p in text.parameters()))


def patch_settings(size: ModelSize) -> PatchSettings:
    """Return how pictures are prepared for this size."""
    return PatchSettings(
        encoder_patch_size=size.patch,
        downsample_factor=1,
        min_image_tokens=size.min_image_tokens,
        max_image_tokens=size.max_image_tokens,
        trim_margin=size.trim_margin,
    )


def new_model(config: Lfm2VlConfig, seed: int, device: str) -> Lfm2VlForConditionalGeneration:
    """Return a model with fresh weights in full precision."""
    torch.manual_seed(seed)
    model = Lfm2VlForConditionalGeneration(config).to(dtype=torch.float32)
    see_contrast_only(model)
    _start_positions(model)
    return model.to(device)


@torch.no_grad()
def see_contrast_only(model: Lfm2VlForConditionalGeneration) -> None:
    """Make the patch embedding blind to a patch's mean brightness.

    A page's ground is the same everywhere, so its embedding would drown both letters and
    positions; without it a dark page is a light one with the sign changed.
    """
    weight = model.model.vision_tower.embeddings.patch_embedding.weight
    weight.sub_(weight.mean(dim=1, keepdim=True))


@torch.no_grad()
def _start_positions(model: Lfm2VlForConditionalGeneration) -> None:
    """Begin with waves along both axes: they keep their sense when resized to a picture's grid.

    The stock start is noise, which the resizing averages away for small pictures.
    """
    table = model.model.vision_tower.embeddings.position_embedding.weight
    cells, width = table.shape
    side, waves = int(cells**0.5), width // 8
    steps = math.pi / side * 2 ** torch.linspace(0, math.log2(side), waves)
    angles = (torch.arange(side) + 0.5)[:, None] * steps
    along = torch.cat([angles.sin(), angles.cos()], dim=-1)
    rows = along[:, None].expand(side, side, -1)
    columns = along[None].expand(side, side, -1)
    mix = torch.linalg.qr(torch.randn(width, 4 * waves))[0].T
    table.copy_(torch.cat([rows, columns], dim=-1).reshape(cells, -1) @ mix)
