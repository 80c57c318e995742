"""Prefixes on disk, so that conversations open warm after a restart.

Rows of full-attention layers lie in pieces of so many tokens, each written once. A state at a
length, for caches that cannot be cut anywhere, lies with the remaining rows before it in a piece
of its own. What is found is read whole and checked before any of it is used; what cannot be used
costs time to compute again, and nothing else.
"""

from __future__ import annotations

import time
from array import array
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from engine.cache.disk_saving import LEAST_TOKENS, Saving
from engine.cache.disk_search import Found, Search
from engine.cache.maker import OTHER_VERSION
from engine.cache.named_tensors import checkpoint_of, put_rows
from engine.cache.notes import CHOSEN_PLACES, read_again
from engine.cache.piece_folder import NotUsable, PieceFolder
from engine.cache.pieces import root_digest
from engine.cache.resting import Resting
from engine.cache.sealed_file import SealedReader

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from engine.cache.kv_cache import Checkpoint, KVCache
    from engine.cache.maker import Maker
    from engine.cache.pieces import PieceIndex
    from engine.cache.saver import Job, Saver
    from engine.cache.shelf import Shelf

PIECE_TOKENS = 256
# The share of the shelf that the states of one conversation may take.
_STATES_SHARE = 1 / 8


@dataclass(frozen=True, slots=True)
class Resumed:
    """A cache read from disk that holds `length` tokens, `None` where nothing was worth it.

    `note` says why it is fewer than there were, if so.
    """

    cache: KVCache | None
    length: int
    checkpoints: dict[int, Checkpoint]
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Missed:
    """So many tokens are on disk, but not all of them are of use, for a `reason`."""

    length: int = 0
    reason: str = ""


class DiskStore:
    """The pieces of one model on a shelf. `resume` reads at once, `rest` writes when it is quiet.

    To be used on one thread; the saver's does the writing.
    """

    def __init__(
        self,
        shelf: Shelf,
        maker: Maker,
        saver: Saver,
        *,
        piece_tokens: int = PIECE_TOKENS,
        least_tokens: int = LEAST_TOKENS,
    ) -> None:
        self._maker = maker
        self._saver = saver
        self._tokens = piece_tokens
        self._least_tokens = least_tokens
        self._root = root_digest(maker.model_key)
        self._folder = PieceFolder(shelf, maker)
        self._saving = Saving(
            self._folder,
            self._root,
            piece_tokens,
            int(shelf.most_bytes * _STATES_SHARE),
            least_tokens,
        )
        self._jobs: dict[Resting, Job] = {}

    def resume(self, keys: Sequence[int], beyond: int, new_cache: Callable[[], KVCache]) -> Resumed:
        """The longest beginning of `keys`, at least one short of them, and worth it `beyond`."""
        least = beyond + self._least_tokens
        nothing = Resumed(None, beyond, {})
        if len(keys) - 1 <= least:
            return nothing
        packed = array("q", keys)
        reader = SealedReader()
        missed = _Missed()
        resumed = nothing
        while (found := self._find(self._folder.index, packed)).length > least:
            try:
                resumed = self._load(found, packed, new_cache(), reader)
                break
            except NotUsable as fault:
                missed = missed if missed.reason else _Missed(found.length, fault.reason)
                self._folder.give_up(fault)
        if not missed.reason:
            missed = self._missed(packed, max(resumed.length, least))
        note = read_again(missed.length - resumed.length, missed.reason)
        return Resumed(resumed.cache, resumed.length, resumed.checkpoints, note)

    def reusable(self, keys: Sequence[int], beyond: int) -> int:
        """How many of `keys` `resume` would find, if the files are sound; else `beyond`."""
        least = beyond + self._least_tokens
        if len(keys) - 1 <= least:
            return beyond
        found = self._find(self._folder.index, array("q", keys)).length
        return found if found > least else beyond

    def rest(
        self, cache: KVCache, keys: Sequence[int], checkpoints: Mapping[int, Checkpoint]
    ) -> Resting:
        """Write what is not on disk yet of `cache`, as long as it rests."""
        self._jobs = {resting: job for resting, job in self._jobs.items() if not job.done}
        resting = Resting(cache, keys, checkpoints)
        self._jobs[resting] = self._saver.submit(self._saving.save(resting))
        return resting

    def let_go(self, resting: Resting, budget_bytes: int) -> None:
        """Memory needs the place of a cache: write it now, and give up older ones beyond a budget.

        Until it is written the cache stays in memory.
        """
        job = self._jobs.get(resting)
        if job is not None:
            self._saver.hurry(job)
        waiting = [other for other, job in self._jobs.items() if job.urgent and not other.ended]
        while len(waiting) > 1 and sum(other.nbytes for other in waiting) > budget_bytes:
            waiting.pop(0).end()

    def clear(self) -> None:
        """Give up everything that is not written yet; its memory is free at once."""
        for resting in self._jobs:
            resting.end()
        self._jobs.clear()

    def _search(self, index: PieceIndex, keys: array[int], version: str | None = None) -> Search:
        return Search(
            index,
            self._root,
            keys,
            at_most=len(keys) - 1,
            tokens=self._tokens,
            keys_of=partial(self._folder.keys, version=version),
            goes_back=all(kind.name != "linear" for kind in self._maker.kinds),
        )

    def _find(self, index: PieceIndex, keys: array[int], version: str | None = None) -> Found:
        search = self._search(index, keys, version)
        return search.longest_cut() if self._maker.truncates_anywhere else search.longest_state()

    def _missed(self, keys: array[int], length: int) -> _Missed:
        """What of `keys` is on disk beyond `length`, and why it is of no use."""
        others = self._folder.others.items()
        other = max((self._find(index, keys, name).length for name, index in others), default=0)
        if other > length:
            return _Missed(other, OTHER_VERSION)
        if self._maker.truncates_anywhere:
            return _Missed()
        common = self._search(self._folder.index, keys).longest_cut()
        return _Missed(common.length, CHOSEN_PLACES) if common.length > length else _Missed()

    def _load(
        self, found: Found, keys: array[int], cache: KVCache, reader: SealedReader
    ) -> Resumed:
        """Raises `NotUsable` with the first piece that cannot be used."""
        now = time.time_ns()
        device = self._maker.device
        checkpoints: dict[int, Checkpoint] = {}
        cache.reserve(len(keys))
        self._folder.announce(found.pieces)
        for piece in found.pieces:
            start = piece.depth * self._tokens
            used = max(0, min(piece.tokens, found.length - start))
            sealed = self._folder.read(piece, keys[start : start + used], reader)
            if used:
                put_rows(cache, sealed.tensors, used, device)
            if piece.state:
                checkpoint = checkpoint_of(
                    self._maker.kinds, found.length, sealed.tensors, device, found.beyond
                )
                cache.restore(checkpoint)
                checkpoints[found.length] = checkpoint
            self._folder.touch(piece, now)
        return Resumed(cache, found.length, checkpoints)
