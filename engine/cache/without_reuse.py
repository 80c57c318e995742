"""A prefix store for models whose caches must not be used again."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from engine.cache.prefix_store import Lease, PrefixStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from engine.cache.kv_cache import KVCache


class WithoutReuse(PrefixStore):
    """Gives every turn a new cache, keeps none, and says why in each lease's note."""

    def __init__(self, new_cache: Callable[[], KVCache], reason: str) -> None:
        super().__init__(new_cache, 0)
        self._reason = reason

    @contextmanager
    def lease(self, keys: Sequence[int], *, aside: bool = False) -> Iterator[Lease]:
        """An empty cache."""
        del aside  # nothing is kept that could be disturbed
        yield Lease(self._new_cache(), list(keys), note=self._reason, kept=False)
