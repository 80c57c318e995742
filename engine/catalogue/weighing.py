"""How many numbers a model on this computer has, and how the engine would keep them.

Read from the headers of its weight files: which layers are packed follows from their names and
shapes, as the engine's own plan does from the model itself. The model runtime is not needed, and
the result is an estimate until the model has run.
"""

from __future__ import annotations

import json
import math
import struct
from typing import TYPE_CHECKING

from engine.model.sizes import Counts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.api.requests import WeightsName
    from engine.model.folder import ModelFolder

# Parts of a model that stay as they are: what takes in pictures and sound, and tables of tokens.
_KEPT = (
    "embed",
    "vision",
    "visual",
    "audio",
    "projector",
    "connector",
    "lm_head",
    "mtp.",
    "merger",
)
_MATRIX = 2
# Below it a head is not kept in 8 bits (`engine.model.weights.int8_rows`).
_LEAST_HEAD_VALUES = 4_000_000


def weigh(folder: ModelFolder, weights: WeightsName) -> Counts:
    """The counts of a checked folder, kept as `weights`; raises `OSError` or `ValueError`."""
    if folder.quantisation is not None:
        return Counts(folder.values, saved_bytes=folder.weight_bytes)
    if weights == "full":
        return Counts(folder.values)
    packed = largest = head = 0
    tied = True
    for name, values, dimensions in _tensors(folder):
        if name.endswith("lm_head.weight"):
            head, tied = values, False
        elif name.endswith("embed_tokens.weight") and tied and "mtp" not in name:
            head = values
        if dimensions == _MATRIX and name.endswith(".weight") and not _is_kept(name):
            packed += values
            largest = max(largest, values)
    if weights != "int4pack" or head < _LEAST_HEAD_VALUES:
        head, tied = 0, False
    return Counts(folder.values, packed, largest, head, tied)


def _is_kept(name: str) -> bool:
    return any(part in name for part in _KEPT)


def _tensors(folder: ModelFolder) -> Iterator[tuple[str, int, int]]:
    """Name, count of numbers and dimensions of each tensor."""
    for shard in folder.shards:
        with shard.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            header = json.loads(file.read(length))
        for name, entry in header.items():
            if name != "__metadata__":
                yield name, math.prod(entry["shape"]), len(entry["shape"])
