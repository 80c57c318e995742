"""Is this folder a model we can load? Everything that can be told without loading it.

Only safetensors are read, no code from a folder is ever run, and what is missing is named.
"""

from __future__ import annotations

import json
import math
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.api.errors import ModelNotUsable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_MAX_JSON_BYTES = 64 * 2**20
_MAX_TEMPLATE_BYTES = 2**20
_NAMING_CODE = (
    "config.json",
    "tokenizer_config.json",
    "preprocessor_config.json",
    "processor_config.json",
)
_NOT_AS_IT_SHOULD_BE = (
    ValueError,
    struct.error,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
    RecursionError,
)
_PICKLED = (".bin", ".pt", ".pth", ".ckpt", ".pkl")


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A checked checkpoint folder.

    `weight_bytes` is the size of all shards together, `values` how many numbers they hold.
    `legacy_template` is the chat template of folders that keep it in a file of its own.
    """

    path: Path
    config: Mapping[str, object]
    preprocessor: Mapping[str, object]
    shards: tuple[Path, ...]
    values: int
    legacy_template: str | None = None

    @property
    def model_type(self) -> str:
        """The architecture's name in `config.json`."""
        return str(self.config["model_type"])

    @property
    def saved_as(self) -> str:
        """The number format that `config.json` gives the language part, float32 where none."""
        text = self.config.get("text_config")
        for settings in (text if isinstance(text, dict) else {}, self.config):
            for name in ("dtype", "torch_dtype"):
                if isinstance(settings.get(name), str):
                    return str(settings[name])
        return "float32"

    @property
    def weight_bytes(self) -> int:
        """Size of all weight files together."""
        return sum(shard.stat().st_size for shard in self.shards)

    @property
    def quantisation(self) -> str | None:
        """How the weights were saved quantised, `None` where they were not."""
        saved = self.config.get("quantization_config")
        if saved is None:
            return None
        settings = saved if isinstance(saved, dict) else {}
        method = str(settings.get("quant_method", "unknown"))
        return "bitsandbytes_4bit" if settings.get("load_in_4bit") else method


@dataclass(frozen=True, slots=True)
class ModelPart:
    """A checked folder with weights that belong to another model; `values` as in `ModelFolder`."""

    path: Path
    config: Mapping[str, object]
    shards: tuple[Path, ...]
    values: int


def check_part(path: Path) -> ModelPart:
    """Check a folder with settings and weights only; raises `ModelNotUsable` as `check_folder`."""
    try:
        config = _read_json(path, "config.json")
        _refuse_remote_code(path)
        shards = _weight_files(path)
        return ModelPart(path, config, shards, sum(_check_shard(path, shard) for shard in shards))
    except OSError as error:
        raise _broken(path, "one of its files cannot be read", str(error)) from error


def check_folder(path: Path, *, converses: bool = True) -> ModelFolder:
    """Check `path`; raises `ModelNotUsable` with what is missing or refused.

    A model that `converses` needs a chat template.
    """
    if not path.is_dir():
        raise ModelNotUsable(f"There is no model folder at {path}.")
    try:
        return _check(path, converses=converses)
    except OSError as error:
        raise _broken(path, "one of its files cannot be read", str(error)) from error


def _check(path: Path, *, converses: bool) -> ModelFolder:
    config = _read_json(path, "config.json")
    if not isinstance(config.get("model_type"), str):
        raise _broken(path, "its config.json names no model type")
    _refuse_remote_code(path)
    shards = _weight_files(path)
    values = sum(_check_shard(path, shard) for shard in shards)
    _require(path, "tokenizer.json")
    template = _check_template(path) if converses else None
    preprocessor = _preprocessor(path, needed="vision_config" in config)
    return ModelFolder(path, config, preprocessor, shards, values, template)


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
    except (ValueError, RecursionError) as error:
        raise _broken(path, f"the file {name} is damaged", str(error)) from error
    if not isinstance(content, dict):
        raise _broken(path, f"the file {name} is damaged", "not a JSON object")
    return content


def _refuse_remote_code(path: Path) -> None:
    for name in _NAMING_CODE:
        if (path / name).is_file() and "auto_map" in _read_json(path, name):
            raise _broken(
                path,
                f"it needs to run program code of its own ({name}), and Tanka never does that",
            )


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


def _check_shard(path: Path, shard: Path) -> int:
    """How many numbers a shard holds.

    Its header must be sound and the file exactly as long as it says (a cut download is not).
    """
    size = shard.stat().st_size
    try:
        with shard.open("rb") as file:
            (header_bytes,) = struct.unpack("<Q", file.read(8))
            if not 0 < header_bytes <= min(size - 8, _MAX_JSON_BYTES):
                raise ValueError(f"header of {header_bytes} bytes in a file of {size}")
            header = json.loads(file.read(header_bytes))
        header.pop("__metadata__", None)
        end = max((int(entry["data_offsets"][1]) for entry in header.values()), default=0)
        values = sum(math.prod(entry["shape"]) for entry in header.values())
    except _NOT_AS_IT_SHOULD_BE as error:
        raise _broken(path, f"the file {shard.name} is damaged", str(error)) from error
    if size != 8 + header_bytes + end:
        missing = 8 + header_bytes + end - size
        reason = (
            f"the file {shard.name} is incomplete, {missing:,} bytes are missing"
            if missing > 0
            else f"the file {shard.name} is damaged"
        )
        raise _broken(path, reason, f"{size} bytes, expected {8 + header_bytes + end}")
    return int(values)


def _check_template(path: Path) -> str | None:
    """The template, where it is kept in the older file that the tokenizer does not read."""
    file = path / "chat_template.jinja"
    if file.is_file():
        if file.stat().st_size > _MAX_TEMPLATE_BYTES:
            raise _broken(path, "its chat template is too large to be trusted")
        return None
    inline = _read_json(path, "tokenizer_config.json").get("chat_template")
    legacy = None
    if inline is None and (path / "chat_template.json").is_file():
        inline = legacy = _read_json(path, "chat_template.json").get("chat_template")
    if inline is None:
        raise _broken(path, "it has no chat template, so it was not made for conversations")
    if len(str(inline)) > _MAX_TEMPLATE_BYTES:
        raise _broken(path, "its chat template is too large to be trusted")
    return None if legacy is None else str(legacy)


def _preprocessor(path: Path, *, needed: bool) -> Mapping[str, object]:
    """The image settings; newer folders keep them inside `processor_config.json`.

    Models of text alone have none.
    """
    if (path / "preprocessor_config.json").is_file():
        return _read_json(path, "preprocessor_config.json")
    if (path / "processor_config.json").is_file():
        nested = _read_json(path, "processor_config.json").get("image_processor")
        if isinstance(nested, dict):
            return nested
    if needed:
        raise _broken(path, "the file preprocessor_config.json is missing")
    return {}
