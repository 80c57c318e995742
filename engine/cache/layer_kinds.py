"""What a model's layers remember, told by its family and turned into cache layers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.api.requests import KvName


@dataclass(frozen=True, slots=True)
class LayerKind:
    """One layer's memory.

    `full` attends to everything so far, `sliding` to the last `window` tokens, the own one
    included; `linear` keeps a state of fixed size, of a convolution, a recurrence or both.
    `int8` keeps a full layer's keys and values as 8-bit numbers.
    `captures_steps` says that a recurrence of this family hands over its state after every token
    (see `engine.model.families.gated_delta`), without which it cannot be taken back.
    """

    name: Literal["full", "sliding", "linear"]
    window: int | None = None
    captures_steps: bool = False
    int8: bool = False

    def __post_init__(self) -> None:
        if (self.name == "sliding") != (self.window is not None and self.window > 1):
            raise ValueError("a sliding layer, and no other, needs a window of two tokens or more")
        if self.int8 and self.name != "full":
            raise ValueError("only full layers are kept as 8-bit numbers")


FULL = LayerKind("full")
LINEAR = LayerKind("linear")


def kept_as(kv: KvName, kinds: Sequence[LayerKind]) -> tuple[LayerKind, ...]:
    """`kinds` with their full layers kept as `kv` says; the others are small and stay."""
    return tuple(
        replace(kind, int8=kv == "int8") if kind.name == "full" else kind for kind in kinds
    )
