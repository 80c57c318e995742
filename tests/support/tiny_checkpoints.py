"""Tiny real checkpoints with random weights, built from their families' own config classes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    Lfm2VlConfig,
    Lfm2VlForConditionalGeneration,
    PreTrainedTokenizerFast,
    Qwen3VLConfig,
    Qwen3VLForConditionalGeneration,
)
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

if TYPE_CHECKING:
    from pathlib import Path

TEMPLATE = """{%- for message in messages -%}
<|im_start|>{{ message.role }}
{% if message.content is string %}{{ message.content }}{% else %}{% for part in message.content -%}
{% if part.type == 'image' %}<|image_start|><image><|image_end|>{% else %}{{ part.text }}{% endif %}
{%- endfor %}{% endif %}<|im_end|>
{% endfor -%}
{%- if add_generation_prompt %}<|im_start|>assistant
{% endif -%}"""

SPECIALS = ("<|pad|>", "<|im_start|>", "<|im_end|>", "<|image_start|>", "<image>", "<|image_end|>")


def save_tokenizer(
    folder: Path, specials: tuple[str, ...] = SPECIALS, template: str = TEMPLATE
) -> PreTrainedTokenizerFast:
    """A byte-level tokenizer with one id per byte and the markers of the template."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE({c: i for i, c in enumerate(alphabet)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(list(specials))
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token=specials[0], eos_token="<|im_end|>"
    )
    fast.chat_template = template
    fast.save_pretrained(folder)
    return fast


def build_lfm2_vl(folder: Path, *, max_context: int = 2048, seed: int = 0) -> Path:
    """A random LFM2-VL of four small layers; pictures cost (w // 16) * (h // 16) tokens."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = save_tokenizer(folder)
    torch.manual_seed(seed)
    config = Lfm2VlConfig(
        text_config={
            "vocab_size": 272,
            "hidden_size": 64,
            "intermediate_size": 128,
            "block_auto_adjust_ff_dim": False,
            "num_hidden_layers": 4,
            "layer_types": ["conv", "full_attention", "conv", "full_attention"],
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "conv_L_cache": 3,
            "max_position_embeddings": max_context,
            "bos_token_id": None,
            "pad_token_id": 256,
            "eos_token_id": tokenizer.eos_token_id,
            "initializer_range": 0.3,
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
    model = Lfm2VlForConditionalGeneration(config).eval()
    # Random models love to end at once; tests want answers of a chosen length.
    with torch.no_grad():
        model.get_input_embeddings().weight[tokenizer.eos_token_id] *= 0.0
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.save_pretrained(folder)
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


QWEN_TEMPLATE = TEMPLATE.replace(
    "<|image_start|><image><|image_end|>", "<|vision_start|><|image_pad|><|vision_end|>"
)
QWEN_SPECIALS = (
    *("<|endoftext|>", "<|im_start|>", "<|im_end|>"),
    *("<|vision_start|>", "<|image_pad|>", "<|vision_end|>", "<|video_pad|>"),
)


def build_qwen3_vl(folder: Path, *, max_context: int = 2048, seed: int = 0) -> Path:
    """A random Qwen3-VL of four small layers; pictures cost (w // 32) * (h // 32) tokens."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = save_tokenizer(folder, QWEN_SPECIALS, QWEN_TEMPLATE)
    torch.manual_seed(seed)
    config = Qwen3VLConfig(
        text_config={
            "vocab_size": 272,
            "hidden_size": 64,
            "intermediate_size": 128,
            "num_hidden_layers": 4,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "head_dim": 16,
            "max_position_embeddings": max_context,
            "rope_parameters": {
                "rope_type": "default",
                "rope_theta": 10000.0,
                "mrope_section": [4, 2, 2],
                "mrope_interleaved": True,
            },
            "initializer_range": 0.3,
        },
        vision_config={
            "depth": 2,
            "hidden_size": 64,
            "intermediate_size": 64,
            "num_heads": 2,
            "out_hidden_size": 64,
            "num_position_embeddings": 64,
            "deepstack_visual_indexes": [0],
            "initializer_range": 0.3,
        },
        image_token_id=tokenizer.convert_tokens_to_ids("<|image_pad|>"),
        video_token_id=tokenizer.convert_tokens_to_ids("<|video_pad|>"),
        vision_start_token_id=tokenizer.convert_tokens_to_ids("<|vision_start|>"),
        vision_end_token_id=tokenizer.convert_tokens_to_ids("<|vision_end|>"),
    )
    model = Qwen3VLForConditionalGeneration(config).eval()
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.save_pretrained(folder)
    processor = Qwen2VLImageProcessorPil(
        patch_size=16, size={"shortest_edge": 32 * 32, "longest_edge": 32 * 32 * 64}
    )
    processor.save_pretrained(folder)
    return folder
