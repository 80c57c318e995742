"""A convolutional or recurrent layer: a state of fixed size that cannot be cut back.

While a draft is checked, the convolution keeps its inputs and the recurrence the state after each
token, so that the state after any of them can be taken. Longer ways back need a checkpoint.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from transformers.cache_utils import LinearAttentionLayer

from engine.cache.host import HOST, put_aside

if TYPE_CHECKING:
    from collections.abc import Mapping

# Attribute on a recurrent state's tensor that asks the recurrence for the state after each token.
CAPTURE = "tanka_captures_steps"


@dataclass(frozen=True, slots=True)
class LinearState:
    """Copies of a convolution's last inputs and of a recurrence's state, where there are any.

    They are in main memory; `device` is where they came from and go back to.
    """

    conv: dict[int, torch.Tensor]
    recurrent: dict[int, torch.Tensor]
    device: torch.device = HOST

    @property
    def nbytes(self) -> int:
        """Bytes of all states."""
        return sum(s.nbytes for s in (*self.conv.values(), *self.recurrent.values()))

    def named(self) -> dict[str, torch.Tensor]:
        """The tensors by name."""
        conv = {f"conv.{index}": state for index, state in self.conv.items()}
        return conv | {f"recurrent.{index}": state for index, state in self.recurrent.items()}

    @classmethod
    def of(cls, tensors: Mapping[str, torch.Tensor], device: torch.device) -> LinearState:
        """What `named` took apart, of a model on `device`."""
        state = cls({}, {}, device)
        for name, tensor in tensors.items():
            kind, _, index = name.partition(".")
            (state.conv if kind == "conv" else state.recurrent)[int(index)] = tensor
        return state


class LinearLayer(LinearAttentionLayer):  # type: ignore[misc] # transformers has no types
    """The states of one layer; `length` is kept by the cache, which knows it from attention."""

    def __init__(self, *, captures_steps: bool = False) -> None:
        super().__init__()
        self._captures_steps = captures_steps
        self._steps: dict[int, list[torch.Tensor]] = {}

    @property
    def nbytes(self) -> int:
        """Bytes of all states."""
        states = (*self.conv_states.values(), *self.recurrent_states.values())
        return sum(state.nbytes for state in states if state is not None)

    @property
    def can_record(self) -> bool:
        """Whether `begin` and `commit` work: a recurrence must hand over its steps."""
        return self._captures_steps or not any(self.is_recurrent_states_initialized.values())

    def reserve(self, _tokens: int) -> None:
        """The state never grows."""

    def begin(self) -> None:
        """From here on keep the states after each token."""
        self.record_past = True
        for state in self.recurrent_states.values():
            if state is not None:
                setattr(state, CAPTURE, True)

    def update_recurrent_state(
        self,
        recurrent_states: torch.Tensor,
        state_idx: int = 0,
        **kwargs: Any,  # noqa: ANN401 - transformers' own signature
    ) -> torch.Tensor:
        """Take the new state, or those after each token: (tokens, 1, heads, keys, values)."""
        if self.record_past:
            each = recurrent_states.dim() > self.recurrent_states[state_idx].dim()
            steps = recurrent_states.unbind() if each else (recurrent_states,)
            self._steps.setdefault(state_idx, []).extend(steps)
            recurrent_states = steps[-1]
        state: torch.Tensor = super().update_recurrent_state(recurrent_states, state_idx, **kwargs)
        return state

    def commit(self, seen: int, kept: int) -> None:
        """Of `seen` tokens since `begin`, keep the first `kept`, at least one."""
        self.record_past = False
        for index, conv in self.conv_states.items():
            if conv is not None:
                end = conv.shape[-1] - (seen - kept)
                self.conv_states[index] = conv[
                    ..., end - self.conv_kernel_size[index] : end
                ].clone()
        for index, state in self.recurrent_states.items():
            if state is not None:
                delattr(state, CAPTURE)
                if kept < seen:
                    state.copy_(self._steps[index][kept - 1])
        self._steps.clear()

    def checkpoint(self, *, whole: bool = False, back: int = 0) -> LinearState:
        """Copies of the present states; there is no way `back`."""
        del whole
        assert not back
        held = (*self.conv_states.values(), *self.recurrent_states.values())
        device = next((state.device for state in held if state is not None), HOST)
        return LinearState(_copies(self.conv_states), _copies(self.recurrent_states), device)

    def restore(self, _length: int, state: LinearState | None) -> None:
        """Put a copy of `state` back, so that the checkpoint stays whole; `None` empties."""
        fresh = LinearLayer(captures_steps=self._captures_steps)
        self.__dict__.update(fresh.__dict__)
        if state is None:
            return
        for index, kept in state.conv.items():
            value = kept.to(state.device)
            self.lazy_initialization(conv_states=value, state_idx=index)
            self.conv_states[index].copy_(value)
            self.has_previous_state[index] = True
        for index, kept in state.recurrent.items():
            value = kept.to(state.device)
            self.lazy_initialization(recurrent_states=value, state_idx=index)
            self.recurrent_states[index].copy_(value)

    def fork(self, _length: int) -> LinearLayer:
        """An empty layer of the same kind, to be restored."""
        return LinearLayer(captures_steps=self._captures_steps)


def _copies(states: dict[int, torch.Tensor | None]) -> dict[int, torch.Tensor]:
    return {index: put_aside(state) for index, state in states.items() if state is not None}
