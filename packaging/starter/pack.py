"""Write the model's folder as it ships: bf16 weights, tokenizer, template, settings, card."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from network import patch_settings
from tokenizer import save_tokenizer
from transformers import GenerationConfig

if TYPE_CHECKING:
    from config import ModelSize
    from tokenizers import Tokenizer
    from transformers import (
        Lfm2ForCausalLM,
        Lfm2VlForConditionalGeneration,
        PreTrainedConfig,
        PreTrainedModel,
    )

_MOST_SHARD_BYTES = 15 * 2**20
_HERE = Path(__file__).resolve().parent
# What 4-bit storage costs so small a model too many answers, by measure; the rest, two thirds of
# its weights, it bears.
KEPT = ("*.conv.*", "*.self_attn.*")


def pack(
    model: Lfm2VlForConditionalGeneration, tokenizer: Tokenizer, size: ModelSize, folder: Path
) -> None:
    """Write everything but the model card."""
    _write_weights(model, model.config.text_config, folder)
    save_tokenizer(tokenizer, folder, size.context_tokens)
    shutil.copyfile(_HERE / "chat_template.jinja", folder / "chat_template.jinja")
    _write_preprocessor(size, folder)
    (folder / "tanka.json").write_text(json.dumps({"keep": KEPT}, indent=2) + "\n")


def pack_draft(model: Lfm2ForCausalLM, tokenizer: Tokenizer, size: ModelSize, folder: Path) -> None:
    """Write the draft model, which reads the same tokens."""
    _write_weights(model, model.config, folder)
    save_tokenizer(tokenizer, folder, size.context_tokens)


def _write_weights(model: PreTrainedModel, ids: PreTrainedConfig, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.safetensors*"):
        old.unlink()
    model.generation_config = GenerationConfig(
        do_sample=False,
        eos_token_id=ids.eos_token_id,
        pad_token_id=ids.pad_token_id,
    )
    model.to(dtype=torch.bfloat16).save_pretrained(folder, max_shard_size=_MOST_SHARD_BYTES)
    for shard in folder.glob("*.safetensors"):
        shard.chmod(0o644)


def _write_preprocessor(size: ModelSize, folder: Path) -> None:
    patches = patch_settings(size)
    config = {
        "image_processor_type": "Lfm2VlImageProcessor",
        "processor_class": "Lfm2VlProcessor",
        "do_image_splitting": False,
        "do_normalize": True,
        "do_rescale": True,
        "do_resize": True,
        "do_pad": True,
        "encoder_patch_size": patches.encoder_patch_size,
        "downsample_factor": patches.downsample_factor,
        "min_image_tokens": patches.min_image_tokens,
        "max_image_tokens": patches.max_image_tokens,
        "image_mean": list(patches.image_mean),
        "image_std": list(patches.image_std),
        "rescale_factor": patches.rescale_factor,
        "resample": 2,
        "return_row_col_info": False,
        "use_thumbnail": False,
    }
    if patches.trim_margin is not None:
        config["trim_margin"] = patches.trim_margin
    (folder / "preprocessor_config.json").write_text(json.dumps(config, indent=2) + "\n")
