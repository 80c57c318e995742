"""Prefixes kept between turns: which cache already holds the start of this prompt?

A prompt is identified by its keys: token ids, and at image positions numbers made from the
picture's content. A lease takes the best entry out, cuts it to the common prefix, and puts it back
under its new keys when the turn ends, by cancel too. After a fault it is put back as far as it is
surely whole. What is lost is lost with a reason, which the next lease tells.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING

from engine.cache.disk_store import Resumed
from engine.cache.given_up import FAULT, IN_USE, MEMORY, OTHERS, GivenUp
from engine.cache.kv_cache import Checkpoint, KVCache
from engine.cache.notes import CHOSEN_PLACES, read_again
from engine.cache.prefix_keys import common_length
from engine.cache.thinning import thin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from engine.cache.disk_store import DiskStore
    from engine.cache.resting import Resting

# The share of the budget that one conversation's checkpoints may take.
_CHECKPOINT_SHARE = 0.25
# The share that those may take besides which have to go and are still being written.
_LEAVING_SHARE = 0.25


@dataclass(slots=True)
class Lease:
    """A cache in use by one turn. `keys` names every token the cache holds, and may name more.

    `reused` is how many tokens of the prompt were found computed. `note` says why it is fewer than
    the prompt has in common with what was kept, and is empty otherwise. Where the cache will not be
    `kept`, no checkpoint is worth its while. `resting` is what may be read of the cache while no
    turn uses it.
    """

    cache: KVCache
    keys: list[int]
    checkpoints: dict[int, Checkpoint] = field(default_factory=dict)
    reused: int = 0
    note: str = ""
    kept: bool = True
    resting: Resting | None = None
    _prompt_end: int | None = field(default=None, init=False)

    def checkpoint(self) -> None:
        """Remember the present length; free for caches that can be cut anywhere."""
        if not self.cache.truncates_anywhere:
            self.checkpoints[self.cache.length] = self.cache.checkpoint()

    def note_prompt_end(self) -> None:
        """The prompt is read: see that another answer to it will cost one token."""
        before_last = self.cache.length - 1
        self._prompt_end = None
        if self.cache.truncates_anywhere or before_last in self.checkpoints:
            return
        if before_last > 0 and self.cache.can_truncate(before_last):
            self.checkpoints[before_last] = self.cache.checkpoint(back=1)
            self._prompt_end = before_last

    def rest(self) -> None:
        """The turn has ended. Where there is a shorter way back, a state need not be held."""
        del self.keys[self.cache.length :]
        if self._prompt_end is not None and self.cache.can_truncate(self._prompt_end):
            self.checkpoints.pop(self._prompt_end, None)
        self._prompt_end = None
        self.checkpoint()

    def usable(self, common: int) -> int:
        """The longest length up to `common` that the cache can be brought back to."""
        if self.cache.can_truncate(common):
            return common
        return max((n for n in self.checkpoints if n <= common), default=0)

    def wake(self) -> None:
        """From here on the cache changes: nobody else may read it."""
        if self.resting is not None:
            self.resting.end()
            self.resting = None

    @property
    def nbytes(self) -> int:
        """Bytes held by the cache and its checkpoints."""
        return self.cache.nbytes + sum(c.nbytes for c in self.checkpoints.values())


class PrefixStore:
    """Caches of recent conversations, the least recent dropped beyond `budget_bytes` together.

    With a `disk`, all of them are written there in the background, and found there again.
    """

    def __init__(
        self, new_cache: Callable[[], KVCache], budget_bytes: int, disk: DiskStore | None = None
    ) -> None:
        self._new_cache = new_cache
        self._budget_bytes = budget_bytes
        self._disk = disk
        self._kept: list[Lease] = []
        self._in_use: list[Lease] = []
        self._given_up = GivenUp()

    @property
    def nbytes(self) -> int:
        """Bytes of everything kept."""
        return sum(lease.nbytes for lease in self._kept)

    def clear(self) -> None:
        """Forget everything, but for what is on disk: there is no memory for it."""
        for lease in self._kept:
            lease.wake()
            self._given_up.add(lease.keys, MEMORY)
        self._kept.clear()
        if self._disk is not None:
            self._disk.clear()

    def reusable(self, keys: Sequence[int]) -> int:
        """How many of `keys` a lease would find computed; nothing is taken or changed.

        Of a turn that runs, what it has computed so far counts as well: it is put back at its end.
        """
        keys = list(keys)  # as those that are kept are: pieces of both are compared whole
        most = len(keys) - 1
        kept = [lease.usable(min(common_length(lease.keys, keys), most)) for lease in self._kept]
        running = [
            lease.usable(min(common_length(lease.keys[: lease.cache.surely_held], keys), most))
            for lease in self._in_use
        ]
        beyond = max((0, *kept, *running))
        return beyond if self._disk is None else self._disk.reusable(keys, beyond)

    @contextmanager
    def lease(self, keys: Sequence[int], *, aside: bool = False) -> Iterator[Lease]:
        """A cache that holds the longest usable prefix of `keys`, at least one key short of it.

        With `aside` what is kept stays as it was: the turn runs on a copy, or is taken back.
        """
        lease = self._take(list(keys), copying=aside)
        way_back = _WayBack(lease) if aside and lease.reused else None
        self._in_use.append(lease)
        try:
            yield lease
        except GeneratorExit:
            # The turn was closed between two steps, where its cache is whole.
            self._end(lease, way_back)
            raise
        except Exception as fault:
            self._rescue(lease, way_back, fault)
            raise
        self._end(lease, way_back)

    def _end(self, lease: Lease, way_back: _WayBack | None) -> None:
        self._in_use.remove(lease)
        if way_back is not None:
            way_back.go()
        self._put_back(lease)

    def _rescue(self, lease: Lease, way_back: _WayBack | None, fault: Exception) -> None:
        """Put back what of `lease` is surely whole after `fault`."""
        sure = lease.keys[: lease.cache.surely_held]
        places = lease.checkpoints if way_back is None else way_back.places
        try:
            # Where numbers broke, those that are kept may be none.
            broken = isinstance(fault, ArithmeticError)
            length = 0 if broken or not sure else lease.cache.abort(places, len(sure))
            lease.checkpoints = {n: c for n, c in places.items() if n <= length}
        except (RuntimeError, MemoryError):
            length = 0  # there is no memory even for going back
        if length < len(sure):
            self._given_up.add(sure, FAULT)
        if length:
            self._end(lease, way_back)
        else:
            self._in_use.remove(lease)

    def _take(self, keys: list[int], *, copying: bool) -> Lease:
        best, usable = None, 0
        for candidate in self._kept:
            length = candidate.usable(min(common_length(candidate.keys, keys), len(keys) - 1))
            if length > usable:
                best, usable = candidate, length
        resumed = self._resume(keys, usable)
        note = resumed.note or self._note(self._kept, keys, resumed.length)
        if resumed.cache is not None:
            return Lease(resumed.cache, keys, resumed.checkpoints, resumed.length, note)
        if best is None:
            return Lease(self._new_cache(), keys, note=note)
        lease = self._cut(best, usable, copying=copying and usable < best.cache.length)
        lease.keys, lease.reused, lease.note = keys, usable, note
        return lease

    def _note(self, entries: Sequence[Lease], keys: Sequence[int], usable: int) -> str:
        """Why less is used than was computed of these keys; nothing if it is all."""
        reasons = [(common_length(entry.keys, keys), CHOSEN_PLACES) for entry in entries]
        reasons += [
            (common_length(other.keys[: other.cache.surely_held], keys), IN_USE)
            for other in self._in_use
        ]
        reasons += self._given_up.reasons(keys)
        common, reason = max(reasons, key=itemgetter(0), default=(0, ""))
        return read_again(min(common, len(keys) - 1) - usable, reason)

    def _resume(self, keys: Sequence[int], beyond: int) -> Resumed:
        """What the disk holds beyond the prefix that memory holds."""
        if self._disk is None:
            return Resumed(None, beyond, {})
        return self._disk.resume(keys, beyond, self._new_cache)

    def _cut(self, entry: Lease, usable: int, *, copying: bool) -> Lease:
        """`entry` itself cut to `usable`, or a copy where too much of it would be lost."""
        checkpoint = entry.checkpoints.get(usable) or Checkpoint(usable)
        kept = {n: c for n, c in entry.checkpoints.items() if n <= usable}
        self._kept.remove(entry)
        if copying or usable * 2 < entry.cache.length:
            self._kept.append(entry)
            return Lease(entry.cache.fork(checkpoint), [], kept)
        entry.wake()
        if usable != entry.cache.length:
            entry.cache.restore(checkpoint)
        entry.checkpoints = kept
        return entry

    def _put_back(self, lease: Lease) -> None:
        if not lease.cache.consistent or not lease.cache.length:
            return
        lease.rest()
        thin(lease.checkpoints, int(self._budget_bytes * _CHECKPOINT_SHARE))
        self._kept.append(lease)
        if self._disk is not None:
            lease.resting = self._disk.rest(lease.cache, lease.keys, lease.checkpoints)
        while len(self._kept) > 1 and self.nbytes > self._budget_bytes:
            self._let_go(self._kept.pop(0))

    def _let_go(self, lease: Lease) -> None:
        """Drop `lease`; what of it is not on disk yet is written first, within a budget."""
        self._given_up.add(lease.keys, OTHERS)
        if self._disk is not None and lease.resting is not None:
            self._disk.let_go(lease.resting, int(self._budget_bytes * _LEAVING_SHARE))


class _WayBack:
    """How a lease was when it was taken, so that a turn aside leaves no trace."""

    def __init__(self, lease: Lease) -> None:
        self._lease = lease
        self._checkpoint = lease.cache.checkpoint()
        self._keys = lease.keys[: lease.reused]
        self._checkpoints = dict(lease.checkpoints)

    @property
    def places(self) -> dict[int, Checkpoint]:
        """All that can be returned to, this place included."""
        return self._checkpoints | {self._checkpoint.length: self._checkpoint}

    def go(self) -> None:
        """Return there; a cache that is broken stays so."""
        if self._lease.cache.consistent:
            self._lease.cache.restore(self._checkpoint)
            self._lease.keys, self._lease.checkpoints = self._keys, self._checkpoints
