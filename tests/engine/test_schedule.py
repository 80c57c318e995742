"""Who runs next, against a plain account of who waits."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from engine.api.requests import Priority
from engine.schedule import Bounds, Nature, Schedule

SLICE_S = 0.1
LONGEST_S = 0.5
BEGUN = {Priority.WINDOW: 2, Priority.API: 3, Priority.BATCH: 1}
BOUNDS = Bounds(begun=BEGUN, slice_s=SLICE_S)
COSTS = st.floats(0.001, LONGEST_S)


@dataclass(eq=False)
class Asked:
    """What the test itself knows of one request."""

    number: int
    priority: Priority
    nature: Nature
    begun: bool = False
    hurried: bool = False


class Scheduling(RuleBasedStateMachine):
    """Arrivals, steps, ends and cancels in any order."""

    @initialize()
    def start(self) -> None:
        self.schedule: Schedule[Asked] = Schedule(BOUNDS)
        self.open: list[Asked] = []
        self.arrived = 0

    @rule(priority=st.sampled_from(Priority), nature=st.sampled_from(Nature))
    def arrive(self, priority: Priority, nature: Nature) -> None:
        self.arrived += 1
        asked = Asked(self.arrived, priority, nature)
        self.open.append(asked)
        self.schedule.add(asked, priority, nature)

    @precondition(lambda self: self.open)
    @rule(cost=COSTS, ends=st.booleans())
    def step(self, cost: float, ends: bool) -> None:
        chosen = self.schedule.next()
        assert chosen in self.open
        self._must_be_right(chosen)
        self.schedule.begin(chosen)
        chosen.begun = True
        self.schedule.ran(chosen, cost)
        if ends or chosen.hurried:
            self.schedule.end(chosen)
            self.open.remove(chosen)

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        asked = data.draw(st.sampled_from(self.open))
        asked.hurried = True
        self.schedule.hurry(asked)

    def _must_be_right(self, chosen: Asked) -> None:
        if any(asked.hurried for asked in self.open):
            assert chosen.hurried
            return
        assert not [a for a in self.open if a.priority < chosen.priority]
        equals = [a for a in self.open if a.priority is chosen.priority]
        if chosen.nature is Nature.AT_ONCE:
            return
        assert not [a for a in equals if a.nature is Nature.AT_ONCE]
        before = [a for a in equals if a.number < chosen.number]
        assert not [a for a in before if a.nature is Nature.ALONE]
        if chosen.nature is Nature.ALONE:
            assert not before
        if chosen.nature is Nature.SHARED:
            waited_for = [a for a in equals if a.nature is Nature.ALONE]
            brief = [a for a in equals if a.nature is Nature.BRIEF]
            assert not [b for b in brief if all(b.number < w.number for w in waited_for)]
            # First come, first served among those that have not begun.
            earlier = [a for a in before if a.nature is Nature.SHARED and not a.begun]
            assert chosen.begun or len(earlier) < BEGUN[chosen.priority]

    @invariant()
    def what_holds_a_cache_is_bounded(self) -> None:
        for priority, most in BEGUN.items():
            holding = [
                a
                for a in self.open
                if a.begun and a.nature is Nature.SHARED and a.priority is priority
            ]
            assert len(holding) <= most

    @invariant()
    def nothing_is_forgotten(self) -> None:
        assert list(self.schedule) == self.open
        assert self.schedule.begun() == [a for a in self.open if a.begun]
        for priority in Priority:
            waiting = [a for a in self.open if a.priority is priority and not a.begun]
            assert self.schedule.waiting(priority) == len(waiting)


TestScheduling = Scheduling.TestCase
TestScheduling.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


def run_step(schedule: Schedule[str], cost: float) -> str:
    chosen = schedule.next()
    assert chosen is not None
    schedule.begin(chosen)
    schedule.ran(chosen, cost)
    return chosen


@given(st.lists(st.tuples(st.integers(0, 2), COSTS), min_size=20, max_size=200))
def test_equals_have_equal_time_however_long_their_steps_are(
    steps: list[tuple[int, float]],
) -> None:
    names = ["one", "two", "three"]
    schedule: Schedule[str] = Schedule(BOUNDS)
    for name in names:
        schedule.add(name, Priority.API, Nature.SHARED)
    had = dict.fromkeys(names, 0.0)
    for _, cost in steps:
        had[run_step(schedule, cost)] += cost
        assert max(had.values()) - min(had.values()) <= SLICE_S + LONGEST_S + 1e-9


def test_a_newcomer_does_not_catch_up_with_the_past() -> None:
    schedule: Schedule[str] = Schedule(BOUNDS)
    schedule.add("old", Priority.API, Nature.SHARED)
    for _ in range(50):
        run_step(schedule, SLICE_S)
    schedule.add("new", Priority.API, Nature.SHARED)
    ran = [run_step(schedule, SLICE_S) for _ in range(20)]
    assert ran.count("old") == ran.count("new") == 10


def test_endless_short_newcomers_do_not_starve_a_long_one() -> None:
    schedule: Schedule[str] = Schedule(BOUNDS)
    schedule.add("long", Priority.API, Nature.SHARED)
    ran = []
    for number in range(100):
        schedule.add(f"short {number}", Priority.API, Nature.SHARED)
        ran.append(run_step(schedule, SLICE_S))
        if ran[-1] != "long":
            schedule.end(ran[-1])
    assert ran.count("long") >= 25  # three may run at once


def test_a_newcomer_does_not_wait_for_what_counts_have_taken() -> None:
    schedule: Schedule[str] = Schedule(BOUNDS)
    schedule.add("old", Priority.API, Nature.SHARED)
    for number in range(50):
        schedule.add(f"count {number}", Priority.API, Nature.BRIEF)
        assert run_step(schedule, 1.0) == f"count {number}"
        schedule.end(f"count {number}")
        assert run_step(schedule, SLICE_S) == "old"
    schedule.add("new", Priority.API, Nature.SHARED)
    assert [run_step(schedule, SLICE_S) for _ in range(4)].count("new") == 2


@given(st.lists(st.tuples(COSTS, st.booleans(), st.booleans()), min_size=20, max_size=200))
def test_nobody_waits_long_while_others_come_and_go(
    steps: list[tuple[float, bool, bool]],
) -> None:
    schedule: Schedule[str] = Schedule(BOUNDS)
    waited: dict[str, float] = {}

    def arrive() -> None:
        name = f"turn {len(waited)}"
        waited[name] = 0.0
        schedule.add(name, Priority.API, Nature.SHARED)

    arrive()
    for cost, ends, another in steps:
        if another or not schedule:
            arrive()
        ran = run_step(schedule, cost)
        begun = schedule.begun()
        if ends:
            schedule.end(ran)
        waited[ran] = 0.0
        for name in begun:
            waited[name] += cost * (name != ran)
            # Two others at a time, each with a slice and what it runs over.
            assert waited[name] <= 2 * 2 * (SLICE_S + LONGEST_S)


def test_a_slice_is_not_cut_among_equals_but_is_by_a_higher_priority() -> None:
    schedule: Schedule[str] = Schedule(BOUNDS)
    schedule.add("one", Priority.API, Nature.SHARED)
    assert run_step(schedule, SLICE_S / 3) == "one"
    schedule.add("two", Priority.API, Nature.SHARED)
    assert run_step(schedule, SLICE_S / 3) == "one"
    schedule.add("window", Priority.WINDOW, Nature.SHARED)
    assert run_step(schedule, SLICE_S) == "window"
    schedule.end("window")
    assert [run_step(schedule, SLICE_S) for _ in range(3)] == ["two", "one", "two"]


def test_a_place_is_how_many_must_end_first() -> None:
    schedule: Schedule[str] = Schedule(BOUNDS)
    for number in range(5):
        schedule.add(f"api {number}", Priority.API, Nature.SHARED)
    schedule.add("load", Priority.API, Nature.ALONE)
    schedule.add("after", Priority.API, Nature.SHARED)
    schedule.add("count", Priority.API, Nature.BRIEF)
    schedule.add("window", Priority.WINDOW, Nature.SHARED)
    assert dict(schedule.places()) == {
        "window": 0,
        "api 0": 1,
        "api 1": 1,
        "api 2": 1,
        "api 3": 2,
        "api 4": 3,
        "load": 6,
        "after": 7,
    }


REQUESTED = st.tuples(st.sampled_from(Priority), st.sampled_from(Nature), st.integers(1, 5))


@given(st.lists(REQUESTED, max_size=25))
def test_nobody_begins_before_as_many_have_ended_as_it_was_told(
    requests: list[tuple[Priority, Nature, int]],
) -> None:
    schedule: Schedule[str] = Schedule(BOUNDS)
    steps_left: dict[str, int] = {}
    for number, (priority, nature, steps) in enumerate(requests):
        name = f"{nature.name} {number}"
        steps_left[name] = steps if nature is Nature.SHARED else 1
        schedule.add(name, priority, nature)
    told = dict(schedule.places())
    ended = 0
    while schedule:
        ran = run_step(schedule, SLICE_S)
        assert ended >= told.pop(ran, 0)
        steps_left[ran] -= 1
        if not steps_left[ran]:
            schedule.end(ran)
            # Brief ones are not counted, and what must be at once has passed everybody.
            ended += ran.startswith(("SHARED", "ALONE"))
    assert not [name for name in told if not name.startswith(("AT_ONCE", "BRIEF"))]


@pytest.mark.parametrize("priority", Priority)
def test_what_must_be_at_once_passes_what_waits_for_its_equals(priority: Priority) -> None:
    schedule: Schedule[str] = Schedule(BOUNDS)
    for name, nature in (
        ("turn", Nature.SHARED),
        ("load", Nature.ALONE),
        ("count", Nature.BRIEF),
        ("unload", Nature.AT_ONCE),
    ):
        schedule.add(name, priority, nature)
    order = []
    while schedule:
        order.append(run_step(schedule, 1.0))
        schedule.end(order[-1])
    assert order == ["unload", "turn", "load", "count"]
    assert schedule.next() is None


def test_what_came_before_is_known_by_arrival_alone() -> None:
    schedule: Schedule[str] = Schedule(BOUNDS)
    schedule.add("batch", Priority.BATCH, Nature.SHARED)
    run_step(schedule, 1.0)
    schedule.add("load", Priority.WINDOW, Nature.ALONE)
    schedule.add("later", Priority.BATCH, Nature.SHARED)
    assert schedule.next() == "load"
    assert schedule.arrived_before("load") == ["batch"]
