"""Short convolutions over few tokens as sums: LFM2's mixing layers in a decode step.

A depthwise convolution over one to a few tokens is some thousand products, but the kernel for it
prepares as if there were millions: 64 µs a layer where plain sums take 10 to 20 (176 channels of
eleven inputs, one thread).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from collections.abc import Callable

    Product = Callable[[torch.Tensor], torch.Tensor]

_FEW_TOKENS = 16
_NAMES = ("conv", "in_proj", "out_proj", "conv_kernel_size", "layer_idx")


def conv_of(module: Any, function_of: Callable[[Any], Product]) -> Callable[..., Any] | None:  # noqa: ANN401
    """A forward for a mixing module that takes few tokens by sums; `None` for any other module."""
    if not all(hasattr(module, name) for name in _NAMES) or "forward" in vars(module):
        return None
    conv = module.conv
    depthwise = type(conv) is torch.nn.Conv1d and conv.groups == conv.in_channels
    if not depthwise or conv.bias is not None:
        return None
    into, out = function_of(module.in_proj), function_of(module.out_proj)
    return partial(_mix, module, module.forward, into, out, conv.weight[:, 0].contiguous())


def _mix(
    module: Any,  # noqa: ANN401 - transformers' modules carry no useful types
    many: Callable[..., torch.Tensor],
    into: Product,
    out: Product,
    taps: torch.Tensor,
    hidden_states: torch.Tensor,
    past_key_values: Any = None,  # noqa: ANN401
    attention_mask: torch.Tensor | None = None,
    **others: Any,  # noqa: ANN401
) -> torch.Tensor:
    """As transformers' forward, (1, tokens, hidden) to the same. `taps`: (channels, kernel)."""
    tokens, index = hidden_states.shape[1], module.layer_idx
    state = None if past_key_values is None else past_key_values.get_conv_state(index, state_idx=0)
    if tokens > _FEW_TOKENS or state is None or attention_mask is not None:
        return many(
            hidden_states=hidden_states,
            past_key_values=past_key_values,
            attention_mask=attention_mask,
            **others,
        )
    before, after, inputs = into(hidden_states).transpose(-1, -2).chunk(3, dim=-2)
    inputs = before * inputs
    if tokens == 1 and not past_key_values.is_recording_past(index):
        window = torch.cat((state[..., 1:], inputs), dim=-1)
        state.copy_(window)
        mixed = (window * taps).sum(dim=-1, keepdim=True)
    else:
        kernel = taps.shape[-1]
        seen = past_key_values.update_conv_state(inputs, index, conv_kernel_size=kernel)
        windows = seen[0, :, -(tokens + kernel - 1) :].unfold(-1, kernel, 1)
        mixed = torch.matmul(windows, taps[:, :, None])[None, :, :, 0]
    return out((after * mixed).transpose(-1, -2).contiguous())
