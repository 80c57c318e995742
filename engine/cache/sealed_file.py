"""Files that know when they are damaged: safetensors with a checksum of everything in them.

CRC-32, since this guards against disks and power cuts, not against people: whoever can write into
the folder is its owner. It is also the fastest of what Python brings along.
"""

from __future__ import annotations

import json
import os
import sys
import zlib
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# The checksum is always at the same place, so that it can be left out of itself.
_START = b'{"__metadata__":{"crc32":"'
_SUM_AT = 8 + len(_START)
_SUM_END = _SUM_AT + 8
_CHUNK_BYTES = 2**20
_ALIGNED = 8
_DTYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "I64": torch.int64,
    "I32": torch.int32,
    "I16": torch.int16,
    "I8": torch.int8,
    "U8": torch.uint8,
}
_NAMES = {dtype: name for name, dtype in _DTYPES.items()}
_NOT_OURS = (ValueError, KeyError, TypeError, IndexError, AttributeError, RuntimeError)


class Damaged(Exception):
    """A file is not as it was written."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a file says about itself, and its tensors.

    The tensors lie in the reader's buffer: they count until it reads the next file.
    """

    about: Mapping[str, object]
    tensors: Mapping[str, torch.Tensor]


def seal(
    tensors: Mapping[str, torch.Tensor], about: Mapping[str, object]
) -> list[bytes | memoryview]:
    """The parts of a file with `tensors`, which must not change until they are written.

    `about` must be JSON.
    """
    # Wide numbers first, so that each tensor starts at a multiple of its numbers' size.
    names = sorted(tensors, key=lambda name: (-tensors[name].itemsize, name))
    entries: dict[str, object] = {}
    parts: list[bytes | memoryview] = []
    end = 0
    for name in names:
        tensor = tensors[name].detach().cpu().contiguous()
        start, end = end, end + tensor.nbytes
        entries[name] = {
            "dtype": _NAMES[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [start, end],
        }
        if tensor.nbytes:
            parts.append(tensor.reshape(-1).view(torch.uint8).numpy().data)
    head = _head(entries, json.dumps(about))
    checksum = zlib.crc32(head[_SUM_END:], zlib.crc32(head[:_SUM_AT]))
    for part in parts:
        checksum = zlib.crc32(part, checksum)
    return [head[:_SUM_AT] + f"{checksum:08x}".encode() + head[_SUM_END:], *parts]


def _head(entries: Mapping[str, object], about: str) -> bytes:
    metadata = {"crc32": "00000000", "about": about}
    text = json.dumps({"__metadata__": metadata, **entries}, separators=(",", ":")).encode()
    text += b" " * (-len(text) % _ALIGNED)
    return len(text).to_bytes(8, "little") + text


class SealedReader:
    """Reads files, one at a time, into a buffer that grows with the largest of them.

    Not mapped into memory: a disk that fails is an error then, and no end of the process.
    """

    def __init__(self) -> None:
        self._buffer = torch.empty(0, dtype=torch.uint8)

    def read(self, path: Path) -> Sealed:
        """Read all of `path` and check it. Raises `Damaged`, or `OSError`."""
        size = self._fill(path)
        view = self._buffer.numpy().data[:size]
        if bytes(view[8:_SUM_AT]) != _START:
            raise Damaged("it does not begin as it should")
        checksum = zlib.crc32(view[_SUM_END:], zlib.crc32(view[:_SUM_AT]))
        if bytes(view[_SUM_AT:_SUM_END]) != f"{checksum:08x}".encode():
            raise Damaged("its checksum is wrong")
        try:
            about, entries, start = _parse(view)
            data = self._buffer[start:size]
            return Sealed(about, {name: _tensor(data, entry) for name, entry in entries.items()})
        except _NOT_OURS as fault:
            raise Damaged("its header makes no sense") from fault

    def _fill(self, path: Path) -> int:
        with path.open("rb", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            if size > self._buffer.numel():
                self._buffer = torch.empty(size, dtype=torch.uint8)
            view = self._buffer.numpy().data[:size]
            done = 0
            while done < size:
                count = file.readinto(view[done : done + _CHUNK_BYTES])
                if not count:
                    raise Damaged("it ends too early")
                done += count
        return size


def read_ahead(path: Path) -> None:
    """Let the system begin to read `path`, while others are read and checked, where it can."""
    if sys.platform == "linux":
        with suppress(OSError), path.open("rb", buffering=0) as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_WILLNEED)


def peek(path: Path, tensor: str | None = None) -> Sealed:
    """What `path` says about itself, with one tensor at most, unchecked: good for a search only.

    Raises `Damaged`, or `OSError`.
    """
    with path.open("rb") as file:
        try:
            size = os.fstat(file.fileno()).st_size
            head_bytes = int.from_bytes(file.read(8), "little")
            if not 0 < head_bytes <= size - 8:
                raise Damaged("its header is cut off")
            file.seek(0)
            about, entries, start = _parse(memoryview(file.read(8 + head_bytes)))
            if tensor is None:
                return Sealed(about, {})
            begin, end = entries[tensor]["data_offsets"]
            file.seek(start + begin)
            data = torch.frombuffer(bytearray(file.read(end - begin) or b"\0"), dtype=torch.uint8)
            entry = entries[tensor] | {"data_offsets": [0, end - begin]}
            return Sealed(about, {tensor: _tensor(data, entry)})
        except _NOT_OURS as fault:
            raise Damaged("its header makes no sense") from fault


def _parse(view: memoryview) -> tuple[Mapping[str, object], dict[str, dict[str, list[int]]], int]:
    """What the header says: about the file, of each tensor, and where the data begin."""
    start = 8 + int.from_bytes(view[:8], "little")
    entries = json.loads(bytes(view[8:start]))
    about = json.loads(entries.pop("__metadata__")["about"])
    if not isinstance(about, dict):
        raise TypeError(about)
    return about, entries, start


def _tensor(data: torch.Tensor, entry: Mapping[str, list[int]]) -> torch.Tensor:
    begin, end = entry["data_offsets"]
    dtype = _DTYPES[str(entry["dtype"])]
    return data[begin:end].view(dtype).view(entry["shape"])
