"""Which pieces on disk make the longest beginning of a prompt? Told by their names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.cache.pieces import Piece, link

if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable

    from engine.cache.pieces import PieceIndex

    KeysOf = Callable[[Piece], "array[int]"]


@dataclass(frozen=True, slots=True)
class Found:
    """Pieces in order, the last one used as far as `length` tokens from the start.

    The last may be one with a state, at exactly that length.
    """

    pieces: tuple[Piece, ...] = ()
    length: int = 0


@dataclass(frozen=True, slots=True)
class Search:
    """A search for the first `at_most` of `keys` among pieces of `tokens` tokens after `root`.

    Without `rows`, only pieces with a state are files.
    """

    index: PieceIndex
    root: bytes
    keys: array[int]
    at_most: int
    tokens: int
    rows: bool = True

    def longest_cut(self, keys_of: KeysOf) -> Found:
        """For caches that can be cut anywhere: the last piece may be used in part."""
        pieces = self._whole_pieces()
        end = pieces[-1].own if pieces else self.root
        start = len(pieces) * self.tokens
        rest = self.keys[start : self.at_most]
        best, common = None, 0
        for piece in self.index.following(end):
            length = common_length(keys_of(piece), rest)
            if length > common:
                best, common = piece, length
        if best is None or (common < best.tokens or best.tokens == self.tokens):
            # A place where no turn ended: never inside a picture, which is seen as a whole.
            common -= _inside_picture(self.keys, start + common)
        if best is not None and common > 0:
            return Found((*pieces, best), start + common)
        length = max(0, start + common)
        return Found(tuple(p for p in pieces if p.depth * self.tokens < length), length)

    def longest_state(self) -> Found:
        """For all others: what ends with a state."""
        pieces = self._whole_pieces()
        for depth in range(len(pieces), -1, -1):
            parent = pieces[depth - 1].own if depth else self.root
            start = depth * self.tokens
            fitting = [
                piece
                for piece in self.index.following(parent)
                if piece.state
                and start + piece.tokens <= self.at_most
                and link(parent, self.keys[start : start + piece.tokens]) == piece.own
            ]
            if fitting:
                last = max(fitting, key=lambda piece: piece.tokens)
                before = tuple(pieces[:depth]) if self.rows else ()
                return Found((*before, last), start + last.tokens)
        return Found()

    def _whole_pieces(self) -> list[Piece]:
        pieces: list[Piece] = []
        parent = self.root
        for start in range(0, self.at_most - self.tokens + 1, self.tokens):
            own = link(parent, self.keys[start : start + self.tokens])
            piece = Piece(len(pieces), parent, own, self.tokens)
            if self.rows and piece not in self.index:
                break
            pieces.append(piece)
            parent = own
        return pieces


def common_length(a: array[int], b: array[int]) -> int:
    """How many keys both begin with."""
    if a[: len(b)] == b[: len(a)]:
        return min(len(a), len(b))
    return next(i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y)


def _inside_picture(keys: array[int], length: int) -> int:
    """How many of the first `length` keys are of a picture that goes on after them.

    Keys of a picture are negative and count down.
    """
    begin = length
    while 0 < begin < len(keys) and keys[begin] < 0 and keys[begin] == keys[begin - 1] - 1:
        begin -= 1
    return length - begin
