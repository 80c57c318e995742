"""Counts what follows from the facts in `resources/catalogue.json`, and writes it beside them.

    python packaging/catalogue/counts.py

From each entry's config the model is built without memory, and the engine's own packing plan says
how many of its numbers are kept how. Sizes on disk and the memory that packing takes follow.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import torch

from engine.model.device import Placement
from engine.model.families.table import FAMILIES
from engine.model.folder import ModelFolder
from engine.model.weights.read import prepare_weights

CATALOGUE = Path(__file__).parents[2] / "resources" / "catalogue.json"
_NF4_BYTES = 0.5 + 1 / 64 + 4 / 16_384
_NUMBER_BYTES = {"bfloat16": 2, "float32": 4}
# What a tokenizer and its settings take beside the weights, where the files are not listed.
_BESIDE_BYTES = 16 * 2**20
_PLACES = {"bnb_nf4": "cuda", "int4pack": "cpu"}


def main() -> None:
    """Fill in what follows."""
    content = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    for entry in content["models"]:
        entry["parameters"], entry["counts"] = counts(entry["config"])
        entry["figures"] = figures(entry)
        print(f"{entry['id']}: {entry['parameters']:,} parameters, {entry['figures']}")
    text = json.dumps(content, indent=1, ensure_ascii=False)
    CATALOGUE.write_text(f"{text}\n", encoding="utf-8")


def counts(config: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """How many numbers a model of `config` has, and how many each backend keeps how."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place)
        (path / "config.json").write_text(json.dumps(config), encoding="utf-8")
        folder = ModelFolder(path, config, {}, (), 0)
        family = FAMILIES[config["model_type"]](config, {})
        found, parameters = {}, 0
        for weights, device in _PLACES.items():
            placement = Placement(torch.device(device), "", torch.bfloat16, "eager", weights, "")
            prepared = prepare_weights(folder, family, placement)
            parameters = prepared.parameters
            found[weights] = {
                "packed": prepared.packed_values,
                "largest": prepared.largest_matrix,
                "head": prepared.head_values,
                "tied": prepared.tied,
            }
    return parameters, found


def figures(entry: dict[str, Any]) -> dict[str, int]:
    """The four figures where the published weights are packed here, in bytes."""
    whole = entry["downloads"][-1]
    if whole["basis"] == "counted" and whole["bytes"] is None:
        whole["bytes"] = entry["parameters"] * _NUMBER_BYTES[whole["numbers"]] + _BESIDE_BYTES
    packed = entry["counts"]["bnb_nf4"]["packed"]
    others = (entry["parameters"] - packed) * _NUMBER_BYTES["bfloat16"]
    kept = int(packed * _NF4_BYTES) + others + _BESIDE_BYTES
    largest = entry["counts"]["bnb_nf4"]["largest"] * _NUMBER_BYTES[whole["numbers"]]
    return {
        "download": whole["bytes"],
        "kept": kept,
        "peak_disk": whole["bytes"] + kept,
        "peak_memory": kept + largest,
    }


if __name__ == "__main__":
    main()
