"""Checkpoints that the benchmarks build for themselves, with random weights."""

from __future__ import annotations

import json
import shutil
from functools import partial
from typing import TYPE_CHECKING

import torch
from transformers import AutoConfig, AutoModelForImageTextToText
from transformers.utils import logging as transformers_logging

from engine.paths import starter_model_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


def build_starter_arch(folder: Path, max_context: int, *, attention_only: bool = False) -> Path:
    """The starter's architecture and tokenizer, random weights, `max_context` positions.

    With `attention_only`, all layers are full attention in place of some convolutions.
    """
    transformers_logging.disable_progress_bar()
    starter = starter_model_dir()
    shutil.copytree(starter, folder, ignore=shutil.ignore_patterns("*.safetensors*"))
    config = json.loads((starter / "config.json").read_text(encoding="utf-8"))
    config["text_config"]["max_position_embeddings"] = max_context
    if attention_only:
        layers = config["text_config"]["layer_types"]
        config["text_config"]["layer_types"] = ["full_attention"] * len(layers)
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    torch.manual_seed(0)
    model = AutoModelForImageTextToText.from_config(
        AutoConfig.from_pretrained(folder, local_files_only=True)
    )
    model.save_pretrained(folder)
    return folder


# What the kinds of cache are measured on: folder and positions in, checkpoint out.
KINDS: Mapping[str, Callable[[Path, int], Path]] = {
    "full": partial(build_starter_arch, attention_only=True),
    "starter_arch": build_starter_arch,
}
