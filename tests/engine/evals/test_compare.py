"""Differences between runs, and that chance is not taken for one."""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.evals.compare import compare_runs, comparison_table
from engine.evals.report import EvalReport, average_over_families
from engine.evals.runs import Outcome, Run, count_up

if TYPE_CHECKING:
    from collections.abc import Iterable

rights = st.lists(st.booleans(), min_size=1, max_size=60)


def run(outcomes: Iterable[Outcome], name: str = "m") -> Run:
    outcomes = tuple(outcomes)
    tasks = count_up(list(dict.fromkeys(o.task for o in outcomes)), outcomes, {})
    return Run(EvalReport({}, name, "full", tasks), outcomes)


def single(task: str, right: Iterable[bool], salt: str = "") -> list[Outcome]:
    """Conversations of one question each."""
    return [Outcome(task, i, 0, f"{salt}{i}", r) for i, r in enumerate(right)]


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60))
def test_pairs_have_the_interval_of_bonett_and_price(pairs: list[tuple[bool, bool]]) -> None:
    first, second = (single("t", side) for side in zip(*pairs, strict=True))
    (row,) = compare_runs(run(first), run(second)).tasks
    n = len(pairs)
    gained = (sum(b and not a for a, b in pairs) + 1) / (n + 2)
    lost = (sum(a and not b for a, b in pairs) + 1) / (n + 2)
    half = 1.96 * math.sqrt((gained + lost - (gained - lost) ** 2) / (n + 2))
    expected = max(-1, gained - lost - half), min(1, gained - lost + half)
    assert row.paired
    assert row.interval == pytest.approx(expected)


@given(rights, rights)
def test_other_questions_have_the_interval_of_agresti_and_caffo(
    first: list[bool], second: list[bool]
) -> None:
    (row,) = compare_runs(run(single("t", first, "a")), run(single("t", second, "b"))).tasks
    shares = [(sum(right) + 1) / (len(right) + 2) for right in (first, second)]
    sizes = [len(first) + 2, len(second) + 2]
    half = 1.96 * math.sqrt(sum(p * (1 - p) / n for p, n in zip(shares, sizes, strict=True)))
    difference = shares[1] - shares[0]
    assert not row.paired
    assert row.interval == pytest.approx((max(-1, difference - half), min(1, difference + half)))


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60))
def test_the_other_way_round_is_the_negative(pairs: list[tuple[bool, bool]]) -> None:
    first, second = (run(single("t/x", side)) for side in zip(*pairs, strict=True))
    there, back = compare_runs(first, second), compare_runs(second, first)
    for one, other in zip((*there.tasks, there.average), (*back.tasks, back.average), strict=True):
        assert one is not None
        assert other is not None
        low, high = other.interval
        assert one.interval == pytest.approx((-high, -low))
        assert one.is_real == other.is_real
        assert one.difference == pytest.approx(-other.difference)


@given(rights)
def test_a_run_does_not_differ_from_itself(right: list[bool]) -> None:
    comparison = compare_runs(run(single("t", right)), run(single("t", right)))
    assert comparison.average is not None
    assert comparison.average.difference == 0
    assert not any(row.is_real for row in (*comparison.tasks, *comparison.families))


def test_questions_of_one_conversation_count_for_less() -> None:
    def talk(right: bool, items: int, questions: int) -> list[Outcome]:
        return [
            Outcome("t", i, e, f"{i}.{e}", right) for i in range(items) for e in range(questions)
        ]

    few = compare_runs(run(talk(False, 4, 10)), run([*talk(True, 2, 10), *talk(False, 4, 10)[20:]]))
    many = compare_runs(
        run(single("t", [False] * 40)), run(single("t", [True] * 20 + [False] * 20))
    )
    width = [row.interval[1] - row.interval[0] for row in (few.tasks[0], many.tasks[0])]
    assert few.tasks[0].difference == many.tasks[0].difference == 0.5
    assert width[0] > width[1]


def test_equal_models_are_seldom_told_apart_and_unequal_ones_mostly() -> None:
    rng = random.Random(7)

    def marked(first: float, second: float) -> float:
        found = 0
        for _ in range(400):
            sides = [single("t", [rng.random() < p for _ in range(100)]) for p in (first, second)]
            found += compare_runs(run(sides[0]), run(sides[1])).tasks[0].is_real
        return found / 400

    assert marked(0.6, 0.6) < 0.08
    assert marked(0.5, 0.75) > 0.9


def test_only_shared_questions_are_compared() -> None:
    shorter = single("a/x", [True] * 5)
    longer = single("a/x", [True] * 5 + [False] * 20)
    comparison = compare_runs(
        run([*shorter, *single("b", [True])]), run([*longer, *single("c", [True])])
    )
    assert comparison.tasks[0].n == (5, 5)
    assert comparison.tasks[0].difference == 0
    assert comparison.only_in_one == ("b", "c")
    assert [row.task for row in comparison.families] == ["a"]


def test_the_average_is_that_of_the_families() -> None:
    first = run([*single("a/x", [True] * 9 + [False]), *single("b", [False] * 40)])
    second = run([*single("a/x", [True] * 10), *single("b", [True] * 40)])
    average = compare_runs(first, second).average
    assert average is not None
    assert average.accuracy[0] == pytest.approx(average_over_families(first.report.tasks))
    assert average.difference == pytest.approx((0.1 + 1) / 2)
    assert average.is_real


def test_the_table_marks_what_is_real_and_what_was_not_paired() -> None:
    first = run([*single("a", [False] * 50), *single("b", [True, False])], "old")
    second = run([*single("a", [True] * 50), *single("b", [True, False], "other")], "new")
    lines = comparison_table(compare_runs(first, second)).splitlines()
    row = {line.split()[0]: line for line in lines if line[:2] in {"a ", "b "}}
    assert row["a"].endswith("*")
    assert row["b"].endswith("~")
    assert lines[0] == "A: old, full"
    assert compare_runs(first, run(single("z", [True]))).average is None
    assert "In one run only: a, b, z." in comparison_table(
        compare_runs(first, run(single("z", [True])))
    )
