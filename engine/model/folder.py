"""Is this folder a model we can load? Everything that can be told without loading it.

Only safetensors are read, no code from a folder is ever run, and what is missing is named.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.api.errors import ModelNotUsable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_MAX_JSON_BYTES = 64 * 2**20
_MAX_TEMPLATE_BYTES = 2**20
_PICKLED = (".bin", ".pt", ".pth", ".ckpt", ".pkl")


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A checked checkpoint folder. `weight_bytes` is the size of all shards together."""

    path: Path
    config: Mapping[str, object]
    preprocessor: Mapping[str, object]
    shards: tuple[Path, ...]

    @property
    def model_type(self) -> str:
        """The architecture's name in `config.json`."""
        return str(self.config["model_type"])

    @property
    def weight_bytes(self) -> int:
        """Size of all weight files together."""
        return sum(shard.stat().st_size for shard in self.shards)

    @property
    def prequantised(self) -> bool:
        """Whether the weights were saved quantised."""
        return "quantization_config" in self.config


def check_folder(path: Path) -> ModelFolder:
    """Check `path`; raises `ModelNotUsable` with what is missing or refused."""
    if not path.is_dir():
        raise ModelNotUsable(f"There is no model folder at {path}.")
    config = _read_json(path, "config.json")
    if not isinstance(config.get("model_type"), str):
        raise _broken(path, "its config.json names no model type")
    _refuse_remote_code(path, config)
    shards = _weight_files(path)
    for shard in shards:
        _check_shard(path, shard)
    _require(path, "tokenizer.json")
    _check_template(path)
    return ModelFolder(path, config, _preprocessor(path), shards)


def _broken(path: Path, reason: str, details: str = "") -> ModelNotUsable:
    return ModelNotUsable(f"The model in {path} cannot be used: {reason}.", details)


def _require(path: Path, name: str) -> Path:
    file = path / name
    if not file.is_file():
        raise _broken(path, f"the file {name} is missing")
    return file


def _read_json(path: Path, name: str) -> Mapping[str, object]:
    file = _require(path, name)
    if file.stat().st_size > _MAX_JSON_BYTES:
        raise _broken(path, f"the file {name} is too large to be what it should be")
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise _broken(path, f"the file {name} is damaged", str(error)) from error
    if not isinstance(content, dict):
        raise _broken(path, f"the file {name} is damaged", "not a JSON object")
    return content


def _refuse_remote_code(path: Path, config: Mapping[str, object]) -> None:
    if "auto_map" in config:
        raise _broken(path, "it needs to run program code of its own, and Tanka never does that")


def _weight_files(path: Path) -> tuple[Path, ...]:
    index = path / "model.safetensors.index.json"
    if index.is_file():
        weight_map = _read_json(path, index.name).get("weight_map")
        if not isinstance(weight_map, dict) or not weight_map:
            raise _broken(path, f"the file {index.name} is damaged", "no weight_map")
        names = sorted({str(name) for name in weight_map.values()})
        if any("/" in name or "\\" in name for name in names):
            raise _broken(path, f"the file {index.name} points outside the folder")
        return tuple(_require(path, name) for name in names)
    if (path / "model.safetensors").is_file():
        return (path / "model.safetensors",)
    pickled = sorted(file.name for file in path.iterdir() if file.suffix in _PICKLED)
    if pickled:
        raise _broken(
            path,
            f"its weights ({pickled[0]}) are in a format that can run hidden code when read. "
            "Get the model in safetensors format instead",
        )
    raise _broken(path, "the file model.safetensors is missing")


def _check_shard(path: Path, shard: Path) -> None:
    """The header must be sound and the file exactly as long as it says (a cut download is not)."""
    size = shard.stat().st_size
    try:
        with shard.open("rb") as file:
            (header_bytes,) = struct.unpack("<Q", file.read(8))
            if not 0 < header_bytes <= min(size - 8, _MAX_JSON_BYTES):
                raise ValueError(f"header of {header_bytes} bytes in a file of {size}")
            header = json.loads(file.read(header_bytes))
        end = max(
            (
                int(entry["data_offsets"][1])
                for name, entry in header.items()
                if name != "__metadata__"
            ),
            default=0,
        )
    except (ValueError, OSError, struct.error, KeyError, TypeError, IndexError) as error:
        raise _broken(path, f"the file {shard.name} is damaged", str(error)) from error
    if size != 8 + header_bytes + end:
        missing = 8 + header_bytes + end - size
        reason = (
            f"the file {shard.name} is incomplete, {missing:,} bytes are missing"
            if missing > 0
            else f"the file {shard.name} is damaged"
        )
        raise _broken(path, reason, f"{size} bytes, expected {8 + header_bytes + end}")


def _check_template(path: Path) -> None:
    file = path / "chat_template.jinja"
    if file.is_file():
        if file.stat().st_size > _MAX_TEMPLATE_BYTES:
            raise _broken(path, "its chat template is too large to be trusted")
        return
    inline = _read_json(path, "tokenizer_config.json").get("chat_template")
    legacy = path / "chat_template.json"
    if inline is None and not legacy.is_file():
        raise _broken(path, "it has no chat template, so it was not made for conversations")
    if len(str(inline)) > _MAX_TEMPLATE_BYTES:
        raise _broken(path, "its chat template is too large to be trusted")


def _preprocessor(path: Path) -> Mapping[str, object]:
    """The image settings; newer folders keep them inside `processor_config.json`."""
    if (path / "preprocessor_config.json").is_file():
        return _read_json(path, "preprocessor_config.json")
    if (path / "processor_config.json").is_file():
        nested = _read_json(path, "processor_config.json").get("image_processor")
        if isinstance(nested, dict):
            return nested
    raise _broken(path, "the file preprocessor_config.json is missing")
