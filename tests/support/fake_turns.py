"""Turns without a model: each layer remembers the keys themselves, so all can be checked."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import torch

from engine.cache.disk_store import DiskStore
from engine.cache.full import GrowingLayer
from engine.cache.kv_cache import KVCache
from engine.cache.linear import LinearLayer
from engine.cache.maker import Maker
from engine.cache.prefix_store import PrefixStore
from engine.cache.saver import Saver
from engine.cache.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from engine.cache.layer_kinds import LayerKind
    from engine.cache.prefix_store import Lease

GENEROUS = 2**30
PIECE = 4


class FakeTurns:
    """Stores in memory and on disk, and turns on them that compute nothing."""

    def __init__(
        self,
        root: Path,
        kinds: Sequence[LayerKind],
        *,
        memory_bytes: int = GENEROUS,
        disk_bytes: int = GENEROUS,
        version: str = "1",
        model: str = "a model",
        least_tokens: int = 0,
        width: int = 1,
    ) -> None:
        self.kinds = tuple(kinds)
        self.width = width
        self.saver = Saver()
        self.shelf = Shelf(root, disk_bytes)
        self.disk = DiskStore(
            self.shelf,
            Maker(version, model, self.kinds),
            self.saver,
            piece_tokens=PIECE,
            least_tokens=least_tokens,
        )
        self.prefixes = PrefixStore(lambda: KVCache(self.kinds), memory_bytes, self.disk)

    def turn(self, keys: Sequence[int], answer: Sequence[int] = ()) -> tuple[int, str]:
        """One turn with a checkpoint before the last key; how much was reused, and the note."""
        with self.prefixes.lease(list(keys)) as lease:
            reused = lease.reused
            assert reused == lease.cache.length < len(keys)
            self.check(lease)
            lease.keys.extend(answer)
            stops = sorted({reused, max(reused, len(keys) - 1), len(keys), len(lease.keys)})
            for start, end in pairwise(stops):
                self.fill(lease, end - start)
                if end == len(keys) - 1:
                    lease.checkpoint()
            self.check(lease)
            note = lease.note
        return reused, note

    def fill(self, lease: Lease, count: int) -> None:
        """Stand in for a forward of `count` tokens."""
        begin = lease.cache.length
        numbers = torch.tensor(lease.keys[begin : begin + count], dtype=torch.float32)
        rows = numbers.reshape(1, 1, -1, 1).expand(1, 2, -1, self.width).contiguous()
        for index, layer in enumerate(lease.cache.layers):
            if isinstance(layer, LinearLayer):
                layer.update_conv_state(numbers.reshape(1, 1, -1), conv_kernel_size=2)
            else:
                lease.cache.update(rows, -rows, index)

    def check(self, lease: Lease) -> None:
        """Every layer must remember the lease's own keys."""
        length = lease.cache.length
        for layer in lease.cache.layers if length else ():
            if isinstance(layer, LinearLayer):
                assert layer.conv_states[0][0, 0, -1].item() == lease.keys[length - 1]
                continue
            first = 0 if isinstance(layer, GrowingLayer) else layer.first
            assert layer.length == length
            keys, values = layer._key_storage.view(), layer._value_storage.view()
            assert keys[0, 1, :, 0].tolist() == lease.keys[first:length]
            assert values[0, 0, :, -1].tolist() == [-key for key in lease.keys[first:length]]

    def finish(self) -> None:
        """Let everything be written."""
        assert self.saver.finish(60)

    def close(self) -> None:
        """As at the end of a process that has the time to write."""
        assert self.saver.close(60)

    def files(self) -> list[Path]:
        """All that is on disk, also what is unfinished."""
        return sorted(path for path in self.shelf.root.rglob("*") if path.is_file())
