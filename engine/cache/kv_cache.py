"""The KV cache of one conversation, owned by us and handed to transformers as its `Cache`.

Every kind of layer keeps the same contract: while a draft is checked (`begin` … `commit`) any of
the new tokens can be taken back; between turns `truncate` reaches down to `floor`, and everything
before it takes a `Checkpoint`; after a fault `abort` finds what is surely whole.

What this module must not know: tokens, prompts, conversations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from transformers.cache_utils import Cache

from engine.cache.full import GrowingLayer
from engine.cache.int8 import Int8Layer
from engine.cache.linear import LinearLayer, LinearState
from engine.cache.sliding import WindowLayer, WindowState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.cache.head_memory import HeadMemory
    from engine.cache.layer_kinds import LayerKind

    CacheLayer = GrowingLayer | WindowLayer | LinearLayer
    LayerState = WindowState | LinearState | None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A length one can return to: a state for each layer, none for those that need none."""

    length: int
    states: tuple[LayerState, ...] = ()

    @property
    def nbytes(self) -> int:
        """Bytes of all states."""
        return sum(state.nbytes for state in self.states if state is not None)


class KVCache(Cache):  # type: ignore[misc] # transformers has no types
    """The layers of one conversation. Batch size is 1.

    `length` is the number of tokens every layer has seen. It is undefined, and `consistent` is
    False, after an exception inside a forward, until `abort`. `head` is what a drafting head knows
    of the conversation, where the model has one; it follows every cut and copy.
    """

    head: HeadMemory | None = None
    _kinds: tuple[LayerKind, ...] = ()

    def __init__(self, kinds: Sequence[LayerKind]) -> None:
        super().__init__(layers=[_new_layer(kind) for kind in kinds])
        self._kinds = tuple(kinds)
        self._begun_at: int | None = None
        self._sort_layers()

    @property
    def kinds(self) -> tuple[LayerKind, ...]:
        """What each layer remembers; empty where nothing can be kept for another turn."""
        return self._kinds

    @property
    def length(self) -> int:
        """Tokens held."""
        return self._attention[0].length

    @property
    def consistent(self) -> bool:
        """Whether all attention layers hold the same number of tokens, and no draft is open."""
        return len({layer.length for layer in self._attention}) == 1 and self._begun_at is None

    @property
    def nbytes(self) -> int:
        """Bytes of all storage."""
        parts = [*self.layers, *([] if self.head is None else [self.head])]
        return sum(part.nbytes for part in parts)

    @property
    def floor(self) -> int:
        """From here to `length`, any length can be returned to without a checkpoint."""
        if self._linear:
            return self.length
        return max(layer.floor for layer in self._attention)

    @property
    def truncates_anywhere(self) -> bool:
        """Whether a checkpoint is never needed."""
        return all(kind.name == "full" for kind in self._kinds)

    @property
    def steps_back(self) -> bool:
        """Whether the last token can be taken back without a checkpoint."""
        return not self._linear

    @property
    def can_record(self) -> bool:
        """Whether `begin` and `commit` work, so that drafts can be checked."""
        return all(layer.can_record for layer in self._linear)

    def reserve(self, tokens: int) -> None:
        """Make room for so many tokens at the next growth, instead of growing step by step."""
        for layer in self.layers:
            layer.reserve(tokens)

    def begin(self) -> None:
        """From here on, until `commit`, all layers keep what it takes to drop new tokens."""
        self._begun_at = self.length
        for layer in self.layers:
            layer.begin()

    def commit(self, kept: int) -> None:
        """Keep the first `kept` tokens since `begin`, at least one, and drop the others."""
        assert self._begun_at is not None
        start, seen = self._begun_at, self.length - self._begun_at
        if not 1 <= kept <= seen:
            raise ValueError(f"cannot keep {kept} of {seen} tokens")
        for layer in self._attention:
            layer.truncate(start + kept)
        for layer in self._linear:
            layer.commit(seen, kept)
        self._cut_head(start + kept)
        self._begun_at = None

    @property
    def surely_held(self) -> int:
        """Tokens that all layers hold whole, after a fault too; those of an open draft are none."""
        held = min(layer.surely_held for layer in self._attention)
        return held if self._begun_at is None else min(held, self._begun_at)

    def abort(self, places: Mapping[int, Checkpoint], most: int) -> int:
        """Return to the longest whole length up to `most`, though a forward broke off; which it is.

        A layer that keeps a state may hold any, so with such layers it is the longest of `places`,
        checkpoints by length. 0 leaves the cache empty.
        """
        most = min(most, self.surely_held)
        floor = max(layer.floor for layer in self._attention)
        if not self._linear and floor <= most and all(x.intact for x in self._attention):
            self.restore(Checkpoint(most))
            return most
        length = max((n for n in places if n <= most), default=0)
        for layer in self._attention:
            if not layer.intact:
                layer.truncate(0)
        self.restore(places[length] if length else Checkpoint(0))
        return length

    def can_truncate(self, length: int) -> bool:
        """Whether `truncate(length)` works."""
        return length == 0 or self.floor <= length <= self.length

    def truncate(self, length: int) -> None:
        """Cut to `length` tokens. Raises `ValueError` where that takes a checkpoint."""
        if not self.can_truncate(length):
            raise ValueError("this cache has layers that only a checkpoint can bring back")
        if length != self.length:
            self.restore(Checkpoint(length))

    def checkpoint(self, *, whole: bool = False, back: int = 0) -> Checkpoint:
        """The present length with a copy of every state that cannot be cut.

        From a `whole` one the cache can be cut back as far as it can be now. With `back`, the
        length so many tokens before, which it must be possible to truncate to.
        """
        states = tuple(layer.checkpoint(whole=whole, back=back) for layer in self.layers)
        return Checkpoint(self.length - back, states)

    def restore(self, checkpoint: Checkpoint) -> None:
        """Return to `checkpoint`, which must have been taken from this cache's own past."""
        states = checkpoint.states or (None,) * len(self.layers)
        for layer, state in zip(self.layers, states, strict=True):
            layer.restore(checkpoint.length, state)
        self._cut_head(checkpoint.length)
        self._begun_at = None

    def fork(self, checkpoint: Checkpoint) -> KVCache:
        """An independent cache at `checkpoint`; this one is left as it is."""
        copy = KVCache(self._kinds)
        copy.layers = [layer.fork(checkpoint.length) for layer in self.layers]
        copy._sort_layers()
        copy.restore(checkpoint)
        if self.head is not None:
            copy.head = self.head.fork(checkpoint.length)
        return copy

    def _cut_head(self, length: int) -> None:
        if self.head is not None:
            self.head.cut(length)

    def _sort_layers(self) -> None:
        self._attention: list[GrowingLayer | WindowLayer] = [
            layer for layer in self.layers if isinstance(layer, GrowingLayer | WindowLayer)
        ]
        self._linear: list[LinearLayer] = [x for x in self.layers if isinstance(x, LinearLayer)]


def _new_layer(kind: LayerKind) -> CacheLayer:
    if kind.name == "full":
        return Int8Layer() if kind.int8 else GrowingLayer()
    if kind.name == "sliding":
        assert kind.window is not None
        return WindowLayer(kind.window)
    return LinearLayer(captures_steps=kind.captures_steps)
