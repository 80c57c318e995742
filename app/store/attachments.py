"""The folder of attachments: every file named by the digest of its bytes, kept once, checked.

It knows nothing of conversations; which files are still needed is told to it.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from app.store.errors import DiskFull, LostAttachment, NotWritable
from engine.atomic import UNFINISHED, FileNotWritten, write_atomic

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator
    from pathlib import Path

_DIGEST = re.compile(r"[0-9a-f]{64}")
# A file may be written a while before the message that needs it is saved.
_YOUNG_S = 3600.0
# The disk, a quota, or a limit on the size of files.
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Attachments:
    """Files by their SHA-256, in folders named by its first two digits."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, data: bytes) -> str:
        """Keep `data`, durably, and return its digest in hex; the same bytes are kept once.

        Raises `DiskFull` or `NotWritable`.
        """
        digest = hashlib.sha256(data).hexdigest()
        path = self._path(digest)
        if self._holds(path, data):
            # Wanted again: it must not be swept up before it is referred to.
            with suppress(OSError):
                os.utime(path)
            return digest
        try:
            self.folder.mkdir(mode=0o700, exist_ok=True)
            path.parent.mkdir(mode=0o700, exist_ok=True)
            write_atomic(path, data)
        except OSError as fault:
            raise _not_written(fault, self.folder) from fault
        except FileNotWritten as fault:
            raise _not_written(fault.__cause__, self.folder) from fault
        return digest

    def read(self, digest: str) -> bytes:
        """The bytes with this digest; raises `LostAttachment` where they are not there any more."""
        if not _DIGEST.fullmatch(digest):
            raise LostAttachment("The name of this file in the store is damaged.", repr(digest))
        path = self._path(digest)
        try:
            data = path.read_bytes()
        except FileNotFoundError as fault:
            raise LostAttachment("Its file is missing from the store.", str(path)) from fault
        except OSError as fault:
            raise LostAttachment("Its file in the store cannot be read.", repr(fault)) from fault
        if hashlib.sha256(data).hexdigest() != digest:
            raise LostAttachment("Its file in the store is damaged.", str(path))
        return data

    def remove(self, digests: Iterable[str]) -> None:
        """Let go of these files. One that cannot be removed now is swept up later."""
        for digest in digests:
            if _DIGEST.fullmatch(digest):
                with suppress(OSError):
                    self._path(digest).unlink()

    def sweep(self, needed: Container[str], *, young_s: float = _YOUNG_S) -> int:
        """Remove what is not needed and not just written; returns how many files."""
        before = time.time() - young_s
        swept = 0
        for path in self._files():
            name = path.parent.name + path.name
            ours = _DIGEST.fullmatch(name) or path.name.endswith(UNFINISHED)
            if ours and name not in needed:
                with suppress(OSError):
                    if path.stat().st_mtime <= before:
                        path.unlink()
                        swept += 1
        return swept

    def _path(self, digest: str) -> Path:
        return self.folder / digest[:2] / digest[2:]

    def _files(self) -> Iterator[Path]:
        for folder in sorted(self.folder.glob("[0-9a-f][0-9a-f]")):
            yield from sorted(folder.iterdir())

    @staticmethod
    def _holds(path: Path, data: bytes) -> bool:
        """Whether the file is there and sound; a damaged one is written again."""
        try:
            return path.stat().st_size == len(data) and path.read_bytes() == data
        except OSError:
            return False


def _not_written(fault: BaseException | None, folder: Path) -> DiskFull | NotWritable:
    if isinstance(fault, OSError) and fault.errno in _NO_ROOM:
        return DiskFull(
            "The attachment could not be saved: the disk is full, or a limit on the size of files "
            "is reached. Free some space and try again.",
            repr(fault),
        )
    return NotWritable(
        f"The attachment could not be saved: {folder} does not let your account write. Change its "
        "permissions and try again.",
        repr(fault),
    )
