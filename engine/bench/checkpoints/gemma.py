"""Tiny Gemma 3 and Gemma 4: windows of 16 tokens, and pictures longer than that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from transformers import (
    Gemma3Config,
    Gemma3ForConditionalGeneration,
    Gemma4Config,
    Gemma4ForConditionalGeneration,
)
from transformers.models.gemma3.image_processing_pil_gemma3 import Gemma3ImageProcessorPil
from transformers.models.gemma4.image_processing_pil_gemma4 import Gemma4ImageProcessorPil

from engine.bench.checkpoints.saving import LANGUAGE, save_model, save_tokenizer
from engine.bench.checkpoints.templates import GEMMA3, GEMMA4

if TYPE_CHECKING:
    from pathlib import Path

_SPECIALS3 = (
    *("<pad>", "<bos>", "<start_of_turn>", "<end_of_turn>"),
    *("<start_of_image>", "<image_soft_token>", "<end_of_image>"),
)
_SPECIALS4 = (
    *("<pad>", "<bos>", "<|turn>", "<turn|>", "<|image>", "<|image|>", "<image|>"),
    *("<|video|>", "<|audio|>", "<|tool>", "<tool|>", "<|tool_call>", "<tool_call|>", '<|"|>'),
)


def build_gemma3(folder: Path, *, max_context: int = 2048, seed: int = 0) -> Path:
    """A random Gemma 3; every picture costs 25 features, two marks and line breaks."""
    tokenizer = save_tokenizer(folder, _SPECIALS3, GEMMA3, "<end_of_turn>", "<bos>")
    config = Gemma3Config(
        text_config={
            **LANGUAGE,
            "head_dim": 16,
            "query_pre_attn_scalar": 16,
            "sliding_window": 16,
            "layer_types": ["sliding_attention", "sliding_attention", "full_attention"] * 2,
            "num_hidden_layers": 6,
            "max_position_embeddings": max_context,
            "bos_token_id": tokenizer.bos_token_id,
            "pad_token_id": tokenizer.pad_token_id,
            "eos_token_id": tokenizer.eos_token_id,
        },
        vision_config={
            "model_type": "siglip_vision_model",
            "hidden_size": 32,
            "intermediate_size": 64,
            "num_hidden_layers": 1,
            "num_attention_heads": 2,
            "image_size": 80,
            "patch_size": 8,
        },
        mm_tokens_per_image=25,
        tie_word_embeddings=False,  # tied, a random model repeats its last token for ever
        image_token_index=tokenizer.convert_tokens_to_ids("<image_soft_token>"),
        boi_token_index=tokenizer.convert_tokens_to_ids("<start_of_image>"),
        eoi_token_index=tokenizer.convert_tokens_to_ids("<end_of_image>"),
    )
    save_model(Gemma3ForConditionalGeneration, config, folder, tokenizer, seed)
    Gemma3ImageProcessorPil(size={"height": 80, "width": 80}).save_pretrained(folder)
    return folder


_AUDIO = {
    "hidden_size": 32,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "subsampling_conv_channels": [8, 4],
    "attention_context_left": 5,
    "attention_chunk_size": 4,
    "output_proj_dims": 32,
}


def build_gemma4(
    folder: Path,
    *,
    both_ways: Literal["vision"] | None = None,
    max_context: int = 2048,
    hears: bool = False,
    seed: int = 0,
) -> Path:
    """A random Gemma 4 whose last two layers share the keys and values of earlier ones.

    `both_ways` as in its configuration. A picture costs up to 70 features and two marks. One that
    `hears` has a tower for sounds, as the published small ones do.
    """
    tokenizer = save_tokenizer(folder, _SPECIALS4, GEMMA4, "<turn|>", "<bos>")
    ids = tokenizer.convert_tokens_to_ids
    config = Gemma4Config(
        text_config={
            **LANGUAGE,
            "head_dim": 16,
            "global_head_dim": 32,
            "sliding_window": 16,
            "layer_types": ["sliding_attention", "full_attention"] * 3,
            "num_hidden_layers": 6,
            "num_kv_shared_layers": 2,
            "vocab_size_per_layer_input": LANGUAGE["vocab_size"],
            "hidden_size_per_layer_input": 8,
            "max_position_embeddings": max_context,
            "use_bidirectional_attention": both_ways,
            "bos_token_id": tokenizer.bos_token_id,
            "pad_token_id": tokenizer.pad_token_id,
            "eos_token_id": tokenizer.eos_token_id,
        },
        vision_config={
            "hidden_size": 32,
            "intermediate_size": 64,
            "num_hidden_layers": 1,
            "num_attention_heads": 2,
            "num_key_value_heads": 2,
            "head_dim": 16,
            "patch_size": 8,
            "pooling_kernel_size": 2,
            "initializer_range": 0.3,
        },
        audio_config=_AUDIO if hears else None,
        tie_word_embeddings=False,
        boi_token_id=ids("<|image>"),
        eoi_token_id=ids("<image|>"),
        image_token_id=ids("<|image|>"),
        video_token_id=ids("<|video|>"),
        audio_token_id=ids("<|audio|>"),
    )
    save_model(Gemma4ForConditionalGeneration, config, folder, tokenizer, seed)
    Gemma4ImageProcessorPil(
        patch_size=8, pooling_kernel_size=2, max_soft_tokens=70
    ).save_pretrained(folder)
    return folder
