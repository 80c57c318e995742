"""The KV cache of one conversation, owned by us and handed to transformers as its `Cache`.

Full-attention layers live in storage that grows in steps and is written in place, so a decode step
copies nothing and cutting back to a prefix is free. Convolutional and recurrent layers cannot be
cut: for them a `Checkpoint` is taken at chosen lengths and restored later.

What this module must not know: tokens, prompts, conversations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from transformers.cache_utils import Cache, DynamicLayer, LinearAttentionLayer

from engine.api.errors import ModelNotUsable

if TYPE_CHECKING:
    from collections.abc import Sequence

_GROWTH_STEP = 256


class GrowingLayer(DynamicLayer):  # type: ignore[misc] # transformers has no types
    """Keys and values of one full-attention layer, each (1, heads, capacity, head size).

    transformers sees views of the used part; the storage behind them is replaced only when it is
    full, by one a quarter larger.
    """

    def __init__(self) -> None:
        super().__init__()
        self.length = 0
        self._key_storage: torch.Tensor | None = None
        self._value_storage: torch.Tensor | None = None

    def update(
        self,
        key_states: torch.Tensor,
        value_states: torch.Tensor,
        *_args: Any,  # noqa: ANN401 - transformers' own signature
        **_kwargs: Any,  # noqa: ANN401
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Append states of (1, heads, new, head size); returns views of everything so far."""
        end = self.length + key_states.shape[-2]
        self._key_storage = _with_room(self._key_storage, key_states, self.length, end)
        self._value_storage = _with_room(self._value_storage, value_states, self.length, end)
        self._key_storage[..., self.length : end, :] = key_states
        self._value_storage[..., self.length : end, :] = value_states
        self.length = end
        self.is_initialized = True
        return self._show()

    def truncate(self, length: int) -> None:
        """Forget everything after the first `length` tokens."""
        if length > self.length:
            raise ValueError(f"cannot truncate {self.length} tokens to {length}")
        self.length = length
        if self._key_storage is not None:
            self._show()

    def copy_prefix(self, length: int) -> GrowingLayer:
        """An independent layer holding the first `length` tokens."""
        copy = GrowingLayer()
        if self._key_storage is not None and self._value_storage is not None and length:
            copy.update(
                self._key_storage[..., :length, :],
                self._value_storage[..., :length, :],
            )
        return copy

    def get_seq_length(self) -> int:
        """Tokens held; the name is transformers'."""
        return self.length

    @property
    def nbytes(self) -> int:
        """Bytes of storage, the unused part included."""
        storages = (self._key_storage, self._value_storage)
        return sum(s.nbytes for s in storages if s is not None)

    def _show(self) -> tuple[torch.Tensor, torch.Tensor]:
        assert self._key_storage is not None
        assert self._value_storage is not None
        self.keys = self._key_storage[..., : self.length, :]
        self.values = self._value_storage[..., : self.length, :]
        return self.keys, self.values


