"""What all checkpoints here have in common: a tokenizer of bytes, and how they are saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast
from transformers.utils import logging as transformers_logging

if TYPE_CHECKING:
    from pathlib import Path

# 256 bytes, and room for the markers of any family.
VOCABULARY = 288
# Sizes that every family's language layers share. Large initial weights, so that every part of a
# model shows in what it says.
LANGUAGE: dict[str, object] = {
    "vocab_size": VOCABULARY,
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "initializer_range": 0.3,
}


def save_tokenizer(
    folder: Path, specials: tuple[str, ...], template: str, end: str, begin: str | None = None
) -> PreTrainedTokenizerFast:
    """A byte-level tokenizer with one id per byte, and `specials` from id 256 on.

    `end` is the marker that ends an answer, `begin` one that begins a text where the family has
    one; the first of `specials` pads.
    """
    folder.mkdir(parents=True, exist_ok=True)
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE({c: i for i, c in enumerate(alphabet)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(list(specials))
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token=specials[0], eos_token=end, bos_token=begin
    )
    fast.chat_template = template
    fast.save_pretrained(folder)
    return fast


def save_model(
    model_class: Any,  # noqa: ANN401 - transformers has no types
    config: object,
    folder: Path,
    tokenizer: PreTrainedTokenizerFast,
    seed: int,
) -> None:
    """A model of `config` with random weights of its own."""
    transformers_logging.disable_progress_bar()
    torch.manual_seed(seed)
    model = model_class(config).eval()
    # Random models love to end at once; tests want answers of a chosen length.
    with torch.no_grad():
        model.get_output_embeddings().weight[tokenizer.eos_token_id] *= 0.0
        # What begins as zero (Gemma 3's projector) would make all pictures alike.
        for parameter in model.parameters():
            if parameter.dim() > 1 and not parameter.any():
                parameter.normal_(0.0, 0.3)
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.generation_config.pad_token_id = tokenizer.pad_token_id
    model.save_pretrained(folder)
