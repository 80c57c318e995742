"""One file of kept weights: safetensors with a checksum, written piece by piece.

safetensors' own writer holds a second copy of all tensors while it writes; this one holds none.
"""

from __future__ import annotations

import json
import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import torch
from safetensors import SafetensorError, safe_open

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from engine.model.weights.base import Told

_PIECE_BYTES = 4 * 2**20
_ALIGNED = 64
_MAX_HEADER_BYTES = 64 * 2**20
_NO_CHECKSUM = "00000000"
_DTYPES = {
    torch.float64: "F64",
    torch.float32: "F32",
    torch.bfloat16: "BF16",
    torch.float16: "F16",
    torch.int64: "I64",
    torch.int32: "I32",
    torch.int16: "I16",
    torch.int8: "I8",
    torch.uint8: "U8",
    torch.bool: "BOOL",
}


class FileDamaged(ValueError):
    """A file of kept weights is not as it was written."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """Tensors that stay mapped from the file, and what was written about them."""

    about: str
    tensors: Mapping[str, torch.Tensor]


def write_file(file: BinaryIO, tensors: Mapping[str, torch.Tensor], about: str, told: Told) -> None:
    """Write all to `file`, from its beginning; `told` hears of each piece's bytes."""
    # Wide numbers first, so that every tensor starts at a multiple of its numbers' size.
    names = sorted(tensors, key=lambda name: (-tensors[name].itemsize, name))
    header = _header(names, tensors, about, _NO_CHECKSUM)
    file.write(header)
    checksum = zlib.crc32(about.encode())
    for name in names:
        for piece in _pieces(tensors[name]):
            file.write(piece)
            checksum = zlib.crc32(piece, checksum)
            told(len(piece))
    file.seek(0)
    file.write(_header(names, tensors, about, f"{checksum:08x}"))


def read_file(path: Path, told: Told) -> StoredFile:
    """Read `path` once to check it, and map its tensors.

    Raises `FileDamaged`, or `OSError` where it cannot be read.
    """
    try:
        with safe_open(path, framework="pt", backend="mmap") as mapped:
            about = (mapped.metadata() or {})["about"]
            expected = mapped.metadata()["crc32"]
            tensors = {name: mapped.get_tensor(name) for name in mapped.keys()}  # noqa: SIM118
        found = _checksum(path, about, told)
    except (SafetensorError, KeyError, ValueError, struct.error) as fault:
        raise FileDamaged(repr(fault)) from fault
    if found != expected:
        raise FileDamaged(f"its checksum is {found}, not {expected}")
    return StoredFile(about, tensors)


def _header(
    names: list[str], tensors: Mapping[str, torch.Tensor], about: str, checksum: str
) -> bytes:
    """The file's beginning, its length included; as long for any checksum."""
    content: dict[str, object] = {"__metadata__": {"about": about, "crc32": checksum}}
    at = 0
    for name in names:
        tensor = tensors[name]
        content[name] = {
            "dtype": _DTYPES[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [at, at + tensor.nbytes],
        }
        at += tensor.nbytes
    text = json.dumps(content).encode()
    text += b" " * (-(len(text) + 8) % _ALIGNED)
    return struct.pack("<Q", len(text)) + text


def _pieces(tensor: torch.Tensor) -> Iterator[memoryview]:
    flat = tensor.detach().cpu().contiguous().reshape(-1)
    data = flat.view(torch.uint8).numpy().data
    for start in range(0, len(data), _PIECE_BYTES):
        yield data[start : start + _PIECE_BYTES]


def _checksum(path: Path, about: str, told: Told) -> str:
    checksum = zlib.crc32(about.encode())
    with path.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        if length > _MAX_HEADER_BYTES:
            raise FileDamaged(f"a header of {length} bytes")
        file.seek(8 + length)
        while piece := file.read(_PIECE_BYTES):
            checksum = zlib.crc32(piece, checksum)
            told(len(piece))
    return f"{checksum:08x}"
