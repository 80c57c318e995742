"""Qwen3.5's recurrence, taken step by step where a few tokens are read at once.

The stock rule for several tokens pads them to 64, whatever their number, and tells only the last
state. A draft of a handful of tokens is checked far faster step by step, and then the state after
each token is there to return to (Yang et al. 2024, arXiv:2412.06464, for the rule itself).

What is replaced is a function of transformers' module, since the layer looks it up there; the
replacement holds no state and gives the same results.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import torch
from transformers.models.qwen3_5 import modeling_qwen3_5 as modeling

from engine.cache.linear import CAPTURE

if TYPE_CHECKING:
    from collections.abc import Callable

    Rule = Callable[..., tuple[torch.Tensor, torch.Tensor | None]]

# Beyond so many tokens the rule for chunks is the faster one on a processor.
_MOST_STEPS = 16


def teach_steps() -> None:
    """Put the rule below in the place of the stock one, once."""
    stock = modeling.torch_chunk_gated_delta_rule
    if not isinstance(stock, partial):
        modeling.torch_chunk_gated_delta_rule = partial(
            _few_by_steps, stock, modeling.torch_recurrent_gated_delta_rule
        )


def _few_by_steps(
    stock: Rule,
    one_step: Rule,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    g: torch.Tensor,
    beta: torch.Tensor,
    initial_state: torch.Tensor | None = None,
    **settings: Any,  # noqa: ANN401 - transformers' own arguments
) -> tuple[torch.Tensor, torch.Tensor | None]:
    """Outputs (1, tokens, heads, values) and the last state, or all of them if they are wanted.

    All states, (tokens, 1, heads, keys, values), are handed over where `initial_state` carries the
    cache's request for them.
    """
    tokens = query.shape[1]
    if initial_state is None or tokens > _MOST_STEPS:
        return stock(query, key, value, g=g, beta=beta, initial_state=initial_state, **settings)
    outputs: list[torch.Tensor] = []
    states: list[torch.Tensor] = []
    state: torch.Tensor | None = initial_state
    for at in range(tokens):
        here = slice(at, at + 1)
        output, state = one_step(
            query[:, here],
            key[:, here],
            value[:, here],
            g=g[:, here],
            beta=beta[:, here],
            initial_state=state,
            **settings,
        )
        outputs.append(output)
        if state is not None:
            states.append(state)
    wanted = bool(getattr(initial_state, CAPTURE, False)) and len(states) == tokens
    return torch.cat(outputs, dim=1), torch.stack(states) if wanted else state
