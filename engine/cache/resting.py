"""A cache between two turns, while nobody changes it: what may be copied from another thread."""

from __future__ import annotations

from array import array
from threading import Lock
from typing import TYPE_CHECKING

from engine.cache.named_tensors import rows_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import torch

    from engine.cache.kv_cache import Checkpoint, KVCache


class Resting:
    """Made when a turn puts a cache back, ended by the next turn that takes it.

    From its end one can go `back` so many tokens. Rows are copied under a lock, so that `end` waits
    for one copy at most. States of checkpoints never change and are not copied.
    """

    def __init__(
        self, cache: KVCache, keys: Sequence[int], checkpoints: Mapping[int, Checkpoint]
    ) -> None:
        self.length = cache.length
        self.truncates_anywhere = cache.truncates_anywhere
        self.back = cache.length - cache.floor
        self.nbytes = cache.nbytes + sum(c.nbytes for c in checkpoints.values())
        self._cache: KVCache | None = cache
        self._keys: Sequence[int] = keys
        self._checkpoints = dict(checkpoints)
        self._lock = Lock()

    @property
    def ended(self) -> bool:
        """Whether there is nothing to copy any more."""
        return self._cache is None

    def end(self) -> None:
        """From here on the cache may change."""
        with self._lock:
            self._cache = None
            # Whoever was to save it may look here only when the engine is idle: hours, in a batch.
            self._keys = ()
            self._checkpoints = {}

    def keys(self) -> array[int] | None:
        """The keys of all tokens held; `None` once ended."""
        with self._lock:
            return None if self._cache is None else array("q", self._keys[: self.length])

    def rows(self, start: int, end: int) -> dict[str, torch.Tensor] | None:
        """Copies of the rows of the tokens [start, end); `None` once ended."""
        with self._lock:
            return None if self._cache is None else rows_of(self._cache, start, end)

    def last(self) -> Checkpoint | None:
        """The end of what the cache holds, with all it takes to go back; `None` once ended."""
        with self._lock:
            return None if self._cache is None else self._cache.checkpoint(whole=True)

    def checkpoints(self) -> dict[int, Checkpoint]:
        """The cache's checkpoints by length, none once ended. A new dictionary."""
        with self._lock:
            return dict(self._checkpoints)
