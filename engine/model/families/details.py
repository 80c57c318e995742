"""How closely a family looks at a picture: its processor's settings for each detail.

"Standard" is what the family's publisher set, but for families whose own limit is far more than a
laptop should read without being asked. "Full" is the most that the family was made for, "low" the
least that still shows what a picture is of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from engine.api.messages import Detail

T = TypeVar("T")

# Places that one picture takes at most.
LOW_PLACES, STANDARD_PLACES = 256, 1280


@dataclass(frozen=True, slots=True)
class Details(Generic[T]):
    """One value for each detail."""

    low: T
    standard: T
    full: T

    def of(self, detail: Detail) -> T:
        """The value for `detail`."""
        match detail:
            case "low":
                return self.low
            case "standard":
                return self.standard
            case "full":
                return self.full


def place_limits(least: int, most: int) -> Details[tuple[int, int]]:
    """(least, most) places for a processor that may choose between `least` and `most` by itself."""
    standard = min(most, STANDARD_PLACES)
    low = max(1, min(LOW_PLACES, standard // 4))
    return Details((min(least, low), low), (min(least, standard), standard), (least, most))
