"""What a drafting head knows of one conversation, beside the cache of the model it drafts for.

A head reads the model's own hidden states: what the model computed at one token, together with the
token that came next. The model's cache holds one of these and follows every cut and copy with it.
It may have gaps: what the head has not read makes its drafts worse, never an answer wrong, since
the model checks every draft. So nothing is computed for it that the model did not compute anyway,
and of what waits to be read only the last is kept.

What this module must not know: models, and what a token means.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from engine.cache.full import GrowingLayer

if TYPE_CHECKING:
    from collections.abc import Sequence

# So many tokens wait to be read at most. Reading them takes about as long as one step of the model.
_MOST_WAITING = 256


@dataclass(frozen=True, slots=True)
class HiddenRows:
    """What the model computed at the tokens with the numbers `places`, ascending.

    `hidden` has shape (tokens, hidden size), `positions` (rows, tokens), both where the model runs.
    """

    places: Sequence[int]
    hidden: torch.Tensor
    positions: torch.Tensor

    def chosen(self, wanted: Sequence[bool]) -> HiddenRows:
        """The rows for which `wanted` holds."""
        kept = [at for at, want in enumerate(wanted) if want]
        return HiddenRows(
            [self.places[at] for at in kept], self.hidden[kept], self.positions[:, kept]
        )

    def between(self, start: int, end: int) -> HiddenRows:
        """The rows [start, end) of these."""
        return HiddenRows(
            self.places[start:end], self.hidden[start:end], self.positions[:, start:end]
        )


class HeadMemory:
    """Hidden states that wait to be read, and keys and values of what the head has read.

    A token counts as read together with the one after it, so the last token of a conversation
    always waits.
    """

    def __init__(self, most_waiting: int = _MOST_WAITING) -> None:
        self.layer = GrowingLayer()
        self._most_waiting = most_waiting
        self._read: list[int] = []
        self._waiting: deque[HiddenRows] = deque()
        self._tokens_waiting = 0

    @property
    def read(self) -> Sequence[int]:
        """Numbers of the tokens that were read, in the order of `layer`."""
        return self._read

    @property
    def nbytes(self) -> int:
        """Bytes of all of it."""
        return self.layer.nbytes + sum(rows.hidden.nbytes for rows in self._waiting)

    def note(self, start: int, hidden: torch.Tensor, positions: torch.Tensor) -> None:
        """The model has computed the tokens from number `start` on; see `HiddenRows`."""
        self._drop_from(start, start)
        count = len(hidden)
        rows = HiddenRows(range(start, start + count), hidden, positions)
        if count > self._most_waiting:
            rows = rows.between(count - self._most_waiting, count)
            # A part would keep the memory of the whole.
            rows = HiddenRows(rows.places, rows.hidden.clone(), rows.positions)
        self._waiting.append(rows)
        self._tokens_waiting += len(rows.places)
        while (beyond := self._tokens_waiting - self._most_waiting) > 0:
            first = self._waiting.popleft()
            gone = min(beyond, len(first.places))
            if gone < len(first.places):
                self._waiting.appendleft(first.between(gone, len(first.places)))
            self._tokens_waiting -= gone

    def take(self) -> HiddenRows | None:
        """All that waits, which no longer waits then; `None` where nothing does."""
        waiting, self._waiting, self._tokens_waiting = self._waiting, deque(), 0
        if not waiting:
            return None
        return HiddenRows(
            [place for rows in waiting for place in rows.places],
            torch.cat([rows.hidden for rows in waiting]),
            torch.cat([rows.positions for rows in waiting], dim=1),
        )

    def note_read(self, places: Sequence[int]) -> None:
        """`layer` has taken in the tokens `places`, in this order after all others."""
        self._read += places

    def forget_drafted(self) -> None:
        """Drop from `layer` what is not among the tokens that were read."""
        self.layer.truncate(len(self._read))

    def cut(self, length: int) -> None:
        """Follow a conversation that was cut to `length` tokens, after which others may come."""
        self._drop_from(length, length - 1)

    def fork(self, length: int) -> HeadMemory:
        """An independent memory of the first `length` tokens."""
        copy = HeadMemory(self._most_waiting)
        copy.layer = self.layer.fork(len(self._read))
        copy._read = list(self._read)
        copy._waiting = deque(self._waiting)  # nobody writes into these
        copy._tokens_waiting = self._tokens_waiting
        copy.cut(length)
        return copy

    def _drop_from(self, waiting: int, read: int) -> None:
        """Forget tokens that wait from number `waiting` on, and those read from number `read`."""
        while self._waiting and self._waiting[-1].places[-1] >= waiting:
            rows = self._waiting.pop()
            kept = max(0, waiting - rows.places[0])
            if kept:
                self._waiting.append(rows.between(0, kept))
            self._tokens_waiting -= len(rows.places) - kept
        while self._read and self._read[-1] >= read:
            self._read.pop()
        self.forget_drafted()
