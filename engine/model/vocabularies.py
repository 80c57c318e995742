"""Can two vocabularies stand for each other? Entry by entry: a draft's tokens are the model's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Difference:
    """How two vocabularies differ: their sizes, and if these are equal, in how many entries."""

    entries: int
    other_entries: int
    differing: int = 0
    first: int = 0

    @property
    def sentence(self) -> str:
        """Said of the draft model, whose entries are the other ones."""
        if self.entries != self.other_entries:
            return (
                f"Its vocabulary has {self.other_entries:,} entries, the model's {self.entries:,}."
            )
        return (
            f"Of the {self.entries:,} entries of its vocabulary {self.differing:,} differ from the "
            f"model's, the first is number {self.first:,}."
        )


def compare(vocabulary: Mapping[str, int], other: Mapping[str, int]) -> Difference | None:
    """How `other` differs from `vocabulary`, `None` where it does not."""
    if len(vocabulary) != len(other):
        return Difference(len(vocabulary), len(other))
    texts, others = (
        {number: text for text, number in entries.items()} for entries in (vocabulary, other)
    )
    differing = sorted(n for n in texts.keys() | others.keys() if texts.get(n) != others.get(n))
    if not differing:
        return None
    return Difference(len(texts), len(others), len(differing), differing[0])
