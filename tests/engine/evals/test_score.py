"""Scores, intervals and the report's form."""

import pytest

from engine.evals.report import EvalReport, TaskResult, report_table
from engine.evals.score import is_correct, wilson_interval


@pytest.mark.parametrize(
    ("correct", "n", "low", "high"),
    [(0, 10, 0.0, 0.278), (5, 10, 0.237, 0.763), (10, 10, 0.722, 1.0)],
)
def test_wilson_interval_has_the_published_values(
    correct: int, n: int, low: float, high: float
) -> None:
    assert wilson_interval(correct, n) == pytest.approx((low, high), abs=1e-3)


def test_nothing_measured_is_anything() -> None:
    assert wilson_interval(0, 0) == (0.0, 1.0)


def test_white_space_at_the_ends_is_forgiven_and_nothing_else() -> None:
    assert is_correct(" KX-4\n", "KX-4")
    assert not is_correct("kx-4", "KX-4")
    assert not is_correct("KX-4.", "KX-4")


def test_report_has_the_form_other_programs_read() -> None:
    report = EvalReport({"system": "x"}, "m", "full", (TaskResult("document", 4, 3),))
    found = report.to_dict()
    assert list(found) == ["machine", "model", "weights", "tasks"]
    assert found["tasks"] == [
        {"task": "document", "n": 4, "correct": 3, "accuracy": 0.75, "low": 0.3006, "high": 0.9544}
    ]
    assert "document" in report_table(report)
