"""A full-attention layer in a quarter to a half of the bytes: 8-bit numbers, a scale a vector.

Each key and each value of each head has a scale of its own (symmetric, kept as bfloat16), so a
token's numbers never depend on its neighbours: the layer can be cut, forked and read in any chunks
and always says the same. Attention takes it in pieces (`engine.model.attention`); the whole of it
never stands in full precision.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from engine.cache.full import GrowingLayer
from engine.cache.storage import Storage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Attribute of the keys handed to transformers that leads attention to the layer itself.
HELD_BY = "tanka_int8_layer"
_LARGEST = 127
# Scales round to bfloat16; this much larger they never round below what the largest number needs.
_HEADROOM = 1 + 2**-8


def to_int8(states: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Numbers of (…, size) as int8 of the same shape and scales of (…, 1), bfloat16.

    The error of a number is at most half a scale, which is at most 1/252 of the largest beside it.
    """
    largest = states.abs().amax(dim=-1, keepdim=True).float()
    scales = (largest * (_HEADROOM / _LARGEST)).to(torch.bfloat16)
    divisors = torch.where(scales == 0, 1, scales.float())
    return (states.float() / divisors).round_().to(torch.int8), scales


class Int8Layer(GrowingLayer):
    """Keys and values of all tokens as int8, (1, heads, capacity, head size), with their scales.

    What `update` returns has the right shape and no content: keys and values that are not numbers,
    so that whatever reads them by mistake is noticed at once. `pieces` and `whole` hold the true
    ones, in the dtype that came in.
    """

    def __init__(self) -> None:
        super().__init__()
        self._key_scales, self._value_scales = Storage(), Storage()
        self._dtype = torch.float32

    @property
    def nbytes(self) -> int:
        """Bytes of storage, the unused part included."""
        return super().nbytes + self._key_scales.nbytes + self._value_scales.nbytes

    def update(
        self,
        key_states: torch.Tensor,
        value_states: torch.Tensor,
        *_args: Any,  # noqa: ANN401 - transformers' own signature
        **_kwargs: Any,  # noqa: ANN401
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Append states of (1, heads, new, head size); returns stand-ins for everything so far."""
        self._dtype = key_states.dtype
        for states, numbers, scales in (
            (key_states, self._key_storage, self._key_scales),
            (value_states, self._value_storage, self._value_scales),
        ):
            packed, their_scales = to_int8(states)
            numbers.append(packed, self._reserved)
            scales.append(their_scales, self._reserved)
        self.is_initialized = True
        return self._stand_ins()

    def truncate(self, length: int) -> None:
        """Forget everything after the first `length` tokens."""
        super().truncate(length)
        self._key_scales.used = self._value_scales.used = length

    def fork(self, length: int) -> Int8Layer:
        """An independent layer holding the first `length` tokens."""
        copy = Int8Layer()
        copy._dtype = self._dtype
        if length:
            for mine, theirs in zip(self._all_storage(), copy._all_storage(), strict=True):
                theirs.append(mine.view(0, length))
            copy.is_initialized = True
        return copy

    def rows(self, start: int, end: int) -> dict[str, torch.Tensor]:
        """Copies of what is held of the tokens [start, end), by name; tokens are the axis -2."""
        scales = {"key_scales": self._key_scales, "value_scales": self._value_scales}
        copies = {
            name: storage.view(start, end).clone(memory_format=torch.contiguous_format)
            for name, storage in scales.items()
        }
        return super().rows(start, end) | copies

    def put_rows(self, rows: Mapping[str, torch.Tensor]) -> None:
        """Append copies of `rows`, of tokens that such a layer held before.

        What they were made of is known with the next `update`, before anybody reads them.
        """
        names = ("keys", "values", "key_scales", "value_scales")
        for storage, name in zip(self._all_storage(), names, strict=True):
            storage.append(rows[name], self._reserved)
        self.is_initialized = True

    def whole(self) -> tuple[torch.Tensor, torch.Tensor]:
        """All keys and values, each (1, heads, length, head size)."""
        ((keys, values),) = self.pieces(0, self.length, max(1, self.length))
        return keys, values

    def pieces(
        self, start: int, end: int, size: int
    ) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """Keys and values of the tokens [start, end), at most `size` at a time.

        Each piece, (1, heads, tokens, head size), is overwritten by the next.
        """
        room = min(size, end - start)
        keys = self._room(self._key_storage, room)
        values = self._room(self._value_storage, room)
        for first in range(start, end, size):
            last = min(first + size, end)
            yield (
                _unpacked(self._key_storage, self._key_scales, first, last, keys),
                _unpacked(self._value_storage, self._value_scales, first, last, values),
            )

    def _all_storage(self) -> tuple[Storage, ...]:
        return self._key_storage, self._value_storage, self._key_scales, self._value_scales

    def _room(self, storage: Storage, tokens: int) -> torch.Tensor:
        like = storage.view(0, 0)
        shape = (*like.shape[:-2], tokens, like.shape[-1])
        return like.new_empty(shape, dtype=self._dtype)

    def _show(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Nothing is kept to be shown: what is read comes from `pieces`."""
        return self._stand_ins()

    def _stand_ins(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Tensors of the right shape and dtype over a single number, which is none."""
        none = torch.full((1, 1, 1, 1), torch.nan, dtype=self._dtype).to(
            self._key_storage.view(0, 0).device
        )
        keys = none.expand(self._key_storage.view().shape)
        setattr(keys, HELD_BY, self)
        return keys, none.expand(self._value_storage.view().shape)


def _unpacked(
    numbers: Storage, scales: Storage, first: int, last: int, into: torch.Tensor
) -> torch.Tensor:
    piece = into[..., : last - first, :]
    piece.copy_(numbers.view(first, last))
    return piece.mul_(scales.view(first, last).to(piece.dtype))
