"""Is a file what the hub says it is?

The hub gives the SHA-256 of large files and git's own checksum, a SHA-1 of a header and the
content, of small ones. Git's is no proof against a forger; it finds damage, which is what is looked
for here. Weights always come with a SHA-256.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from engine.catalogue.files import RemoteFile

_AT_ONCE = 4 * 2**20


def matches(path: Path, file: RemoteFile, told: Callable[[int], None] | None = None) -> bool:
    """Whether the file at `path` is `file`. `told` hears of bytes read, and may raise to end it.

    Raises `OSError` where it cannot be read.
    """
    if not path.is_file() or path.stat().st_size != file.size:
        return False
    if file.sha256 is not None:
        return _digest(path, hashlib.sha256(), told) == file.sha256
    header = f"blob {file.size}\0".encode()
    return _digest(path, hashlib.sha1(header, usedforsecurity=False), told) == file.blob


def sha256_of(path: Path, told: Callable[[int], None] | None = None) -> str:
    """The SHA-256 of a file; raises `OSError`."""
    return _digest(path, hashlib.sha256(), told)


def _digest(path: Path, digest: hashlib._Hash, told: Callable[[int], None] | None) -> str:
    with path.open("rb") as file:
        while piece := file.read(_AT_ONCE):
            digest.update(piece)
            if told is not None:
                told(len(piece))
    return digest.hexdigest()
