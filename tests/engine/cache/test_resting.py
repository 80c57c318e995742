"""A cache at rest can be read until it is taken, and holds nothing afterwards."""

from __future__ import annotations

import weakref

import torch

from engine.cache.kv_cache import KVCache
from engine.cache.layer_kinds import FULL
from engine.cache.resting import Resting


class Keys(list[int]):
    """A list that can be watched."""


def test_what_rests_no_more_holds_neither_the_cache_nor_its_keys() -> None:
    cache, keys = KVCache([FULL]), Keys(range(5))
    cache.update(torch.ones(1, 1, 5, 1), torch.ones(1, 1, 5, 1), 0)
    resting = Resting(cache, keys, {})
    assert resting.keys() is not None
    held = [weakref.ref(cache), weakref.ref(keys)]
    resting.end()
    del cache, keys
    assert [ref() for ref in held] == [None, None]
    assert (resting.keys(), resting.rows(0, 5), resting.last()) == (None, None, None)
    assert resting.ended
