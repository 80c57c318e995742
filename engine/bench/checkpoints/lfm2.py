"""A tiny LFM2-VL: convolutions and full attention."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from transformers import Lfm2VlConfig, Lfm2VlForConditionalGeneration

from engine.bench.checkpoints.saving import LANGUAGE, save_model, save_tokenizer
from engine.bench.checkpoints.templates import LFM2

if TYPE_CHECKING:
    from pathlib import Path

SPECIALS = ("<|pad|>", "<|im_start|>", "<|im_end|>", "<|image_start|>", "<image>", "<|image_end|>")


def build_lfm2_vl(folder: Path, *, max_context: int = 2048, seed: int = 0) -> Path:
    """A random LFM2-VL of four small layers; pictures cost (w // 16) * (h // 16) tokens."""
    tokenizer = save_tokenizer(folder, SPECIALS, LFM2, "<|im_end|>")
    config = Lfm2VlConfig(
        text_config={
            **LANGUAGE,
            "block_auto_adjust_ff_dim": False,
            "layer_types": ["conv", "full_attention", "conv", "full_attention"],
            "conv_L_cache": 3,
            "max_position_embeddings": max_context,
            "bos_token_id": None,
            "pad_token_id": tokenizer.pad_token_id,
            "eos_token_id": tokenizer.eos_token_id,
        },
        vision_config={
            "model_type": "siglip2_vision_model",
            "hidden_size": 64,
            "intermediate_size": 64,
            "num_hidden_layers": 1,
            "num_attention_heads": 2,
            "patch_size": 16,
            "num_patches": 64,
        },
        image_token_id=tokenizer.convert_tokens_to_ids("<image>"),
        projector_hidden_size=64,
        downsample_factor=1,
    )
    save_model(Lfm2VlForConditionalGeneration, config, folder, tokenizer, seed)
    settings = {
        "image_processor_type": "Lfm2VlImageProcessor",
        "encoder_patch_size": 16,
        "downsample_factor": 1,
        "min_image_tokens": 1,
        "max_image_tokens": 64,
        "do_image_splitting": False,
    }
    (folder / "preprocessor_config.json").write_text(json.dumps(settings), encoding="utf-8")
    return folder
