"""A conversation as a tree of turns: pure functions, for anything with an id and a parent.

Turns come in the order in which they were asked, every parent before its children. Where nothing
was chosen, the newest is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Node(Protocol):
    """A turn, as far as its place in the tree goes."""

    @property
    def id(self) -> str:
        """Unlike any other's in the tree."""

    @property
    def parent_id(self) -> str | None:
        """The turn that it follows; `None` for a first question."""


N = TypeVar("N", bound=Node)


@dataclass(frozen=True, slots=True)
class Siblings:
    """The turns that stand in one place; `index` is that of the turn asked about, from 0."""

    ids: tuple[str, ...]
    index: int

    @property
    def count(self) -> int:
        """How many there are, the turn itself included."""
        return len(self.ids)


def children(turns: Sequence[N]) -> dict[str | None, list[N]]:
    """The turns below each turn; those at the beginning under `None`."""
    below: dict[str | None, list[N]] = {}
    for turn in turns:
        below.setdefault(turn.parent_id, []).append(turn)
    return below


def shown_path(turns: Sequence[N], shown: Mapping[str | None, str]) -> list[N]:
    """The turns that are shown, from the first question to the last answer."""
    below = children(turns)
    path: list[N] = []
    place: str | None = None
    while following := below.get(place):
        chosen = shown.get(place)
        turn = next((t for t in following if t.id == chosen), following[-1])
        path.append(turn)
        place = turn.id
    return path


def siblings(turns: Sequence[N], turn_id: str) -> Siblings:
    """The turns in the same place as this one. Raises `KeyError` where there is no such turn."""
    parent = _parents(turns)[turn_id]
    ids = tuple(turn.id for turn in turns if turn.parent_id == parent)
    return Siblings(ids, ids.index(turn_id))


def choose(
    turns: Sequence[N], shown: Mapping[str | None, str], turn_id: str
) -> dict[str | None, str]:
    """`shown` changed so that this turn is on the path; what was chosen below it stays.

    Raises `KeyError` where there is no such turn.
    """
    parents = _parents(turns)
    changed = dict(shown)
    place: str | None = turn_id
    while place is not None:
        parent = parents[place]
        changed[parent] = place
        place = parent
    return changed


def descendants(turns: Sequence[N], turn_id: str) -> list[N]:
    """This turn and all below it, in the order of `turns`."""
    inside = {turn_id}
    found = []
    for turn in turns:
        if turn.id in inside or turn.parent_id in inside:
            inside.add(turn.id)
            found.append(turn)
    return found


def is_tree(turns: Sequence[Node], shown: Mapping[str | None, str]) -> bool:
    """Whether ids differ, every parent comes before its children, and choices are children."""
    parents: dict[str, str | None] = {}
    for turn in turns:
        if turn.id in parents or (turn.parent_id is not None and turn.parent_id not in parents):
            return False
        parents[turn.id] = turn.parent_id
    return all(child in parents and parents[child] == place for place, child in shown.items())


def _parents(turns: Sequence[Node]) -> dict[str, str | None]:
    return {turn.id: turn.parent_id for turn in turns}
