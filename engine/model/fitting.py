"""What of a model fits into this machine's memory as it is now: the planner's question, asked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import psutil
import torch

from engine.api.errors import ModelNotUsable, OutOfMemory
from engine.decode.prefill import chunk_size
from engine.model.draft import Pairing, not_used
from engine.model.plan import Target, plan
from engine.model.shape import model_shape

if TYPE_CHECKING:
    from engine.api.requests import KvName
    from engine.model.device import Placement
    from engine.model.draft import DraftFolder
    from engine.model.families.base import FamilyAdapter
    from engine.model.folder import ModelFolder
    from engine.model.plan import ContextPlan
    from engine.model.weights.read import Prepared


def plan_pair(
    folder: ModelFolder,
    family: FamilyAdapter,
    placement: Placement,
    prepared: Prepared,
    available_bytes: int,
    wished: int | None,
    kv: KvName | None,
    pairing: Pairing,
) -> tuple[ContextPlan, Pairing]:
    """As `plan_context` with a draft model beside, which is left out where both do not fit."""
    draft = pairing.draft
    if draft is not None:
        try:
            made = plan_context(
                folder, family, placement, prepared, available_bytes, wished, kv, draft
            )
        except OutOfMemory:
            pairing = Pairing(note=not_used("There is no memory for the pair."))
        except ModelNotUsable as error:
            pairing = Pairing(note=not_used(error.sentence))
        else:
            return made, pairing
    return plan_context(folder, family, placement, prepared, available_bytes, wished, kv), pairing


def plan_context(
    folder: ModelFolder,
    family: FamilyAdapter,
    placement: Placement,
    prepared: Prepared,
    available_bytes: int,
    wished: int | None = None,
    kv: KvName | None = None,
    draft: DraftFolder | None = None,
) -> ContextPlan:
    """The plan for a model whose weights are not loaded yet, with so much free where it will run.

    Raises `OutOfMemory` where nothing fits, `ModelNotUsable` where its settings tell no sizes.
    """
    device = placement.device.type
    target = Target(
        device, placement.dtype.itemsize, prepared.plan.backend.name, chunk_size(device)
    )
    try:
        shape = model_shape(folder, family, prepared)
        if draft is not None:
            shape = replace(shape, draft=model_shape(draft.folder, draft.family))
    except (AttributeError, KeyError, TypeError, ValueError, OSError) as error:
        raise ModelNotUsable(
            f"The model in {folder.path} cannot be loaded: its settings are damaged.",
            f"{type(error).__name__}: {error}",
        ) from error
    made = plan(shape, target, available_bytes, wished, kv)
    if not made.most_tokens:
        raise OutOfMemory(
            f"There is not enough memory for the model in {folder.path}. {' '.join(made.notes)} "
            "Closing other programs may be enough.",
            f"{made}",
        )
    return made


def free_bytes(device: str) -> int:
    """Memory that is free now where models run."""
    if device == "cuda":
        return int(torch.cuda.mem_get_info()[0])
    return int(psutil.virtual_memory().available)
