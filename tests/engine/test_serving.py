"""Many requests on one thread: real queue, real loop, and work that only counts its steps."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st
from working_day import Counting, Day, Submitted, cancel, void

from engine.api.errors import EngineBusy, EngineError, ModelChanged
from engine.api.events import (
    Failed,
    Finished,
    ModelUnloaded,
    Queued,
    TextDelta,
    is_terminal,
)
from engine.api.messages import user
from engine.api.requests import CountTokens, Generate, LoadModel, Priority, UnloadModel
from engine.inbox import Inbox, Ticket
from engine.schedule import Bounds

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.inbox import EndOvertaken, Work

ASK = (user("What is the time?"),)
BOUNDS = Bounds(
    waiting=dict.fromkeys(Priority, 4),
    begun={Priority.WINDOW: 1, Priority.API: 2, Priority.BATCH: 1},
    slice_s=1.5,
)


REQUESTS = {
    "generate": lambda priority: Generate(ASK, priority=priority),
    "count": lambda priority: CountTokens(ASK, priority=priority),
    "load": lambda priority: LoadModel(priority=priority),
    "unload": lambda priority: UnloadModel(priority=priority),
}
SUBMITS = st.tuples(
    st.just("submit"),
    st.sampled_from(["generate"] * 5 + ["count", "load", "unload"]),
    st.sampled_from(Priority),
    st.integers(1, 6),
)
CANCELS = st.tuples(st.just("cancel"), st.integers(0, 30))
PLANS = st.lists(st.tuples(st.integers(0, 40), st.one_of(SUBMITS, SUBMITS, CANCELS)), min_size=1)


def planned(entry: tuple) -> Callable[[Day], None]:
    match entry:
        case ("submit", name, priority, steps):
            long = steps if name == "generate" else 1
            return lambda day: void(day.submit(REQUESTS[name](priority), long))
        case ("cancel", number):
            return lambda day: cancel(day, number)
    raise AssertionError(entry)


def highest_first(day: Day) -> Callable[[Submitted], None]:
    def check(running: Submitted) -> None:
        waiting = [s for s in day.all if s.open and s is not running]
        # What is cancelled has a step to end with, and takes no other.
        assert not [s for s in waiting if s.request.priority < running.request.priority]
        assert not [s for s in waiting if s.ticket.cancelled]

    return check


def few_at_once(day: Day) -> Callable[[Submitted], None]:
    def check(running: Submitted) -> None:
        for priority, most in BOUNDS.begun.items():
            begun = {s for s in day.all if s.open and s.ran} | {running}
            turns = [s for s in begun if isinstance(s.request, Generate)]
            assert sum(s.request.priority is priority for s in turns) <= most

    return check


def few_wait(day: Day) -> Callable[[Submitted], None]:
    def check(running: Submitted) -> None:
        for priority, most in BOUNDS.waiting.items():
            waiting = [s for s in day.all if s.open and not s.ran and s is not running]
            assert sum(s.request.priority is priority for s in waiting) <= most

    return check


@settings(max_examples=150)
@given(PLANS)
def test_any_day_ends_well(entries: list) -> None:
    day = Day(BOUNDS, [(at, planned(entry)) for at, entry in entries])
    day.submit(Generate(ASK), 2)
    day.checks = [highest_first(day), few_at_once(day), few_wait(day)]
    day.run()
    for submitted in day.all:
        terminal = [event for event in submitted.events if is_terminal(event)]
        assert terminal == submitted.events[-1:]
        said = "x" * submitted.ran
        match terminal[0]:
            case Failed(error=ModelChanged(), text=text) | Finished(text=text):
                assert text == said
            case Failed(error=EngineBusy(waiting=waiting)):
                assert waiting == BOUNDS.waiting[submitted.request.priority]
                assert submitted.ran == 0
            case ModelUnloaded():
                assert isinstance(submitted.request, LoadModel | UnloadModel)
            case other:
                raise AssertionError(other)
        if isinstance(terminal[0], Finished) and terminal[0].reason == "stop":
            assert submitted.ran == submitted.steps


def test_a_batch_stands_still_while_the_window_asks_and_goes_on_afterwards() -> None:
    day = Day(BOUNDS, [(2, lambda day: void(day.submit(Generate(ASK), 3)))])
    batch = day.submit(Generate(ASK, priority=Priority.BATCH), 5)
    day.run()
    (window,) = [s for s in day.all if s is not batch]
    assert day.ran == [batch] * 2 + [window] * 3 + [batch] * 3


def test_two_programs_both_see_tokens_and_a_third_is_told_that_it_waits() -> None:
    day = Day(BOUNDS)
    one, two, three = (day.submit(Generate(ASK, priority=Priority.API), 6) for _ in range(3))
    day.run()
    first = Counter(map(id, day.ran[:8]))
    assert first == {id(one): 4, id(two): 4}
    (queued,) = [event for event in three.events if isinstance(event, Queued)]
    assert queued.ahead == 1
    assert not [event for event in (*one.events, *two.events) if isinstance(event, Queued)]


def test_who_waits_far_behind_is_told_once_and_near_the_front_every_time() -> None:
    inbox = Inbox(Bounds())
    tickets = [Ticket(Generate(ASK, priority=Priority.BATCH), void) for _ in range(15)]
    for ticket in tickets:
        assert inbox.put(ticket) is None
    heard: dict[Ticket, list[int]] = {ticket: [] for ticket in tickets}
    while not tickets[-1].done:
        running = inbox.next()
        assert running is not None
        for ticket, ahead in inbox.news():
            heard[ticket].append(ahead)
        inbox.end(running)
        running.emit(Failed(running.request.request_id, EngineError("Never mind.")))
    assert heard[tickets[0]] == []
    assert heard[tickets[3]] == [3, 2, 1]
    assert heard[tickets[14]] == [14, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]


def test_a_count_comes_between_the_steps_of_its_equals_and_waits_for_its_betters() -> None:
    day = Day(BOUNDS)
    window = day.submit(Generate(ASK), 3)
    api = day.submit(Generate(ASK, priority=Priority.API), 3)
    counts = [day.submit(CountTokens(ASK, priority=p)) for p in (Priority.API, Priority.WINDOW)]
    day.run()
    assert day.ran == [counts[1], *[window] * 3, counts[0], *[api] * 3]


def test_a_new_model_waits_for_its_equals_and_ends_what_is_below() -> None:
    day = Day(BOUNDS, [(2, lambda day: void(day.submit(Generate(ASK), 2)))])
    batch = day.submit(Generate(ASK, priority=Priority.BATCH), 9)
    api = day.submit(Generate(ASK, priority=Priority.API), 9)
    day.checks.append(lambda _: void(day.steps == 3 and load_and_ask_behind(day)))
    day.run()
    window, load, behind = day.all[2:]
    assert day.ran == [*[api] * 2, *[window] * 2, load, behind]
    assert isinstance(api.failure, ModelChanged)
    assert isinstance(batch.failure, ModelChanged)
    assert (api.text, batch.text) == ("xx", "")
    assert window.failure is load.failure is behind.failure is None


def load_and_ask_behind(day: Day) -> None:
    day.submit(LoadModel())
    day.submit(Generate(ASK))


def test_what_was_cancelled_while_a_model_was_loading_is_cancelled() -> None:
    day = Day(
        BOUNDS, [(1, lambda day: void(day.submit(LoadModel()))), (2, lambda day: cancel(day, 0))]
    )
    batch = day.submit(Generate(ASK, priority=Priority.BATCH), 9)
    day.run()
    assert day.ran == [batch, day.all[1]]
    (end,) = [event for event in batch.events if is_terminal(event)]
    assert isinstance(end, Finished)
    assert (end.reason, end.text) == ("cancelled", "x")


def test_a_model_given_up_ends_every_answer_at_once() -> None:
    day = Day(BOUNDS, [(3, lambda day: void(day.submit(UnloadModel())))])
    window = day.submit(Generate(ASK), 9)
    load = day.submit(LoadModel())
    batch = day.submit(Generate(ASK, priority=Priority.BATCH), 9)
    day.run()
    assert day.ran == [*[window] * 3, day.all[-1]]
    assert window.text == "xxx"
    assert all(isinstance(s.failure, ModelChanged) for s in (window, load, batch))


def test_a_program_cannot_take_the_model_from_under_the_window() -> None:
    day = Day(BOUNDS, [(1, lambda day: void(day.submit(UnloadModel(priority=Priority.API))))])
    window = day.submit(Generate(ASK), 4)
    day.run()
    assert day.ran == [*[window] * 4, day.all[-1]]
    assert window.failure is None


def test_who_is_too_many_is_told_how_many_wait() -> None:
    day = Day(BOUNDS)
    asked = [day.submit(Generate(ASK)) for _ in range(6)]
    other = day.submit(Generate(ASK, priority=Priority.API))
    day.run()
    for refused in asked[4:]:
        assert isinstance(refused.failure, EngineBusy)
        assert "4 requests are waiting" in refused.failure.sentence
    assert all(s.failure is None for s in (*asked[:4], other))


def test_work_that_ends_without_a_word_is_a_failure_and_keeps_what_was_said() -> None:
    class Silent(Counting):
        def begin(self, ticket: Ticket, end_overtaken: EndOvertaken) -> Work:
            del end_overtaken
            ticket.emit(TextDelta(ticket.request.request_id, "half", 1))
            yield

    day = Day(BOUNDS)
    day.worker = Silent(day)
    (asked,) = (day.submit(Generate(ASK)),)
    day.run()
    (_, failed) = asked.events
    assert isinstance(failed, Failed)
    assert failed.text == "half"
