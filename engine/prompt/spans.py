"""What pictures become in a prompt, and where they stand in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True, slots=True)
class PictureForm:
    """What stands in a prompt for one picture.

    `parts` are texts (marks around a picture, or of its rows and columns) and, between them, how
    many places in a row take the picture's features. `grid` is (rows, columns) of features, for
    families whose positions follow it. `seen` is (width, height) in pixels of what the model sees.
    """

    parts: tuple[str | int, ...]
    grid: tuple[int, int]
    seen: tuple[int, int]

    @property
    def features(self) -> int:
        """How many places take features."""
        return sum(part for part in self.parts if isinstance(part, int))

    def tokens(self, tokenize: Callable[[str], Sequence[int]]) -> int:
        """How many tokens lie between the first feature and the last, both included."""
        counts = [p if isinstance(p, int) else -1 for p in self.parts]
        first = next(at for at, count in enumerate(counts) if count >= 0)
        last = len(counts) - 1 - next(at for at, count in enumerate(counts[::-1]) if count >= 0)
        inner = self.parts[first : last + 1]
        return sum(p if isinstance(p, int) else len(tokenize(p)) for p in inner)


@dataclass(frozen=True, slots=True)
class ImageSpan:
    """A picture's place in a prompt.

    `runs` are the token positions [start, end) that take its features, in order; marks of the
    family's own may stand between them. `grid` is that of its `PictureForm`; `sha256` names the
    picture's content.
    """

    runs: tuple[tuple[int, int], ...]
    grid: tuple[int, int]
    sha256: str

    @property
    def start(self) -> int:
        """Position of the first feature."""
        return self.runs[0][0]

    @property
    def end(self) -> int:
        """Position after the last feature."""
        return self.runs[-1][1]

    @property
    def features(self) -> int:
        """How many of the positions take features."""
        return sum(end - start for start, end in self.runs)
