"""Tiny Qwen2.5-VL, Qwen3-VL and Qwen3.5: full attention, the last with recurrences between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transformers import (
    Qwen2_5_VLConfig,
    Qwen2_5_VLForConditionalGeneration,
    Qwen3_5Config,
    Qwen3_5ForConditionalGeneration,
    Qwen3VLConfig,
    Qwen3VLForConditionalGeneration,
)
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

from tiny_checkpoints.mtp import put_head, random_head
from tiny_checkpoints.saving import LANGUAGE, save_model, save_tokenizer
from tiny_checkpoints.templates import QWEN, QWEN3_5

if TYPE_CHECKING:
    from pathlib import Path

    from transformers import PreTrainedTokenizerFast

SPECIALS = (
    *("<|endoftext|>", "<|im_start|>", "<|im_end|>"),
    *("<|vision_start|>", "<|image_pad|>", "<|vision_end|>", "<|video_pad|>"),
)
_VISION: dict[str, object] = {
    "depth": 2,
    "hidden_size": 64,
    "intermediate_size": 64,
    "num_heads": 2,
    "out_hidden_size": 64,
    "initializer_range": 0.3,
}


def build_qwen2_5_vl(folder: Path, *, max_context: int = 2048, seed: int = 0) -> Path:
    """A random Qwen2.5-VL; pictures cost about (w // 28) * (h // 28) tokens."""
    tokenizer = save_tokenizer(folder, SPECIALS, QWEN, "<|im_end|>")
    config = Qwen2_5_VLConfig(
        text_config={
            **LANGUAGE,
            "max_position_embeddings": max_context,
            "bos_token_id": None,
            "eos_token_id": tokenizer.eos_token_id,
            "rope_parameters": {
                "rope_type": "default",
                "rope_theta": 10000.0,
                "mrope_section": [2, 3, 3],
            },
        },
        vision_config={**_VISION, "window_size": 56, "fullatt_block_indexes": [1]},
        **_markers(tokenizer),
    )
    save_model(Qwen2_5_VLForConditionalGeneration, config, folder, tokenizer, seed)
    return _save_processor(folder, patch=14)


def build_qwen3_vl(folder: Path, *, max_context: int = 2048, seed: int = 0) -> Path:
    """A random Qwen3-VL; pictures cost about (w // 32) * (h // 32) tokens."""
    tokenizer = save_tokenizer(folder, SPECIALS, QWEN, "<|im_end|>")
    config = Qwen3VLConfig(
        text_config={
            **LANGUAGE,
            "head_dim": 16,
            "max_position_embeddings": max_context,
            "rope_parameters": {
                "rope_type": "default",
                "rope_theta": 10000.0,
                "mrope_section": [4, 2, 2],
                "mrope_interleaved": True,
            },
        },
        vision_config={
            **_VISION,
            "num_position_embeddings": 64,
            "deepstack_visual_indexes": [0],
        },
        **_markers(tokenizer),
    )
    save_model(Qwen3VLForConditionalGeneration, config, folder, tokenizer, seed)
    return _save_processor(folder, patch=16)


def build_qwen3_5(
    folder: Path, *, max_context: int = 2048, seed: int = 0, head: bool = False
) -> Path:
    """A random Qwen3.5, every other layer recurrent; pictures as those of Qwen3-VL.

    With `head` it has a random prediction head, under the names that are published.
    """
    tokenizer = save_tokenizer(folder, SPECIALS, QWEN3_5, "<|im_end|>")
    config = Qwen3_5Config(
        text_config={
            **LANGUAGE,
            "head_dim": 32,
            "layer_types": ["linear_attention", "full_attention"] * 2,
            "linear_num_key_heads": 2,
            "linear_num_value_heads": 4,
            "linear_key_head_dim": 16,
            "linear_value_head_dim": 16,
            "max_position_embeddings": max_context,
            "eos_token_id": tokenizer.eos_token_id,
            "rope_parameters": {
                "rope_type": "default",
                "rope_theta": 10000.0,
                "partial_rotary_factor": 0.5,
                "mrope_section": [4, 2, 2],
                "mrope_interleaved": True,
            },
        },
        vision_config={**_VISION, "num_position_embeddings": 64},
        **_markers(tokenizer),
    )
    save_model(Qwen3_5ForConditionalGeneration, config, folder, tokenizer, seed)
    if head:
        put_head(folder, random_head(config.get_text_config(), seed))
    return _save_processor(folder, patch=16)


def _markers(tokenizer: PreTrainedTokenizerFast) -> dict[str, int]:
    names = {
        "image_token_id": "<|image_pad|>",
        "video_token_id": "<|video_pad|>",
        "vision_start_token_id": "<|vision_start|>",
        "vision_end_token_id": "<|vision_end|>",
    }
    return {key: tokenizer.convert_tokens_to_ids(name) for key, name in names.items()}


def _save_processor(folder: Path, patch: int) -> Path:
    side = 2 * patch
    size = {"shortest_edge": side * side, "longest_edge": side * side * 64}
    Qwen2VLImageProcessorPil(patch_size=patch, size=size).save_pretrained(folder)
    return folder
