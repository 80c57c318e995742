"""What a model's layers remember, told by its family and turned into cache layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class LayerKind:
    """One layer's memory.

    `full` attends to everything so far, `sliding` to the last `window` tokens, the own one
    included; `linear` keeps a state of fixed size, of a convolution, a recurrence or both.
    `captures_steps` says that a recurrence of this family hands over its state after every token
    (see `engine.model.families.gated_delta`), without which it cannot be taken back.
    """

    name: Literal["full", "sliding", "linear"]
    window: int | None = None
    captures_steps: bool = False

    def __post_init__(self) -> None:
        if (self.name == "sliding") != (self.window is not None and self.window > 1):
            raise ValueError("a sliding layer, and no other, needs a window of two tokens or more")


FULL = LayerKind("full")
LINEAR = LayerKind("linear")
