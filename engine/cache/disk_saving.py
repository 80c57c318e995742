"""What of a cache is to be written, and in which order."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.cache.named_tensors import states_of
from engine.cache.pieces import Piece, link
from engine.cache.thinning import thin

if TYPE_CHECKING:
    from array import array
    from collections.abc import Generator, Mapping

    import torch

    from engine.cache.kv_cache import Checkpoint
    from engine.cache.piece_folder import PieceFolder
    from engine.cache.resting import Resting

# Reading or computing fewer tokens than this takes about as long.
LEAST_TOKENS = 64


@dataclass(frozen=True, slots=True)
class Saving:
    """Writes caches at rest into pieces of `tokens` tokens that follow `root`.

    The states of one conversation take at most `states_bytes`, but for the first and the last.
    Conversations of no more than `least_tokens` are not worth it.
    """

    folder: PieceFolder
    root: bytes
    tokens: int
    states_bytes: int
    least_tokens: int = LEAST_TOKENS

    def save(self, resting: Resting) -> Generator[None, None, None]:
        """Write what is missing, one file a step; end early where the cache rests no more."""
        try:
            yield from self._steps(resting)
        finally:
            resting.end()

    def _steps(self, resting: Resting) -> Generator[None, None, None]:
        keys = resting.keys()
        if keys is None or len(keys) <= self.least_tokens:
            return
        # All pieces count as used at the same time, so that the deepest go first.
        now = time.time_ns()
        ends = [self.root]
        for start in range(0, len(keys) - self.tokens + 1, self.tokens):
            ends.append(link(ends[-1], keys[start : start + self.tokens]))
        whole = [Piece(i, ends[i], ends[i + 1], self.tokens) for i in range(len(ends) - 1)]
        step = _Step(self, resting, keys, {self.folder.file_name(piece) for piece in whole}, now)
        for piece in whole:
            if not step.keep(piece, {}):
                return
            yield
        for length, checkpoint in self._to_return_to(resting):
            start = length - length % self.tokens
            parent = ends[start // self.tokens]
            own = link(parent, keys[start:length])
            back = None
            if checkpoint is not None:
                back = resting.back if length == resting.length else 0
            last = Piece(start // self.tokens, parent, own, length - start, back)
            if not step.keep(last, {} if checkpoint is None else states_of(checkpoint)):
                return
            yield

    def _to_return_to(self, resting: Resting) -> list[tuple[int, Checkpoint | None]]:
        """Lengths that need a piece of their own, the most needed first."""
        if resting.truncates_anywhere:
            return [(resting.length, None)] if resting.length % self.tokens else []
        last = resting.last()
        if last is None:
            return []
        kept = resting.checkpoints() | {last.length: last}
        thin(kept, self.states_bytes)
        return [(n, kept[n]) for n in sorted(kept, reverse=True) if n > self.least_tokens]


@dataclass(frozen=True, slots=True)
class _Step:
    """One saving of one cache; its own pieces are `spared` when room is made."""

    saving: Saving
    resting: Resting
    keys: array[int]
    spared: set[str]
    when_ns: int

    def keep(self, piece: Piece, states: Mapping[str, torch.Tensor]) -> bool:
        """See that `piece` is on disk; False where the rest need not be tried."""
        folder = self.saving.folder
        if any(folder.touch(same, self.when_ns) for same in self._as_good(piece)):
            return True
        start = piece.depth * self.saving.tokens
        keys = self.keys[start : start + piece.tokens]
        rows = self.resting.rows(start, start + len(keys)) if len(keys) else {}
        if rows is None or not folder.write(
            piece, keys, {**rows, **states}, self.spared, self.when_ns
        ):
            return False
        self._remove_outgrown(piece, keys)
        return True

    def _as_good(self, piece: Piece) -> list[Piece]:
        """The piece itself, and states at the same place that go back further."""
        if piece.back is None:
            return [piece]
        others = self.saving.folder.index.following(piece.parent)
        return [
            other
            for other in others
            if other.own == piece.own and other.back is not None and other.back >= piece.back
        ]

    def _remove_outgrown(self, piece: Piece, keys: array[int]) -> None:
        """Remove rows that are the beginning of this piece's rows too, and lesser states here."""
        folder = self.saving.folder
        for other in folder.index.following(piece.parent):
            if other.back is None:
                shorter = other.tokens < piece.tokens
                outgrown = shorter and link(piece.parent, keys[: other.tokens]) == other.own
            else:
                outgrown = other.own == piece.own and other.back < (piece.back or 0)
            if outgrown:
                folder.remove(other)
