"""Checkpoints large enough that their memory says something: a tiny one with more of everything."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import torch
from transformers import AutoConfig, AutoModelForImageTextToText
from transformers.utils import logging as transformers_logging

if TYPE_CHECKING:
    from pathlib import Path

# About 50 million numbers in six layers, and as many again in the keys and values of 6,000 tokens.
LARGE: dict[str, object] = {
    "hidden_size": 768,
    "intermediate_size": 2304,
    "num_hidden_layers": 6,
    "num_attention_heads": 12,
    "num_key_value_heads": 12,
    "head_dim": 64,
    "max_position_embeddings": 16_384,
    "initializer_range": 0.02,
}


def enlarge(folder: Path) -> Path:
    """Give the tiny checkpoint in `folder` large language layers, in the order of its own."""
    transformers_logging.disable_progress_bar()
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    text = config["text_config"]
    kinds = text.get("layer_types")
    text.update({name: value for name, value in LARGE.items() if name in text})
    if kinds:
        text["layer_types"] = [kinds[at % len(kinds)] for at in range(text["num_hidden_layers"])]
    if "out_hidden_size" in config["vision_config"]:
        config["vision_config"]["out_hidden_size"] = text["hidden_size"]
    _settle_positions(text)
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    torch.manual_seed(0)
    model = AutoModelForImageTextToText.from_config(
        AutoConfig.from_pretrained(folder, local_files_only=True)
    )
    model.save_pretrained(folder)
    return folder


def _settle_positions(text: dict[str, object]) -> None:
    """The parts of a head that stand for time, height and width fill half of it together."""
    rope = text.get("rope_parameters")
    if isinstance(rope, dict) and "mrope_section" in rope:
        head = int(str(text.get("head_dim", LARGE["head_dim"])))
        turned = int(head * float(rope.get("partial_rotary_factor", 1)) / 2)
        side = turned // 4
        rope["mrope_section"] = [turned - 2 * side, side, side]
