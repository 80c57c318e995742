"""Packed weights kept on disk, so that a model is packed once and not at every start.

A file belongs to exactly one state of a model folder, one backend with its parameters and one
version of this format; anything else is not found. What is damaged is ignored, said in the log and
written anew. The files used longest ago go when there are too many; all can be made again.
"""

from __future__ import annotations

import errno
import hashlib
import json
import logging
import os
import shutil
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.model.weights.stored_file import FileDamaged, read_file, write_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    import torch

    from engine.model.folder import ModelFolder
    from engine.model.weights.base import Told
    from engine.model.weights.stored_file import StoredFile

log = logging.getLogger(__name__)

FORMAT = 1
MOST_BYTES = 24 * 2**30
# Never the last of the disk.
_LEFT_FREE_BYTES = 2**30
_SUFFIX = ".safetensors"
_UNFINISHED = ".tmp"
_UNFINISHED_FOR_S = 24 * 3600
_SAMPLES = 64
_SAMPLE_BYTES = 4_096
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class NotKept(Exception):
    """Weights could not be kept; the text says why, to end a sentence."""


@dataclass(frozen=True, slots=True)
class StoreKey:
    """What a stored file was made from, as JSON."""

    text: str

    @classmethod
    def of(cls, folder: ModelFolder, circumstances: Mapping[str, object]) -> StoreKey:
        """The key of `folder` as it is now under `circumstances`. Raises `OSError`."""
        made_from = {
            "format": FORMAT,
            "shards": [_fingerprint(shard) for shard in folder.shards],
            "config": hashlib.sha256(
                json.dumps(folder.config, sort_keys=True).encode()
            ).hexdigest(),
            **circumstances,
        }
        return cls(json.dumps(made_from, sort_keys=True))

    @property
    def file_name(self) -> str:
        """The name of the file that belongs to this key."""
        return f"{hashlib.sha256(self.text.encode()).hexdigest()[:32]}{_SUFFIX}"


class WeightStore:
    """Files in `folder`, together at most `most_bytes`."""

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._most_bytes = most_bytes

    def size(self, key: StoreKey) -> int:
        """Bytes of the file for `key`, 0 where there is none."""
        try:
            return (self._folder / key.file_name).stat().st_size
        except OSError:
            return 0

    def find(self, key: StoreKey, told: Told) -> StoredFile | None:
        """The checked file for `key`, `None` where there is none that can be used."""
        path = self._folder / key.file_name
        try:
            stored = read_file(path, told)
            made_from, about = json.loads(stored.about)
            if made_from != key.text:
                raise FileDamaged("it was made from something else")
            os.utime(path)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError) as fault:
            log.warning("the weights kept as %s are ignored: %s", path.name, fault)
            return None
        return type(stored)(about, stored.tensors)

    def keep(
        self, key: StoreKey, tensors: Mapping[str, torch.Tensor], about: str, told: Told
    ) -> None:
        """Keep `tensors` and a text `about` them. Raises `NotKept`; `told` may raise to end it."""
        needed = sum(tensor.nbytes for tensor in tensors.values())
        if needed > self._most_bytes:
            raise NotKept("they are larger than all that may be kept")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._make_room(needed)
            self._write(key, tensors, json.dumps([key.text, about]), told)
        except OSError as fault:
            log.warning("packed weights could not be kept", exc_info=True)
            full = fault.errno in _FULL
            raise NotKept("the disk is full" if full else "their folder refuses them") from fault

    def _write(
        self, key: StoreKey, tensors: Mapping[str, torch.Tensor], about: str, told: Told
    ) -> None:
        # Not synced: what a power cut leaves half written is found by its checksum.
        handle, name = tempfile.mkstemp(prefix=".", suffix=_UNFINISHED, dir=self._folder)
        unfinished = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                write_file(file, tensors, about, told)
            unfinished.replace(self._folder / key.file_name)
        except BaseException:
            with suppress(OSError):
                unfinished.unlink()
            raise

    def _make_room(self, needed: int) -> None:
        """Remove what was used longest ago, and what a killed process left half written."""
        now = time.time()
        for path in self._folder.glob(f".*{_UNFINISHED}"):
            if now - path.stat().st_mtime > _UNFINISHED_FOR_S:
                _remove(path)
        kept = {path: path.stat() for path in self._folder.glob(f"*{_SUFFIX}")}
        held = sum(state.st_size for state in kept.values())
        free = shutil.disk_usage(self._folder).free - _LEFT_FREE_BYTES
        for path, state in sorted(kept.items(), key=lambda item: item[1].st_mtime_ns):
            if held + needed <= self._most_bytes and needed <= free:
                return
            if _remove(path):
                log.info("the weights kept as %s made room", path.name)
                held -= state.st_size
                free += state.st_size
        if needed > free:
            raise OSError(errno.ENOSPC, "not enough of the disk is free")


def _remove(path: Path) -> bool:
    """Whether `path` could be removed; Windows keeps files that someone has mapped."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        log.info("%s could not be removed", path.name, exc_info=True)
        return False
    return True


def _fingerprint(shard: Path) -> list[object]:
    """Name, size, time and a checksum of the header and of samples from all over the file.

    Reading all of it would take as long as loading it. Time alone does not tell two models apart:
    installers like to set one time for everything.
    """
    state = shard.stat()
    seen = hashlib.sha256()
    with shard.open("rb") as file:
        start = file.read(8)
        seen.update(start + file.read(int.from_bytes(start, "little")))
        for sample in range(_SAMPLES):
            file.seek(sample * max(0, state.st_size - _SAMPLE_BYTES) // (_SAMPLES - 1))
            seen.update(file.read(_SAMPLE_BYTES))
    return [shard.name, state.st_size, state.st_mtime_ns, seen.hexdigest()]
