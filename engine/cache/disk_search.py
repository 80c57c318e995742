"""Which pieces on disk make the longest beginning of a prompt? Told by their names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.cache.pieces import Piece, link
from engine.cache.prefix_keys import common_length

if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable, Iterator

    from engine.cache.pieces import PieceIndex

    KeysOf = Callable[[Piece], "array[int]"]


@dataclass(frozen=True, slots=True)
class Found:
    """Pieces in order whose rows make the first `length` tokens, the last used in part perhaps.

    Where there is a piece with a state it comes last, and its state is `beyond` that by so many
    tokens.
    """

    pieces: tuple[Piece, ...] = ()
    length: int = 0
    beyond: int = 0


@dataclass(frozen=True, slots=True)
class Search:
    """A search for the first `at_most` of `keys` among pieces of `tokens` tokens after `root`.

    `keys_of` tells the keys of a piece. Where it `goes_back`, there may be states from which one
    can.
    """

    index: PieceIndex
    root: bytes
    keys: array[int]
    at_most: int
    tokens: int
    keys_of: KeysOf
    goes_back: bool = False

    def longest_cut(self) -> Found:
        """For caches that can be cut anywhere: the last piece may be used in part."""
        pieces = self._whole_pieces()
        end = pieces[-1].own if pieces else self.root
        start = len(pieces) * self.tokens
        rest = self.keys[start : self.at_most]
        best, common = None, 0
        for piece in self.index.following(end):
            length = common_length(self.keys_of(piece), rest)
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
        """For all others: what ends with a state, or can be cut back from one."""
        pieces = self._whole_pieces()
        best = Found()
        for depth in range(len(pieces), -1, -1):
            if best.length >= (depth + 1) * self.tokens:
                break
            before = tuple(pieces[:depth])
            for found in self._states_after(before, last=depth == len(pieces)):
                best = max(best, found, key=lambda found: found.length)
        return best

    def _states_after(self, before: tuple[Piece, ...], *, last: bool) -> Iterator[Found]:
        """What can be made of states that follow `before`, directly or, at the `last`, further."""
        start = len(before) * self.tokens
        rest = self.keys[start : self.at_most]
        for piece in self.index.following(before[-1].own if before else self.root):
            if piece.back == 0:
                if link(piece.parent, rest[: piece.tokens]) == piece.own:
                    yield Found((*before, piece), start + piece.tokens)
                continue
            if self.goes_back and (piece.state or last):
                length = start + common_length(self.keys_of(piece), rest)
                for state in [piece] if piece.state else self._states_below(piece):
                    beyond = state.depth * self.tokens + state.tokens - length
                    if beyond <= (state.back or 0):
                        # Rows of a piece with a state count only as far as they are its own.
                        own = () if piece.state or length == start else (piece,)
                        yield Found((*before, *own, state), length, beyond)

    def _states_below(self, piece: Piece) -> Iterator[Piece]:
        """States that follow `piece`, however far, and can be cut back."""
        waiting = [piece]
        while waiting:
            for following in self.index.following(waiting.pop().own):
                if following.back:
                    yield following
                elif not following.state:
                    waiting.append(following)

    def _whole_pieces(self) -> list[Piece]:
        pieces: list[Piece] = []
        parent = self.root
        for start in range(0, self.at_most - self.tokens + 1, self.tokens):
            own = link(parent, self.keys[start : start + self.tokens])
            piece = Piece(len(pieces), parent, own, self.tokens)
            if piece not in self.index:
                break
            pieces.append(piece)
            parent = own
        return pieces


def _inside_picture(keys: array[int], length: int) -> int:
    """How many of the first `length` keys are of a picture that goes on after them.

    Keys of a picture are negative and count down.
    """
    begin = length
    while 0 < begin < len(keys) and keys[begin] < 0 and keys[begin] == keys[begin - 1] - 1:
        begin -= 1
    return length - begin
