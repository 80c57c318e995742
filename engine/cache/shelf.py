"""Files that can be made again: so many bytes of them, those used longest ago go first.

"Used" is the time that the file system keeps of a file, set by `touch`. Of files used at the same
time the last by name goes first. Several processes may share a shelf: files are written whole, are
never changed, and may be gone at any time.
"""

from __future__ import annotations

import logging
import os
import shutil
import time
from contextlib import suppress
from threading import RLock
from typing import TYPE_CHECKING

from engine.atomic import UNFINISHED, FileNotWritten, write_atomic

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

log = logging.getLogger(__name__)

SUFFIX = ".safetensors"
# The rest of the disk is the person's.
_SHARE_OF_FREE = 0.1
_LEFT_FREE_BYTES = 2**30
# Room is made for more than the next file, so that it need not be made for each.
_ROOM_SHARE = 1 / 16
_UNFINISHED_FOR_S = 3600.0


class Shelf:
    """Files in the folders of `root`, together at most `most_bytes`, and a share of a free disk."""

    def __init__(self, root: Path, most_bytes: int) -> None:
        """Raises `OSError` where the folder cannot be made."""
        self.root = root
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        root.chmod(0o700)
        self._held = sum(state.st_size for _, state in self._files())
        free = shutil.disk_usage(root).free
        self.most_bytes = min(most_bytes, int((free + self._held) * _SHARE_OF_FREE))
        self._complained = False
        self._lock = RLock()
        self._remove_unfinished()

    def folder(self, name: str) -> Path:
        """A folder for files, made where there is none. Raises `OSError`."""
        folder = self.root / name
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    def write(
        self,
        path: Path,
        parts: Sequence[bytes | memoryview],
        when_ns: int,
        spared: Collection[str] = (),
    ) -> bool:
        """Write a whole file, used at `when_ns`, or nothing; False where there is no room.

        Files with names in `spared` do not go to make room. A disk that refuses is logged once.
        """
        needed = sum(len(part) for part in parts)
        with self._lock:
            try:
                if not self._make_room(needed, spared):
                    return False
                path.parent.mkdir(mode=0o700, exist_ok=True)
                self._held -= path.stat().st_size if path.exists() else 0
                write_atomic(path, *parts)
                self.touch(path, when_ns)
            except (FileNotWritten, OSError) as fault:
                self._complain(fault)
                return False
            self._held += needed
            self._complained = False
            return True

    def touch(self, path: Path, when_ns: int) -> bool:
        """Count `path` as used at `when_ns`; False where it is gone."""
        try:
            os.utime(path, ns=(when_ns, when_ns))
        except OSError:
            return False
        return True

    def remove(self, path: Path) -> None:
        """Remove a file; a system that keeps it because someone reads it is left alone."""
        with self._lock:
            try:
                size = path.stat().st_size
                path.unlink()
            except OSError as fault:
                log.info("%s could not be removed: %s", path.name, fault)
                return
            self._held -= size

    def _make_room(self, needed: int, spared: Collection[str]) -> bool:
        if needed > self.most_bytes:
            return False
        if self._missing(needed) <= 0:
            return True
        files = sorted(self._files(), key=lambda file: file[0].name, reverse=True)
        files.sort(key=lambda file: file[1].st_mtime_ns)
        self._held = sum(state.st_size for _, state in files)
        margin = int(self.most_bytes * _ROOM_SHARE)
        for path, _ in files:
            if self._missing(needed + margin) <= 0:
                break
            if path.name not in spared:
                self.remove(path)
        self._remove_empty_folders()
        return self._missing(needed) <= 0

    def _missing(self, needed: int) -> int:
        """Bytes that have to go before `needed` more may come."""
        free = shutil.disk_usage(self.root).free - _LEFT_FREE_BYTES
        return max(self._held + needed - self.most_bytes, needed - free)

    def _files(self) -> Iterator[tuple[Path, os.stat_result]]:
        for path in self.root.glob(f"*/*{SUFFIX}"):
            with suppress(OSError):
                yield path, path.stat()

    def _remove_unfinished(self) -> None:
        """What a killed process has left; a living one may still be writing what is new."""
        for path in self.root.glob(f"*/.*{UNFINISHED}"):
            with suppress(OSError):
                if time.time() - path.stat().st_mtime > _UNFINISHED_FOR_S:
                    path.unlink()

    def _remove_empty_folders(self) -> None:
        for folder in self.root.iterdir():
            with suppress(OSError):
                folder.rmdir()

    def _complain(self, fault: Exception) -> None:
        if not self._complained:
            self._complained = True
            log.warning("conversations cannot be kept for the next start: %s", fault)


def clear_shelf(root: Path) -> None:
    """Remove everything; where that fails it is logged."""
    try:
        shutil.rmtree(root)
    except FileNotFoundError:
        return
    except OSError as fault:
        log.warning("what was kept for the next start could not be removed: %s", fault)
