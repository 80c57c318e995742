"""Growing storage for keys and values along the token axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

# Storage grows by whole steps, and by a sixteenth of what is used once that is more.
_STEP = 256
_SHARE = 16


def capacity_for(tokens: int) -> int:
    """The room that storage for so many tokens takes, in tokens."""
    return -(-tokens // _STEP) * _STEP


class Storage:
    """One tensor (1, heads, capacity, head size), of which the first `used` tokens count.

    What is used is replaced only when the capacity is used up, so appending copies nothing else.
    """

    def __init__(self) -> None:
        self.used = 0
        self._tensor: torch.Tensor | None = None

    @property
    def nbytes(self) -> int:
        """Bytes of the whole tensor, the unused part included."""
        return 0 if self._tensor is None else self._tensor.nbytes

    @property
    def capacity(self) -> int:
        """Tokens there is room for."""
        return 0 if self._tensor is None else self._tensor.shape[-2]

    def append(self, states: torch.Tensor, reserved: int = 0) -> None:
        """Add states of (1, heads, new, head size); make room for `reserved` tokens at least."""
        end = self.used + states.shape[-2]
        if end > self.capacity:
            self._grow(states, max(end, reserved))
        assert self._tensor is not None
        self._tensor[..., self.used : end, :] = states
        self.used = end

    def view(self, start: int = 0, end: int | None = None) -> torch.Tensor:
        """A view of the tokens [start, end), of all used ones by default."""
        assert self._tensor is not None
        return self._tensor[..., start : self.used if end is None else end, :]

    def drop_front(self, tokens: int) -> None:
        """Forget the first `tokens`; the others move to the front."""
        if tokens:
            assert self._tensor is not None
            kept = self._tensor[..., tokens : self.used, :].clone()
            self.used -= tokens
            self._tensor[..., : self.used, :] = kept

    def _grow(self, like: torch.Tensor, needed: int) -> None:
        capacity = capacity_for(max(needed, self.used + self.used // _SHARE))
        grown = like.new_empty((*like.shape[:-2], capacity, like.shape[-1]))
        if self._tensor is not None and self.used:
            grown[..., : self.used, :] = self._tensor[..., : self.used, :]
        self._tensor = grown
