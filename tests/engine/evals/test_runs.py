"""Saved runs come back as they were, and nothing else is taken for one."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.api.errors import UnreadableFile
from engine.evals.report import EvalReport, family_sums, report_table
from engine.evals.runs import Outcome, Run, count_up, read_run, save_run
from engine.evals.score import wilson_interval

if TYPE_CHECKING:
    from pathlib import Path

OUTCOMES = (
    Outcome("tools/call", 0, 0, "a1", right=True),
    Outcome("tools/call", 1, 0, "b2", right=False),
    Outcome("needle", 0, 2, "c3", right=True),
)
TASKS = count_up(("tools/call", "needle"), OUTCOMES, {"needle": {"too long": 3}})
RUN = Run(EvalReport({"system": "Linux"}, "Mödel", "bnb_nf4", TASKS, complete=False), OUTCOMES)


def test_a_run_comes_back_as_it_was(tmp_path: Path) -> None:
    save_run(tmp_path / "run.json", RUN)
    found = read_run(tmp_path / "run.json")
    assert found == replace(RUN, file="run.json")
    assert report_table(found.report) == report_table(RUN.report)
    assert (RUN.name, found.name) == ("Mödel, bnb_nf4", "Mödel, bnb_nf4 (run.json)")
    saved = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert saved == RUN.report.to_dict() | {"outcomes": saved["outcomes"]}
    assert set(saved["outcomes"][0]) == {"task", "item", "exchange", "asked", "right"}


def test_a_model_whose_name_is_no_valid_text_can_be_saved(tmp_path: Path) -> None:
    run = replace(RUN, report=replace(RUN.report, model="model-\udcff"))
    save_run(tmp_path / "run.json", run)
    assert read_run(tmp_path / "run.json").report == run.report


def test_questions_that_go_right_or_wrong_together_tell_less() -> None:
    alone = [Outcome("x", i, 0, "", right=i % 2 == 0) for i in range(60)]
    together = [Outcome("x", i // 3, i % 3, "", right=i // 3 % 2 == 0) for i in range(60)]
    (by_itself,), (in_threes,) = (count_up(("x",), found, {}) for found in (alone, together))
    assert by_itself.interval == wilson_interval(30, 60)
    assert in_threes.accuracy == by_itself.accuracy
    assert in_threes.interval == pytest.approx(wilson_interval(10, 20), abs=0.02)
    assert family_sums([in_threes])[0].interval == in_threes.interval


@given(st.lists(st.integers(0, 3), min_size=1))
def test_an_interval_holds_its_share(right: list[int]) -> None:
    found = [Outcome("x", i, k, "", right=k < n) for i, n in enumerate(right) for k in range(3)]
    (result,) = count_up(("x",), found, {})
    low, high = result.interval
    assert 0 <= low <= result.accuracy + 1e-9
    assert result.accuracy - 1e-9 <= high <= 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b"[" * 100_000,
        json.dumps(RUN.report.to_dict()).encode(),  # what --json prints lacks the outcomes
        json.dumps({"version": 1, "outcomes": 3}).encode(),
    ],
)
def test_what_is_no_run_is_said_to_be_none(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=r"other\.json is not a run saved by"):
        read_run(path)


def test_a_run_of_another_version_is_told_from_damage(tmp_path: Path) -> None:
    path = tmp_path / "old.json"
    path.write_text('{"version": 0}', encoding="utf-8")
    with pytest.raises(UnreadableFile, match="another version"):
        read_run(path)


def test_a_missing_run_is_said_to_be_unreadable(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"none\.json cannot be read"):
        read_run(tmp_path / "none.json")
