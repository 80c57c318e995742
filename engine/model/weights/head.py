"""The tensors of a model's prediction head, which transformers leaves out of a checkpoint.

The head becomes a part of the model under its published name, so that it is counted, packed, kept
on disk and put into memory like every other part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from accelerate import init_empty_weights

from engine.model.heads.mtp import NAME, MtpHead

if TYPE_CHECKING:
    from collections.abc import Mapping

_PREFIX = f"{NAME}."
_MODEL_TYPE = "qwen3_5"


def attach_empty_head(
    model: Any,  # noqa: ANN401 - transformers' models carry no useful types
    shapes: Mapping[str, tuple[int, ...]],
    dtype: torch.dtype,
) -> tuple[str, ...]:
    """Give `model` a head without memory if its files, with these `shapes`, hold a whole one.

    Returns what there is to say of it: nothing where there is no head, or all is well.
    """
    held = {name: shape for name, shape in shapes.items() if name.startswith(_PREFIX)}
    if not held or model.config.model_type != _MODEL_TYPE:
        return ()
    with init_empty_weights(include_buffers=False):
        head = MtpHead(model.config.get_text_config()).to(dtype)
    wanted = {f"{_PREFIX}{name}": tuple(p.shape) for name, p in head.state_dict().items()}
    wrong = sorted(n for n in {*held, *wanted} if held.get(n) != wanted.get(n))
    if wrong:
        reason = f"it is not of the kind that Tanka knows ({wrong[0]})"
        return (f"Its prediction head is not used: {reason}.",)
    model.add_module(NAME, head.eval().requires_grad_(False))
    return ()


def take_head_tensors(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Remove the head's tensors from `tensors`; returns them under the head's own names."""
    names = [name for name in tensors if name.startswith(_PREFIX)]
    return {name.removeprefix(_PREFIX): tensors.pop(name) for name in names}


def attach_mapped_head(
    model: Any,  # noqa: ANN401
    like: Any,  # noqa: ANN401
    tensors: Mapping[str, torch.Tensor],
) -> None:
    """Give `model` a head made of `tensors` themselves, where `like` has one."""
    if not hasattr(like, NAME):
        return
    with init_empty_weights(include_buffers=False):
        head = MtpHead(like.config.get_text_config())
    head.load_state_dict(dict(tensors), assign=True)
    model.add_module(NAME, head)
