"""Which request's step runs next: a pure decision over what waits and what has begun.

The window comes before the programs that ask through the API, and these before batches, at every
step. Among equals the one that had the least time so far goes on, for a slice at a time. What must
not be known here: threads, clocks, models.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Generic, TypeVar

from engine.api.requests import Priority

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Item = TypeVar("Item", bound=Hashable)


class Nature(Enum):
    """How a request stands to the others of its own priority."""

    SHARED = "many steps, alternating with others"
    BRIEF = "one short step, between the steps of others"
    ALONE = "what came before it ends first, what came after it waits for its end"
    AT_ONCE = "before everything else, at the next step"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the engine takes on.

    `waiting`: requests of one priority that have not begun; beyond it a request is refused.
    `begun`: shared requests of one priority that may be under way at once. Each holds a cache, and
    a prefix in use cannot be reused by another: a batch gains nothing by a second one.
    `slice_s`: seconds until another of the same priority has its turn; one step at the least.
    """

    waiting: Mapping[Priority, int] = field(
        default_factory=lambda: {Priority.WINDOW: 1000, Priority.API: 100, Priority.BATCH: 1000}
    )
    begun: Mapping[Priority, int] = field(
        default_factory=lambda: {Priority.WINDOW: 2, Priority.API: 4, Priority.BATCH: 1}
    )
    slice_s: float = 0.1


@dataclass(slots=True, eq=False)
class _Entry(Generic[Item]):
    """A request that has not ended.

    A shared one is `admitted` as soon as it may begin. `spent_s` is the time it had since, counted
    from what each of its equals had by then.
    """

    item: Item
    priority: Priority
    nature: Nature
    order: int
    admitted: bool = False
    begun: bool = False
    spent_s: float = 0.0


class Schedule(Generic[Item]):
    """The requests that have not ended, and the choice among them."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._entries: dict[Item, _Entry[Item]] = {}
        self._hurried: dict[Item, None] = {}
        self._arrived = 0
        self._current: _Entry[Item] | None = None
        self._slice_s = 0.0
        # The time that each of the admitted had, were it shared evenly: where a newcomer stands.
        self._even_s = dict.fromkeys(Priority, 0.0)

    def __contains__(self, item: Item) -> bool:
        return item in self._entries

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Item]:
        """Everything that has not ended, in order of arrival."""
        return iter(self._entries)

    def add(self, item: Item, priority: Priority, nature: Nature) -> None:
        """Take in `item`, which waits from now on."""
        self._arrived += 1
        self._entries[item] = _Entry(item, priority, nature, self._arrived)
        self._admit(priority)

    def hurry(self, item: Item) -> None:
        """`item` only has to end, which is quick: its next step comes before all others."""
        self._hurried[item] = None

    def begin(self, item: Item) -> None:
        """A step of `item` is about to be carried out: it waits no longer."""
        self._entries[item].begun = True

    def ran(self, item: Item, seconds: float) -> None:
        """A step of `item` took `seconds`."""
        entry = self._entries[item]
        if entry.admitted:
            entry.spent_s += seconds
            self._even_s[entry.priority] += seconds / len(self._admitted(entry.priority))
        if entry is not self._current:
            self._current, self._slice_s = entry, 0.0
        self._slice_s += seconds

    def end(self, item: Item) -> None:
        """`item` has ended."""
        entry = self._entries.pop(item)
        self._hurried.pop(item, None)
        if entry is self._current:
            self._current = None
        self._admit(entry.priority)

    def next(self) -> Item | None:
        """Whose step comes next; `None` where there is nothing to do."""
        if self._hurried:
            return next(iter(self._hurried))
        if not self._entries:
            return None
        return self._first_of(self._equals(min(e.priority for e in self._entries.values()))).item

    def waiting(self, priority: Priority) -> int:
        """How many requests of `priority` have not begun."""
        return sum(not entry.begun for entry in self._equals(priority))

    def begun(self) -> list[Item]:
        """What has begun and not ended, in order of arrival."""
        return [entry.item for entry in self._entries.values() if entry.begun]

    def arrived_before(self, item: Item) -> list[Item]:
        """What came before `item` and has not ended."""
        order = self._entries[item].order
        return [entry.item for entry in self._entries.values() if entry.order < order]

    def places(self) -> Iterator[tuple[Item, int]]:
        """What waits, each with how many others must end before it can begin.

        Brief ones are left out on both sides: they are served before anybody could look.
        """
        higher = 0
        for priority in Priority:
            room = self._bounds.begun[priority]
            before = beside = 0
            for entry in self._equals(priority):
                if entry.nature is Nature.ALONE:
                    ahead = before + beside
                    before, beside = ahead + 1, 0
                elif entry.nature is Nature.SHARED:
                    beside += 1
                    ahead = before + max(0, beside - room)
                else:
                    continue
                if not entry.begun:
                    yield entry.item, higher + ahead
            higher += before + beside

    def _equals(self, priority: Priority) -> list[_Entry[Item]]:
        return [entry for entry in self._entries.values() if entry.priority is priority]

    def _admitted(self, priority: Priority) -> list[_Entry[Item]]:
        return [entry for entry in self._equals(priority) if entry.admitted]

    def _admit(self, priority: Priority) -> None:
        """Let as many shared requests begin as may, up to one that must be alone."""
        room = self._bounds.begun[priority] - len(self._admitted(priority))
        for entry in self._equals(priority):
            if room <= 0 or entry.nature is Nature.ALONE:
                break
            if entry.nature is Nature.SHARED and not entry.admitted:
                entry.admitted, entry.spent_s = True, self._even_s[priority]
                room -= 1

    def _first_of(self, equals: list[_Entry[Item]]) -> _Entry[Item]:
        barrier = brief = None
        for entry in equals:
            if entry.nature is Nature.AT_ONCE:
                return entry
            if entry.nature is Nature.ALONE:
                barrier = barrier or entry
            elif entry.nature is Nature.BRIEF and barrier is None:
                brief = brief or entry
        admitted = [entry for entry in equals if entry.admitted]
        first = brief or (self._fairest(admitted) if admitted else barrier)
        assert first is not None
        return first

    def _fairest(self, admitted: list[_Entry[Item]]) -> _Entry[Item]:
        """The one whose slice is not over, else the one that had the least time."""
        if self._current in admitted and self._slice_s < self._bounds.slice_s:
            assert self._current is not None
            return self._current
        return min(admitted, key=lambda entry: (entry.spent_s, entry.order))
