"""A tiny SmolVLM: full attention, pictures in tiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transformers import SmolVLMConfig, SmolVLMForConditionalGeneration
from transformers.models.smolvlm.image_processing_pil_smolvlm import SmolVLMImageProcessorPil

from engine.bench.checkpoints.saving import LANGUAGE, save_model, save_tokenizer
from engine.bench.checkpoints.templates import SMOLVLM

if TYPE_CHECKING:
    from pathlib import Path

SPECIALS = (
    *("<|pad|>", "<|im_start|>", "<end_of_utterance>"),
    *("<fake_token_around_image>", "<image>", "<global-img>"),
    *(f"<row_{row}_col_{column}>" for row in (1, 2, 3) for column in (1, 2, 3)),
)


def build_smolvlm(folder: Path, *, max_context: int = 2048, seed: int = 0) -> Path:
    """A random SmolVLM of four small layers: four features a tile, at most 3 x 3 tiles."""
    tokenizer = save_tokenizer(folder, SPECIALS, SMOLVLM, "<end_of_utterance>")
    config = SmolVLMConfig(
        text_config={
            **LANGUAGE,
            "model_type": "llama",
            "head_dim": 16,
            "max_position_embeddings": max_context,
            "bos_token_id": None,
            "pad_token_id": tokenizer.pad_token_id,
            "eos_token_id": tokenizer.eos_token_id,
        },
        vision_config={
            "hidden_size": 32,
            "intermediate_size": 64,
            "num_hidden_layers": 1,
            "num_attention_heads": 2,
            "image_size": 32,
            "patch_size": 8,
            "initializer_range": 0.3,
        },
        scale_factor=2,
        image_token_id=tokenizer.convert_tokens_to_ids("<image>"),
        pad_token_id=tokenizer.pad_token_id,
    )
    save_model(SmolVLMForConditionalGeneration, config, folder, tokenizer, seed)
    SmolVLMImageProcessorPil(
        size={"longest_edge": 96}, max_image_size={"longest_edge": 32}
    ).save_pretrained(folder)
    return folder
