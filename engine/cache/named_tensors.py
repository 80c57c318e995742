"""A cache's rows and states as tensors with names, as files hold them, and back again.

Rows belong to tokens and are kept by full-attention layers; states belong to a length and are kept
by all others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from engine.cache.full import GrowingLayer
from engine.cache.host import put_aside
from engine.cache.kv_cache import Checkpoint
from engine.cache.linear import LinearState
from engine.cache.sliding import WindowState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.cache.kv_cache import KVCache, LayerState
    from engine.cache.layer_kinds import LayerKind


def rows_of(cache: KVCache, start: int, end: int) -> dict[str, torch.Tensor]:
    """Copies of the rows of the tokens [start, end)."""
    return {
        f"row.{index}.{name}": tensor
        for index, layer in enumerate(cache.layers)
        if isinstance(layer, GrowingLayer)
        for name, tensor in layer.rows(start, end).items()
    }


def put_rows(cache: KVCache, tensors: Mapping[str, torch.Tensor], used: int, device: str) -> None:
    """Append copies of the first `used` of the rows that are among `tensors`."""
    for index, layer in enumerate(cache.layers):
        if isinstance(layer, GrowingLayer):
            rows = _named_below(f"row.{index}.", tensors)
            layer.put_rows({name: row[..., :used, :].to(device) for name, row in rows.items()})


def states_of(checkpoint: Checkpoint) -> dict[str, torch.Tensor]:
    """The checkpoint's own tensors, not copied."""
    return {
        f"state.{index}.{name}": tensor
        for index, state in enumerate(checkpoint.states)
        if state is not None
        for name, tensor in state.named().items()
    }


def checkpoint_of(
    kinds: Sequence[LayerKind],
    length: int,
    tensors: Mapping[str, torch.Tensor],
    device: str,
    beyond: int = 0,
) -> Checkpoint:
    """A checkpoint at `length`, of a model on `device`, with copies of the states in `tensors`.

    Those are of so many tokens `beyond` it, which only sliding layers can take back.
    """
    where = torch.device(device)
    states: list[LayerState] = []
    for index, kind in enumerate(kinds):
        named = _named_below(f"state.{index}.", tensors)
        copies = {name: put_aside(tensor) for name, tensor in named.items()}
        if not copies:
            states.append(None)
        elif kind.name == "sliding":
            states.append(WindowState.of(copies, where).without_last(beyond))
        else:
            states.append(LinearState.of(copies, where))
    return Checkpoint(length, tuple(states))


def _named_below(prefix: str, tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {
        name.removeprefix(prefix): tensor
        for name, tensor in tensors.items()
        if name.startswith(prefix)
    }
