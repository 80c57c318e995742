"""Scores, intervals and the report's form."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.evals.report import (
    EvalReport,
    TaskResult,
    average_interval,
    average_over_families,
    family_sums,
    report_table,
)
from engine.evals.score import wilson_interval

counts = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
names = st.sampled_from(["document", "document/table", "tools/call", "tools/two", "needle"])
results = st.lists(
    st.builds(lambda name, count: TaskResult(name, count[1], count[0]), names, counts),
    unique_by=lambda result: result.task,
)


@pytest.mark.parametrize(
    ("correct", "n", "low", "high"),
    [(0, 10, 0.0, 0.278), (5, 10, 0.237, 0.763), (10, 10, 0.722, 1.0)],
)
def test_wilson_interval_has_the_published_values(
    correct: int, n: int, low: float, high: float
) -> None:
    assert wilson_interval(correct, n) == pytest.approx((low, high), abs=1e-3)


@given(counts)
def test_the_interval_holds_the_share_and_narrows_with_n(count: tuple[int, int]) -> None:
    correct, n = count
    low, high = wilson_interval(correct, n)
    assert -1e-9 <= low <= correct / n + 1e-9
    assert correct / n - 1e-9 <= high <= 1 + 1e-9
    more = wilson_interval(correct * 4, n * 4)
    assert more[1] - more[0] < high - low


def test_nothing_measured_is_anything() -> None:
    assert wilson_interval(0, 0) == (0.0, 1.0)
    assert average_interval([]) == (0.0, 1.0)
    assert average_over_families([]) == 0.0


def test_report_has_the_form_other_programs_read() -> None:
    report = EvalReport({"system": "x"}, "m", "full", (TaskResult("document", 4, 3),))
    found = report.to_dict()
    assert list(found)[:4] == ["machine", "model", "weights", "tasks"]
    row = {"task": "document", "n": 4, "correct": 3, "accuracy": 0.75, "low": 0.3006}
    assert found["tasks"] == [row | {"high": 0.9544, "skipped": {}}]
    assert found["families"] == found["tasks"]
    assert found["average"] == {"accuracy": 0.75, "low": 0.3006, "high": 0.9544}
    assert "document" in report_table(report)
    json.dumps(found)


def test_families_are_summed_and_weigh_the_same_in_the_average() -> None:
    tasks = (
        TaskResult("tools/call", 90, 90, (("too long", 2),)),
        TaskResult("tools/two", 10, 0, (("too long", 3), ("no pictures", 1))),
        TaskResult("needle", 10, 5),
        TaskResult("picture/line", 0, 0, (("no pictures", 7),)),
    )
    tools, needle, picture = family_sums(tasks)
    assert (tools.task, tools.n, tools.correct) == ("tools", 100, 90)
    assert tools.skipped == (("too long", 5), ("no pictures", 1))
    assert (needle.n, picture.n) == (10, 0)
    assert average_over_families(tasks) == pytest.approx(0.7)
    rows = EvalReport({}, "m", "full", tasks).to_dict()["tasks"]
    assert isinstance(rows, list)
    assert [row["task"] for row in rows] == ["tools", "picture", *(task.task for task in tasks)]
    table = report_table(EvalReport({}, "m", "full", tasks))
    assert "7 skipped: no pictures" in table
    assert "average over families" in table


@given(results)
def test_the_average_lies_in_its_interval(tasks: list[TaskResult]) -> None:
    low, high = average_interval(tasks)
    assert -1e-9 <= low <= average_over_families(tasks) + 1e-9
    assert average_over_families(tasks) - 1e-9 <= high <= 1 + 1e-9


@given(counts)
def test_the_average_of_one_family_has_its_interval(count: tuple[int, int]) -> None:
    task = TaskResult("needle", count[1], count[0])
    assert average_interval([task]) == pytest.approx(wilson_interval(task.correct, task.n))
