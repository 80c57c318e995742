"""A checkpoint's tensors under the model's own names, without reading them into memory.

transformers knows how names and shapes of older checkpoints become a model's. It is given tensors
that are mapped from the files, in the files' own number format, so that it copies none of them;
they are read when they are packed or copied, one at a time.
"""

from __future__ import annotations

import copy
import json
import struct
from collections import Counter
from typing import TYPE_CHECKING, Any

import torch
from accelerate import init_empty_weights
from safetensors import safe_open
from transformers import AutoConfig, GenerationConfig
from transformers.utils import logging as transformers_logging

from engine.api.errors import ModelNotUsable
from engine.model.architecture import auto_class
from engine.model.weights.head import attach_mapped_head, take_head_tensors

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from engine.model.device import Placement
    from engine.model.folder import ModelFolder

_FORMATS = {"BF16": torch.bfloat16, "F16": torch.float16, "F32": torch.float32}


def empty_model(folder: ModelFolder, placement: Placement) -> Any:  # noqa: ANN401
    """The folder's architecture: buffers in place, parameters without memory, heads tied."""
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    config = AutoConfig.from_pretrained(folder.path, local_files_only=True, trust_remote_code=False)
    with init_empty_weights(include_buffers=False):
        model = auto_class(config).from_config(
            config,
            dtype=placement.dtype,
            attn_implementation=_attention(config, placement.attention),
            trust_remote_code=False,
        )
    model.tie_weights()
    if (folder.path / "generation_config.json").is_file():
        model.generation_config = GenerationConfig.from_pretrained(
            folder.path, local_files_only=True
        )
    return model.eval().requires_grad_(False)


def _attention(config: Any, wished: str) -> str | dict[str, str]:  # noqa: ANN401
    """Towers for sounds know the plain kind only; Tanka never runs them."""
    if getattr(config, "audio_config", None) is None:
        return wished
    return {"": wished, "audio_config": "eager"}


def tensor_shapes(folder: ModelFolder) -> dict[str, tuple[int, ...]]:
    """The shape of every tensor in the folder's files, by the name it has there."""
    headers = [_header(shard) for shard in folder.shards]
    return {name: tuple(entry["shape"]) for header in headers for name, entry in header.items()}


def mapped_model(folder: ModelFolder, like: Any) -> Any:  # noqa: ANN401
    """The same architecture as `like`, its tensors mapped from the folder's files.

    Layers that were saved in 4-bit by bitsandbytes are its layers. Raises `ModelNotUsable` for
    weights that are missing or have another shape.
    """
    headers = [_header(shard) for shard in folder.shards]
    tensors = _mapped_tensors(folder)
    of_head = take_head_tensors(tensors)
    model, report = type(like).from_pretrained(
        None,
        config=_with_quantisation(like.config, folder),
        state_dict=tensors,
        dtype=_usual_format(headers),
        device_map={"": "cpu"},
        ignore_mismatched_sizes=True,  # they are reported, and refused by name below
        output_loading_info=True,
    )
    _refuse_gaps(folder, report)
    attach_mapped_head(model, like, of_head)
    return model.requires_grad_(False)


def _with_quantisation(config: Any, folder: ModelFolder) -> Any:  # noqa: ANN401
    result = copy.deepcopy(config)
    if folder.quantisation is not None:
        result.quantization_config = copy.deepcopy(folder.config["quantization_config"])
    return result


def _mapped_tensors(folder: ModelFolder) -> dict[str, torch.Tensor]:
    tensors = {}
    for shard in folder.shards:
        with safe_open(shard, framework="pt", backend="mmap") as file:
            for name in file.keys():  # noqa: SIM118 - no mapping
                tensors[name] = file.get_tensor(name)
    return tensors


def _usual_format(headers: list[Mapping[str, Any]]) -> torch.dtype:
    """The number format that most of the files' bytes are in; copies are made of others only."""
    held: Counter[str] = Counter()
    for header in headers:
        for entry in header.values():
            start, end = entry["data_offsets"]
            held[entry["dtype"]] += end - start
    floating = [name for name, _ in held.most_common() if name in _FORMATS]
    return _FORMATS[floating[0]] if floating else torch.float32


def _header(shard: Path) -> Mapping[str, Any]:
    with shard.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header: dict[str, Any] = json.loads(file.read(length))
    header.pop("__metadata__", None)
    return header


def _refuse_gaps(folder: ModelFolder, report: Mapping[str, Any]) -> None:
    """Weights that were not in the files would be random numbers: that is no model."""
    gaps = sorted(str(name) for name in report.get("missing_keys", ()))
    wrong = sorted(str(entry) for entry in report.get("mismatched_keys", ()))
    if gaps or wrong:
        raise ModelNotUsable(
            f"The model in {folder.path} cannot be used: {len(gaps) + len(wrong)} of its "
            f"weights are missing or have the wrong shape, the first is {(gaps + wrong)[0]}.",
            "\n".join(gaps + wrong),
        )
