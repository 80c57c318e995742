"""What several families tell the model's forward in the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from transformers.modeling_outputs import BaseModelOutputWithPooling

if TYPE_CHECKING:
    from collections.abc import Mapping

    from transformers import PreTrainedModel

    from engine.model.families.base import Step


def counted(length: int) -> torch.Tensor:
    """Positions that count every token, shape (1, length), int64."""
    return torch.arange(length, dtype=torch.long)[None]


def encoded(features: torch.Tensor | None) -> Mapping[str, object]:
    """The argument by which forward takes `features` as those of its pictures."""
    if features is None:
        return {}
    image = BaseModelOutputWithPooling(pooler_output=[features])
    return {"mm_encoder_outputs": {"image": image}}


def pixels_for(model: PreTrainedModel, pixels: torch.Tensor) -> torch.Tensor:
    """`pixels` where the model is and in the dtype that its vision part computes in.

    Packed 4-bit parameters are bytes; what goes into them is not.
    """
    parameter = next(model.parameters())
    dtype = parameter.dtype if parameter.dtype.is_floating_point else torch.get_default_dtype()
    return pixels.to(parameter.device, dtype)


def token_types(step: Step) -> torch.Tensor:
    """1 at places of features and 0 elsewhere, shape (1, past + n), int64.

    These are read by absolute position, so they begin with the first token of the conversation.
    What the cache holds may count as text: a picture is never cut, so no new token belongs to one
    that is there already.
    """
    return torch.nn.functional.pad(step.places.long(), (step.past, 0))
