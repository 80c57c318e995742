"""Muon in full precision: momentum whose matrices are made orthogonal (Jordan et al. 2024).

torch's own runs the iteration in bf16, which is slow and coarse on most CPUs. Matrices of one
shape are stacked, so that a step is a few batched products.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Iterable

_TABLES = ("embed_tokens.weight", "position_embedding.weight")
_A, _B, _C = 3.4445, -4.7750, 2.0315


def orthogonal(stack: torch.Tensor, steps: int = 4) -> torch.Tensor:
    """Return matrices with the same directions and singular values near one (Newton-Schulz)."""
    wide = stack.shape[-2] <= stack.shape[-1]
    x = stack if wide else stack.mT
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(steps):
        square = x @ x.mT
        x = _A * x + (_B * square + _C * square @ square) @ x
    return x if wide else x.mT


class Muon(torch.optim.Optimizer):
    """Nesterov momentum, orthogonalised; for the matrices inside a network."""

    def __init__(
        self, params: Iterable[torch.nn.Parameter], lr: float, momentum: float = 0.95
    ) -> None:
        super().__init__(params, {"lr": lr, "momentum": momentum})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """Take one step over all matrices that have a gradient."""
        del closure
        for group in self.param_groups:
            by_shape: dict[torch.Size, list[torch.nn.Parameter]] = defaultdict(list)
            for p in group["params"]:
                if p.grad is not None:
                    by_shape[p.shape].append(p)
            for shape, params in by_shape.items():
                update = orthogonal(torch.stack([self._momentum(p, group) for p in params]))
                scale = max(1.0, shape[0] / shape[1]) ** 0.5
                for p, direction in zip(params, update, strict=True):
                    p.add_(direction, alpha=-group["lr"] * scale)

    def _momentum(self, p: torch.nn.Parameter, group: dict[str, float]) -> torch.Tensor:
        state = self.state[p]
        if "momentum" not in state:
            state["momentum"] = torch.zeros_like(p)
        buffer = state["momentum"]
        buffer.lerp_(p.grad, 1 - group["momentum"])
        return p.grad.lerp(buffer, group["momentum"])


def optimisers(
    model: torch.nn.Module, muon_rate: float, adam_rate: float
) -> tuple[Muon, torch.optim.AdamW]:
    """Give the matrices to Muon and the rest (look-up tables, norms, biases) to AdamW.

    The patch embedding is a matrix like any other: AdamW would move all its inputs together,
    because neighbouring pixels are alike, and so overshoot many times over.
    """
    matrices, others = [], []
    for name, p in model.named_parameters():
        inner = p.ndim == 2 and not name.endswith(_TABLES)
        (matrices if inner else others).append(p)
    return (
        Muon(matrices, lr=muon_rate),
        torch.optim.AdamW(others, lr=adam_rate, betas=(0.9, 0.95), weight_decay=0.0),
    )
