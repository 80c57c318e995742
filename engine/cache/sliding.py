"""A sliding-window layer that keeps more than its window, so that it can be cut back a little.

Storage holds up to twice the window. When it is full, all but the window moves out at once, so a
decode step copies nothing. What is still there beyond the window can be returned to without a
checkpoint.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from transformers.cache_utils import DynamicSlidingWindowLayer

from engine.cache.host import HOST, put_aside
from engine.cache.storage import Storage

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class WindowState:
    """Copies of the keys and values that the next token sees, each (1, heads, kept, head size).

    There may be more before those: so far one can go back again. They are in main memory; `device`
    is where they came from and go back to.
    """

    keys: torch.Tensor
    values: torch.Tensor
    device: torch.device = HOST

    @property
    def nbytes(self) -> int:
        """Bytes of both."""
        return self.keys.nbytes + self.values.nbytes

    def without_last(self, tokens: int) -> WindowState:
        """The state so many tokens before, where enough is held."""
        end = self.keys.shape[-2] - tokens
        return WindowState(self.keys[..., :end, :], self.values[..., :end, :], self.device)

    def named(self) -> dict[str, torch.Tensor]:
        """The tensors by name."""
        return {"keys": self.keys, "values": self.values}

    @classmethod
    def of(cls, tensors: Mapping[str, torch.Tensor], device: torch.device) -> WindowState:
        """What `named` took apart, of a model on `device`."""
        return cls(tensors["keys"], tensors["values"], device)


class WindowLayer(DynamicSlidingWindowLayer):  # type: ignore[misc] # transformers has no types
    """Keys and values of the last tokens; `first` is the oldest that is still held.

    A token sees itself and the `window - 1` before it, so those are always there.
    """

    def __init__(self, window: int) -> None:
        super().__init__(sliding_window=window)
        self.window = window
        self.first = 0
        self._key_storage, self._value_storage = Storage(), Storage()
        self._protected: int | None = None

    @property
    def length(self) -> int:
        """Tokens seen."""
        return self.first + self._key_storage.used

    @property
    def surely_held(self) -> int:
        """Tokens whose keys and values were both seen; fewer than `length` after a fault."""
        return self.first + min(self._key_storage.used, self._value_storage.used)

    @property
    def intact(self) -> bool:
        """Whether what is held can be trusted after a fault: it may have broken off a move."""
        return self._key_storage.used == self._value_storage.used

    @property
    def floor(self) -> int:
        """From here to `length`, any length can be returned to."""
        return self.first + self.window - 1 if self.first else 0

    @property
    def nbytes(self) -> int:
        """Bytes of storage, the unused part included."""
        return self._key_storage.nbytes + self._value_storage.nbytes

    def reserve(self, _tokens: int) -> None:
        """The window is all there ever is."""

    def update(
        self,
        key_states: torch.Tensor,
        value_states: torch.Tensor,
        *_args: Any,  # noqa: ANN401 - transformers' own signature
        **_kwargs: Any,  # noqa: ANN401
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Append states of (1, heads, new, head size); returns views of what the new ones see."""
        start, new = self.length, key_states.shape[-2]
        self._make_room(new)
        self._key_storage.append(key_states)
        self._value_storage.append(value_states)
        self.is_initialized = True
        self.cumulative_length = self.length
        visible = max(0, start - self.window + 1) - self.first
        self.keys, self.values = self._key_storage.view(visible), self._value_storage.view(visible)
        return self.keys, self.values

    def begin(self) -> None:
        """From here on keep whatever it takes to return to the present length."""
        self._protected = self.length

    def truncate(self, length: int) -> None:
        """Forget everything after the first `length` tokens. Raises `ValueError` below `floor`."""
        self._protected = None
        if length == 0:
            self._empty()
        if not self.floor <= length <= self.length:
            raise ValueError(f"cannot truncate {self.length} tokens to {length}")
        self._key_storage.used = self._value_storage.used = length - self.first
        self.cumulative_length = self.length

    def latest(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Views of the keys and values of the last `window` tokens, or of as many as there are."""
        start = max(0, self._key_storage.used - self.window)
        return self._key_storage.view(start), self._value_storage.view(start)

    def checkpoint(self, *, whole: bool = False, back: int = 0) -> WindowState | None:
        """A copy of what the next token sees; the `whole` one of all that is held.

        With `back`, as it was so many tokens before, which must lie at or after `floor`.
        """
        length = self.length - back
        if not length:
            return None
        start = 0 if whole else max(0, length - self.window + 1) - self.first
        keys, values = (
            storage.view(start, length - self.first)
            for storage in (self._key_storage, self._value_storage)
        )
        return WindowState(put_aside(keys), put_aside(values), keys.device)

    def restore(self, length: int, state: WindowState | None) -> None:
        """Return to `length` tokens, by `state` where they have gone."""
        if self.floor <= length <= self.length or state is None:
            self.truncate(length)
            return
        self._empty()
        self._protected = None
        self._key_storage.append(state.keys.to(state.device))
        self._value_storage.append(state.values.to(state.device))
        self.first = length - state.keys.shape[-2]
        self.is_initialized = True
        self.cumulative_length = self.length

    def fork(self, length: int) -> WindowLayer:
        """An independent layer at `length`; empty where that takes a checkpoint."""
        copy = WindowLayer(self.window)
        if length and self.floor <= length <= self.length:
            end = length - self.first
            copy.update(self._key_storage.view(0, end), self._value_storage.view(0, end))
            copy.first = self.first
            copy.cumulative_length = copy.length
        return copy

    def get_seq_length(self) -> int:
        """Tokens seen; the name is transformers'."""
        return self.length

    def _make_room(self, new: int) -> None:
        """Let tokens go that nobody needs any more, if storage would grow beyond its size."""
        if self._key_storage.used + new <= max(self._key_storage.capacity, 2 * self.window):
            return
        needed_from = self.length if self._protected is None else self._protected
        gone = max(0, needed_from - self.window + 1 - self.first)
        self._key_storage.drop_front(gone)
        self._value_storage.drop_front(gone)
        self.first += gone

    def _empty(self) -> None:
        self.first = self.cumulative_length = 0
        self._key_storage, self._value_storage = Storage(), Storage()
