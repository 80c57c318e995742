"""Which model is this? A key that changes whenever anything would be computed differently.

Reading all weights would take as long as loading them. So of every tensor two samples are taken,
and of the files their sizes and times: training changes every tensor, and copying one model over
another changes at least one of all these.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import torch
import transformers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import BinaryIO

    from engine.api.events import ModelInfo

_SAMPLE_BYTES = 64
_MAX_HEADER_BYTES = 64 * 2**20


def model_key(info: ModelInfo, image_settings_key: str) -> str:
    """The key of the model in `info.folder`, as it runs now. Raises `OSError` or `ValueError`."""
    folder = info.folder
    content = hashlib.blake2b(digest_size=16)
    for path in sorted(folder.iterdir()):
        if path.suffix == ".safetensors":
            content.update(_of_weights(path))
        elif path.suffix in {".json", ".jinja", ".model", ".txt"}:
            content.update(_framed(path.name.encode()) + _framed(path.read_bytes()))
    circumstances: Mapping[str, object] = {
        "content": content.hexdigest(),
        "weights": info.weights,
        "dtype": info.dtype,
        "device": info.device,
        "attention": info.attention,
        "kv": info.kv,
        "images": image_settings_key,
        "torch": _minor(torch.__version__),
        "transformers": _minor(transformers.__version__),
    }
    return json.dumps(circumstances, sort_keys=True)


def _of_weights(path: Path) -> bytes:
    """A digest of name, size, time, header, and the first and middle bytes of each tensor."""
    state = path.stat()
    seen = hashlib.blake2b(digest_size=16)
    seen.update(_framed(json.dumps([path.name, state.st_size, state.st_mtime_ns]).encode()))
    with path.open("rb") as file:
        header = _header(file)
        seen.update(_framed(header))
        start = 8 + len(header)
        for name, entry in sorted(json.loads(header).items()):
            if name != "__metadata__":
                begin, end = entry["data_offsets"]
                for place in (begin, (begin + end) // 2):
                    file.seek(start + place)
                    seen.update(file.read(min(_SAMPLE_BYTES, end - place)))
    return seen.digest()


def _header(file: BinaryIO) -> bytes:
    size = int.from_bytes(file.read(8), "little")
    if size > _MAX_HEADER_BYTES:
        raise ValueError(f"a header of {size} bytes")
    return file.read(size)


def _framed(data: bytes) -> bytes:
    return len(data).to_bytes(8, "big") + data


def _minor(version: str) -> str:
    return ".".join(version.split("+")[0].split(".")[:2])
