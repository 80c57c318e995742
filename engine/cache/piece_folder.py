"""The pieces of one model on a shelf: which there are, reading them checked, writing them."""

from __future__ import annotations

import logging
from array import array
from typing import TYPE_CHECKING

import torch

from engine.cache.pieces import Piece, PieceIndex, read_indices
from engine.cache.sealed_file import Damaged, peek, read_ahead, seal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from engine.cache.maker import Maker
    from engine.cache.sealed_file import Sealed, SealedReader
    from engine.cache.shelf import Shelf

log = logging.getLogger(__name__)

_DAMAGED = "the file that kept them was damaged"
_UNREADABLE = "the file that kept them cannot be read"


class NotUsable(Exception):
    """A piece cannot be used. `reason` ends a sentence; empty where the piece is merely gone."""

    def __init__(self, piece: Piece, reason: str) -> None:
        super().__init__(reason)
        self.piece = piece
        self.reason = reason


class PieceFolder:
    """Read by the engine's thread, written by the saver's."""

    def __init__(self, shelf: Shelf, maker: Maker) -> None:
        self._shelf = shelf
        self._maker = maker
        self._path = shelf.root / maker.folder_name
        self.others = read_indices(self._path)
        self.index = self.others.pop(maker.version, PieceIndex())
        self._refused: set[Piece] = set()
        self._known_keys: dict[Piece, array[int]] = {}

    def file_name(self, piece: Piece) -> str:
        """The name of a piece's file."""
        return piece.file_name(self._maker.version)

    def keys(self, piece: Piece, version: str | None = None) -> array[int]:
        """The keys that a piece says it has, unchecked; none where its file says none."""
        if piece not in self._known_keys:
            path = self._path / piece.file_name(version or self._maker.version)
            try:
                keys = peek(path, "keys").tensors["keys"]
                self._known_keys[piece] = array("q", keys.tolist())
            except (Damaged, OSError):
                return array("q")
        return self._known_keys[piece]

    def announce(self, pieces: Iterable[Piece]) -> None:
        """All of these are going to be read, in this order."""
        for piece in pieces:
            read_ahead(self._path / self.file_name(piece))

    def read(self, piece: Piece, keys: array[int], reader: SealedReader) -> Sealed:
        """All of a piece, which begins with `keys`, checked. Raises `NotUsable`."""
        try:
            sealed = reader.read(self._path / self.file_name(piece))
        except FileNotFoundError as fault:
            raise NotUsable(piece, "") from fault
        except OSError as fault:
            raise NotUsable(piece, _UNREADABLE) from fault
        except Damaged as fault:
            raise NotUsable(piece, _DAMAGED) from fault
        objection = self._maker.objection(sealed.about)
        if objection:
            raise NotUsable(piece, objection)
        if sealed.tensors["keys"][: len(keys)].tolist() != keys.tolist():
            raise NotUsable(piece, _DAMAGED)
        return sealed

    def give_up(self, fault: NotUsable) -> None:
        """Do not look at this piece again; a damaged one is removed."""
        self.index.discard(fault.piece)
        path = self._path / self.file_name(fault.piece)
        if fault.reason:
            log.warning("%s is ignored: %s (%s)", path.name, fault.reason, fault.__cause__)
        if fault.reason == _DAMAGED:
            self._shelf.remove(path)
        else:
            self._refused.add(fault.piece)

    def touch(self, piece: Piece, when_ns: int) -> bool:
        """Count a piece as used; False where there is none that can be used."""
        if piece not in self.index:
            return False
        return self._shelf.touch(self._path / self.file_name(piece), when_ns)

    def write(
        self,
        piece: Piece,
        keys: array[int],
        tensors: Mapping[str, torch.Tensor],
        spared: Collection[str],
        when_ns: int,
    ) -> bool:
        """Write a piece of `keys`; False where there is no room without files in `spared`."""
        own_keys = torch.tensor(keys.tolist(), dtype=torch.int64)
        parts = seal({"keys": own_keys, **tensors}, self._maker.about())
        path = self._path / self.file_name(piece)
        if not self._shelf.write(path, parts, when_ns, spared):
            return False
        self.index.add(piece)
        return True

    def remove(self, piece: Piece) -> None:
        """Remove a piece."""
        self.index.discard(piece)
        self._shelf.remove(self._path / self.file_name(piece))
