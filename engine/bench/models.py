"""Checkpoints that the benchmarks build for themselves, with random weights."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import torch
from transformers import AutoConfig, AutoModelForImageTextToText
from transformers.utils import logging as transformers_logging

from engine.paths import starter_model_dir

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def build_starter_arch(folder: Path, max_context: int, layers: Sequence[str] | None = None) -> Path:
    """The starter's architecture and tokenizer, random weights, `max_context` positions.

    `layers` names other layers than the starter's, by their types.
    """
    transformers_logging.disable_progress_bar()
    starter = starter_model_dir()
    shutil.copytree(starter, folder, ignore=shutil.ignore_patterns("*.safetensors*"))
    config = json.loads((starter / "config.json").read_text(encoding="utf-8"))
    config["text_config"]["max_position_embeddings"] = max_context
    if layers is not None:
        config["text_config"] |= {"layer_types": list(layers), "num_hidden_layers": len(layers)}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    torch.manual_seed(0)
    model = AutoModelForImageTextToText.from_config(
        AutoConfig.from_pretrained(folder, local_files_only=True)
    )
    model.save_pretrained(folder)
    return folder


def build_starter_of(folder: Path, hidden_size: int, layers: int) -> Path:
    """The starter's kind of model in another size, 16-bit random weights, tokenizer and all."""
    transformers_logging.disable_progress_bar()
    starter = starter_model_dir()
    shutil.copytree(starter, folder, ignore=shutil.ignore_patterns("*.safetensors*", "draft"))
    config = json.loads((starter / "config.json").read_text(encoding="utf-8"))
    kinds = config["text_config"]["layer_types"]
    config["text_config"] |= {
        "hidden_size": hidden_size,
        "intermediate_size": 5 * hidden_size // 2,
        "num_hidden_layers": layers,
        "layer_types": [kinds[at % len(kinds)] for at in range(layers)],
        "num_attention_heads": max(2, hidden_size // 64),
        "num_key_value_heads": max(2, hidden_size // 256),
    }
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    torch.manual_seed(0)
    model = AutoModelForImageTextToText.from_config(
        AutoConfig.from_pretrained(folder, local_files_only=True), dtype=torch.bfloat16
    )
    model.save_pretrained(folder)
    return folder
