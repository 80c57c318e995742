"""A tiny checkpoint with language layers of another size."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from transformers import AutoConfig, AutoModelForImageTextToText, AutoTokenizer

from engine.bench.checkpoints.saving import save_model

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def resize(folder: Path, sizes: Mapping[str, object], *, seed: int = 0) -> Path:
    """Give the checkpoint in `folder` language layers of these sizes, and new random weights.

    `sizes` are settings of its `text_config`; those that the family does not have are left out.
    Where they name no `layer_types`, those that it has are repeated in their order.
    """
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    text = config["text_config"]
    kinds = text.get("layer_types")
    text.update({name: value for name, value in sizes.items() if name in text})
    if kinds and "layer_types" not in sizes:
        text["layer_types"] = [kinds[at % len(kinds)] for at in range(text["num_hidden_layers"])]
    if "out_hidden_size" in config["vision_config"]:
        config["vision_config"]["out_hidden_size"] = text["hidden_size"]
    _settle_positions(text)
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    save_model(
        AutoModelForImageTextToText.from_config,
        AutoConfig.from_pretrained(folder, local_files_only=True),
        folder,
        AutoTokenizer.from_pretrained(folder, local_files_only=True),
        seed,
    )
    return folder


def _settle_positions(text: dict[str, object]) -> None:
    """The parts of a head that stand for time, height and width fill half of it together."""
    rope = text.get("rope_parameters")
    if not isinstance(rope, dict) or "mrope_section" not in rope:
        return
    usual = int(str(text["hidden_size"])) // int(str(text["num_attention_heads"]))
    head = int(str(text.get("head_dim", usual)))
    turned = int(head * float(rope.get("partial_rotary_factor", 1)) / 2)
    side = turned // 4
    rope["mrope_section"] = [turned - 2 * side, side, side]
