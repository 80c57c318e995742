"""Was it memory that was missing? Told by trying, since torch does not say on a processor."""

from __future__ import annotations

import torch

# With less than this nothing goes on, whatever it was that failed.
_LEAST_BYTES = 32 * 2**20


def is_out_of_memory(fault: BaseException, most_bytes: int) -> bool:
    """Whether `fault` is an allocation that failed; none on the way to it was over `most_bytes`.

    On a card torch has a type of its own for it. On a processor it raises a bare `RuntimeError`,
    as it does for much else, and so do the libraries under it ("could not create a primitive");
    only texts tell them apart, and texts change. So it is tried: where `most_bytes` are to be had
    now, memory was not the trouble, and where they are not, there is too little to go on with
    anyhow. Memory that is never touched costs nothing, so the trial is free.

    Ask while `fault` still holds the frames it came through, and so what they had allocated.
    """
    if isinstance(fault, torch.OutOfMemoryError | MemoryError):
        return True
    return type(fault) is RuntimeError and not _can_be_had(max(most_bytes, _LEAST_BYTES))


def _can_be_had(size_bytes: int) -> bool:
    try:
        torch.empty(size_bytes, dtype=torch.uint8, device="cpu")
    except (RuntimeError, MemoryError):  # an allocation can go wrong in one way only
        return False
    return True