def _with_room(
    storage: torch.Tensor | None, states: torch.Tensor, used: int, needed: int
) -> torch.Tensor:
    if storage is not None and storage.shape[-2] >= needed:
        return storage
    wanted = max(needed, used + used // 4)
    capacity = -(-wanted // _GROWTH_STEP) * _GROWTH_STEP
    grown = states.new_empty((*states.shape[:-2], capacity, states.shape[-1]))
    if storage is not None:
        grown[..., :used, :] = storage[..., :used, :]
    return grown


@dataclass(frozen=True, slots=True)
class LinearState:
    """What one convolutional or recurrent layer holds at one length."""

    conv: dict[int, torch.Tensor | None]
    recurrent: dict[int, torch.Tensor | None]

    @property
    def nbytes(self) -> int:
        """Bytes of all states."""
        states = (*self.conv.values(), *self.recurrent.values())
        return sum(state.nbytes for state in states if state is not None)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A length one can return to: the states of all layers that cannot be cut."""

    length: int
    states: tuple[LinearState, ...]

    @property
    def nbytes(self) -> int:
        """Bytes of all states."""
        return sum(state.nbytes for state in self.states)


class KVCache(Cache):  # type: ignore[misc] # transformers has no types
    """The layers of one conversation. Batch size is 1.

    `length` is the number of tokens every layer has seen. It is undefined, and `consistent` is
    False, after an exception inside a forward: such a cache must be dropped.
    """

    def __init__(self, layer_types: Sequence[str]) -> None:
        super().__init__(layers=[_new_layer(kind) for kind in layer_types])
        self._layer_types = tuple(layer_types)
        self._growing = [x for x in self.layers if isinstance(x, GrowingLayer)]
        self._linear = [x for x in self.layers if isinstance(x, LinearAttentionLayer)]

    @property
    def length(self) -> int:
        """Tokens held."""
        return self._growing[0].length

    @property
    def consistent(self) -> bool:
        """Whether all attention layers hold the same number of tokens."""
        return len({layer.length for layer in self._growing}) == 1

    @property
    def nbytes(self) -> int:
        """Bytes of all storage."""
        states = sum(_read_state(layer).nbytes for layer in self._linear)
        return states + sum(layer.nbytes for layer in self._growing)

    @property
    def truncates_anywhere(self) -> bool:
        """Whether any length can be returned to without a checkpoint."""
        return not self._linear

    def checkpoint(self) -> Checkpoint:
        """The present length with a copy of every state that cannot be cut."""
        return Checkpoint(
            self.length, tuple(_read_state(layer, copy=True) for layer in self._linear)
        )

    def truncate(self, length: int) -> None:
        """Cut to `length` tokens. Raises `ValueError` where that takes a checkpoint."""
        if length == self.length:
            return
        if length == 0:
            self.restore(Checkpoint(0, ()))
            return
        if not self.truncates_anywhere:
            raise ValueError("this cache has layers that only a checkpoint can bring back")
        for layer in self._growing:
            layer.truncate(length)

    def restore(self, checkpoint: Checkpoint) -> None:
        """Return to `checkpoint`, which must have been taken from this cache's own past."""
        for layer in self._growing:
            layer.truncate(checkpoint.length)
        for position, layer in enumerate(self._linear):
            state = checkpoint.states[position] if checkpoint.states else None
            _write_state(layer, state)

    def fork(self, checkpoint: Checkpoint) -> KVCache:
        """An independent cache at `checkpoint`; this one is left as it is."""
        copy = KVCache(self._layer_types)
        for index, layer in enumerate(self.layers):
            if isinstance(layer, GrowingLayer):
                copy.layers[index] = layer.copy_prefix(checkpoint.length)
        copy._growing = [x for x in copy.layers if isinstance(x, GrowingLayer)]
        copy.restore(checkpoint)
        return copy


def _new_layer(kind: str) -> GrowingLayer | LinearAttentionLayer:
    if kind == "full_attention":
        return GrowingLayer()
    if kind in {"conv", "linear_attention"}:
        return LinearAttentionLayer()
    raise ModelNotUsable(
        "This model keeps its memory in a way that Tanka cannot handle yet.",
        f"unsupported layer type {kind!r}",
    )


def _read_state(layer: LinearAttentionLayer, *, copy: bool = False) -> LinearState:
    def take(states: dict[int, torch.Tensor | None]) -> dict[int, torch.Tensor | None]:
        return {
            index: state.clone() if copy and state is not None else state
            for index, state in states.items()
        }

    return LinearState(take(layer.conv_states), take(layer.recurrent_states))


def _write_state(layer: LinearAttentionLayer, state: LinearState | None) -> None:
    """Put `state` back, copying so that the checkpoint stays whole; `None` empties the layer."""
    if state is None:
        fresh = LinearAttentionLayer(layer.number_of_states)
        layer.__dict__.update(fresh.__dict__)
        return
    for index in range(layer.number_of_states):
        for kind in ("conv", "recurrent"):
            value = getattr(state, kind)[index]
            if value is not None:
                _initialise(layer, kind, index, value)
        layer.has_previous_state[index] = state.conv[index] is not None


def _initialise(layer: LinearAttentionLayer, kind: str, index: int, value: torch.Tensor) -> None:
    if kind == "conv":
        if not layer.is_conv_states_initialized[index]:
            layer.lazy_initialization(conv_states=value, state_idx=index)
        layer.conv_states[index].copy_(value)
    else:
        if not layer.is_recurrent_states_initialized[index]:
            layer.lazy_initialization(recurrent_states=value, state_idx=index)
        layer.recurrent_states[index].copy_(value)
