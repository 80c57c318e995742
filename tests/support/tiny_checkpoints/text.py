"""Tiny models of text alone, of any architecture that transformers knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transformers import AutoConfig, AutoModelForCausalLM

from engine.bench.checkpoints.saving import LANGUAGE, save_model, save_tokenizer
from engine.bench.checkpoints.templates import CHATML

if TYPE_CHECKING:
    from pathlib import Path


def build_text_model(folder: Path, model_type: str, *, seed: int = 0, **settings: object) -> Path:
    """A random model of `model_type`; it has no image settings beside it."""
    tokenizer = save_tokenizer(folder, ("<|pad|>", "<|im_start|>", "<|im_end|>"), CHATML,
                               "<|im_end|>")  # fmt: skip
    ends = {"bos_token_id": None, "pad_token_id": 256, "eos_token_id": tokenizer.eos_token_id}
    config = AutoConfig.for_model(model_type, **{**LANGUAGE, **ends, **settings})
    save_model(AutoModelForCausalLM.from_config, config, folder, tokenizer, seed)
    return folder
