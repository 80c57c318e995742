"""What a fault inside a request means, in words for the person who asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.api.errors import EngineError, OutOfMemory, TurnFault
from engine.decode.sampler import NotANumber
from engine.model.allocation import is_out_of_memory

if TYPE_CHECKING:
    from engine.model.loaded_model import LoadedModel


def explain(fault: Exception, most_bytes: int = 0) -> EngineError:
    """The error that stands for `fault`; `most_bytes` is as `is_out_of_memory` takes it."""
    details = f"{type(fault).__name__}: {fault}"
    if is_out_of_memory(fault, most_bytes):
        return OutOfMemory(
            "The memory ran out during this answer. Closing other programs, or asking about "
            "fewer pages, may be enough.",
            details,
        )
    if isinstance(fault, NotANumber):
        return TurnFault(
            "The model's arithmetic broke down during this answer. Ask again; if it happens "
            "every time, the model's files are damaged.",
            details,
        )
    return TurnFault("Something went wrong in the engine. You can try again.", details)


def largest_allocation(model: LoadedModel, tokens: int, chunk: int) -> int:
    """More bytes than any one allocation takes while `chunk` of `tokens` are read or one is said.

    The largest are: a weight matrix made into fp32, the scores of every head for a chunk, one
    layer's keys for all heads. Twice that, since what an operation had beside the allocation that
    failed is free again when it is asked about.
    """
    text = model.network.config.get_text_config()
    heads, hidden = int(text.num_attention_heads), int(text.hidden_size)
    weight = max((parameter.numel() for parameter in model.network.parameters()), default=0)
    values = max(weight, tokens * heads * chunk, tokens * hidden * 2)
    return 2 * 4 * values
