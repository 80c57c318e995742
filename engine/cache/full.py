"""A full-attention layer: it grows in place, and cutting it back to any prefix is free."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from transformers.cache_utils import DynamicLayer

from engine.cache.storage import Storage

if TYPE_CHECKING:
    from collections.abc import Mapping


class GrowingLayer(DynamicLayer):  # type: ignore[misc] # transformers has no types
    """Keys and values of all tokens, each (1, heads, capacity, head size).

    transformers sees views of the used part.
    """

    def __init__(self) -> None:
        super().__init__()
        self._key_storage, self._value_storage = Storage(), Storage()
        self._reserved = 0

    @property
    def length(self) -> int:
        """Tokens held."""
        return self._key_storage.used

    @property
    def surely_held(self) -> int:
        """Tokens whose keys and values are both there; fewer than `length` after a fault."""
        return min(storage.used for storage in self._all_storage())

    @property
    def intact(self) -> bool:
        """Whether what is held can be trusted after a fault: nothing here ever moves."""
        return True

    @property
    def floor(self) -> int:
        """From here to `length`, any length can be returned to."""
        return 0

    @property
    def nbytes(self) -> int:
        """Bytes of storage, the unused part included."""
        return self._key_storage.nbytes + self._value_storage.nbytes

    def reserve(self, tokens: int) -> None:
        """Let the next growth make room for so many tokens at once."""
        self._reserved = tokens

    def update(
        self,
        key_states: torch.Tensor,
        value_states: torch.Tensor,
        *_args: Any,  # noqa: ANN401 - transformers' own signature
        **_kwargs: Any,  # noqa: ANN401
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Append states of (1, heads, new, head size); returns views of everything so far."""
        self._key_storage.append(key_states, self._reserved)
        self._value_storage.append(value_states, self._reserved)
        self.is_initialized = True
        return self._show()

    def begin(self) -> None:
        """Nothing has to be kept to go back."""

    def truncate(self, length: int) -> None:
        """Forget everything after the first `length` tokens."""
        if length > self.length:
            raise ValueError(f"cannot truncate {self.length} tokens to {length}")
        self._key_storage.used = self._value_storage.used = length
        if all(storage.capacity for storage in self._all_storage()):
            self._show()

    def rows(self, start: int, end: int) -> dict[str, torch.Tensor]:
        """Copies of what is held of the tokens [start, end), by name; tokens are the axis -2."""
        parts = {"keys": self._key_storage, "values": self._value_storage}
        return {
            name: storage.view(start, end).clone(memory_format=torch.contiguous_format)
            for name, storage in parts.items()
        }

    def put_rows(self, rows: Mapping[str, torch.Tensor]) -> None:
        """Append copies of `rows`, of tokens that such a layer held before."""
        self.update(rows["keys"], rows["values"])

    def latest(self) -> tuple[torch.Tensor, torch.Tensor]:
        """What `update` would return if there were no new tokens."""
        return self._show()

    def checkpoint(self, *, whole: bool = False, back: int = 0) -> None:
        """There is no state beside the tokens, which stay."""
        del whole, back

    def restore(self, length: int, _state: None) -> None:
        """Return to `length` tokens."""
        self.truncate(length)

    def fork(self, length: int) -> GrowingLayer:
        """An independent layer holding the first `length` tokens."""
        copy = GrowingLayer()
        if length:
            copy.update(self._key_storage.view(0, length), self._value_storage.view(0, length))
        return copy

    def get_seq_length(self) -> int:
        """Tokens held; the name is transformers'."""
        return self.length

    def _all_storage(self) -> tuple[Storage, ...]:
        return self._key_storage, self._value_storage

    def _show(self) -> tuple[torch.Tensor, torch.Tensor]:
        self.keys, self.values = self._key_storage.view(), self._value_storage.view()
        return self.keys, self.values
