"""Pieces of conversations on disk: how they are named, and which of them follow which.

The keys of a prompt are cut into pieces of a fixed number of tokens, and each is named by a digest
of all keys up to its end: equal beginnings are equal names, so conversations share pieces, and the
longest beginning there is is found by walking from name to name. What remains of fewer tokens, and
a state that a model can only return to, are pieces that nothing follows.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from engine.cache.shelf import SUFFIX

if TYPE_CHECKING:
    from array import array
    from pathlib import Path

_DIGEST_BYTES = 16
_NAME = re.compile(
    r"piece-(?P<version>[0-9a-f]{8})-(?P<depth>\d{6})-(?P<parent>[0-9a-f]{32})"
    r"-(?P<own>[0-9a-f]{32})-(?P<tokens>\d+)(?:s(?P<back>\d+))?" + re.escape(SUFFIX)
)


def root_digest(model_key: str) -> bytes:
    """What the first piece of each conversation with a model follows."""
    return hashlib.blake2b(model_key.encode(), digest_size=_DIGEST_BYTES).digest()


def link(parent: bytes, keys: array[int]) -> bytes:
    """The digest of a piece of `keys` that follows `parent`."""
    return hashlib.blake2b(parent + keys.tobytes(), digest_size=_DIGEST_BYTES).digest()


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of `tokens` keys, the `depth`-th from the start; they end at the digest `own`.

    `back` is `None` where it brings no state; else from its state one can go back so many tokens.
    Deeper pieces come later by name, so that they go first.
    """

    depth: int
    parent: bytes
    own: bytes
    tokens: int
    back: int | None = None

    @property
    def state(self) -> bool:
        """Whether it brings a state."""
        return self.back is not None

    def file_name(self, version: str) -> str:
        """The name of its file as `version` writes it: eight hexadecimal digits."""
        mark = "" if self.back is None else f"s{self.back}"
        return (
            f"piece-{version}-{self.depth:06}-{self.parent.hex()}-{self.own.hex()}"
            f"-{self.tokens}{mark}{SUFFIX}"
        )


class PieceIndex:
    """The pieces that one version has in a folder. Safe to use from two threads."""

    def __init__(self) -> None:
        self._by_parent: dict[bytes, set[Piece]] = {}
        self._lock = Lock()

    def __contains__(self, piece: Piece) -> bool:
        with self._lock:
            return piece in self._by_parent.get(piece.parent, ())

    def following(self, parent: bytes) -> list[Piece]:
        """The pieces that follow `parent`."""
        with self._lock:
            return list(self._by_parent.get(parent, ()))

    def add(self, piece: Piece) -> None:
        """Count `piece` in."""
        with self._lock:
            self._by_parent.setdefault(piece.parent, set()).add(piece)

    def discard(self, piece: Piece) -> None:
        """Count `piece` out."""
        with self._lock:
            self._by_parent.get(piece.parent, set()).discard(piece)


def read_indices(folder: Path) -> dict[str, PieceIndex]:
    """The pieces in `folder` by the version that wrote them. No folder holds none."""
    indices: dict[str, PieceIndex] = {}
    for path in folder.glob(f"piece-*{SUFFIX}"):
        found = _NAME.fullmatch(path.name)
        if found is not None:
            indices.setdefault(found["version"], PieceIndex()).add(
                Piece(
                    depth=int(found["depth"]),
                    parent=bytes.fromhex(found["parent"]),
                    own=bytes.fromhex(found["own"]),
                    tokens=int(found["tokens"]),
                    back=None if found["back"] is None else int(found["back"]),
                )
            )
    return indices
