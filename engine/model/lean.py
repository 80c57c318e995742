"""Less Python between the kernels of a decode step.

A step over one token spends most of its time between kernels: a norm is five operations, and each
of hundreds of module calls looks for hooks that nobody has set. Here leaf modules are called as
the plain functions they are, and norms become the one kernel that torch has for them. The modules
stay where they were, so names, weights and saving do not change; the functions merely stand before
them in the object's own dictionary.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import torch

from engine.model.lean_parts import function_of, lean_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Function = Callable[..., torch.Tensor]

# How far a norm's one kernel may be from the module's own arithmetic.
_TOLERANCE = {torch.float32: 1e-5, torch.bfloat16: 0.04}
_PROBE_ROWS = 4


def make_lean(network: torch.nn.Module) -> int:
    """Let `network`'s leaf modules be called as functions; returns how many are.

    For inference only: hooks on these modules are no longer called, so modules that have any are
    left alone, and moving the network afterwards would leave the functions behind.
    """
    count = lean_parts(network)
    for parent, name, child in list(_leaves(network)):
        function = _function_of(child)
        if function is not None:
            parent.__dict__[name] = function
            count += 1
    return count


def make_plain(network: torch.nn.Module) -> None:
    """Let all modules of `network` be called as themselves again, to be watched or replaced."""
    for module in network.modules():
        for name in ("forward", *dict(module.named_children())):
            module.__dict__.pop(name, None)


def _leaves(network: torch.nn.Module) -> Iterator[tuple[torch.nn.Module, str, torch.nn.Module]]:
    for parent in network.modules():
        if isinstance(parent, torch.nn.ModuleList | torch.nn.ModuleDict | torch.nn.Sequential):
            continue
        for name, child in parent.named_children():
            is_part = "forward" in vars(child)
            if is_part or (not any(True for _ in child.children()) and not _hooked(child)):
                yield parent, name, child


def _hooked(module: torch.nn.Module) -> bool:
    own = vars(module)  # torch has no public way to ask for hooks
    return bool(own["_forward_hooks"] or own["_forward_pre_hooks"])


def _function_of(module: torch.nn.Module) -> Function | None:
    if type(module) is torch.nn.Linear or "forward" in vars(module):
        return function_of(module)
    if type(module).__name__.endswith("RMSNorm"):
        return _norm(module)
    if type(module) in {torch.nn.SiLU, torch.nn.GELU} or type(module).__name__ == "SiLUActivation":
        return module.forward
    return None


def _norm(module: Any) -> Function | None:  # noqa: ANN401 - every family has a class of its own
    """The kernel for a norm, if it computes the same: some families scale by one plus a weight."""
    weight = getattr(module, "weight", None)
    epsilon = getattr(module, "variance_epsilon", getattr(module, "eps", None))
    if weight is None or epsilon is None or weight.dtype not in _TOLERANCE or weight.ndim != 1:
        return None
    draws = torch.Generator().manual_seed(0)
    probe = torch.randn((_PROBE_ROWS, len(weight)), generator=draws).to(weight)
    wanted = module(probe)
    for scale in (weight.detach(), 1 + weight.detach()):
        norm = partial(
            torch.rms_norm, normalized_shape=(len(weight),), weight=scale, eps=float(epsilon)
        )
        if (norm(probe) - wanted).abs().max() <= _TOLERANCE[weight.dtype]:
            return norm
    return None
