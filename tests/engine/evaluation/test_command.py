"""`tanka eval` as it is typed: tables, files, comparisons, and codes that mean it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from engine.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., tuple[int, str, str]]

FEW = ("--tasks", "handwritten/dialogue,handwritten/tools", "--limit", 2)


@pytest.fixture
def evaluate(capsys) -> Run:
    def run(*argv: object) -> tuple[int, str, str]:
        code = main(["eval", *map(str, argv)])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def tiny(evaluate: Run, lfm2_folder: Path) -> Run:
    return lambda *argv: evaluate("--model", lfm2_folder, *argv)


def test_the_table_counts_what_was_skipped_and_why(tiny: Run) -> None:
    code, out, _ = tiny(*FEW)
    assert code == 0
    rows = {line.split()[0]: line for line in out.splitlines() if line}
    assert "skipped: its chat template has no functions" in rows["handwritten/tools"]
    assert rows["handwritten/tools"].split()[1:3] == ["0", "-"]
    assert "skipped" not in rows["handwritten/dialogue"]
    assert "average over families" in out


def test_json_has_families_and_an_average(tiny: Run) -> None:
    code, out, _ = tiny(*FEW, "--json", "--examples", 1, "--weights", "full")
    assert code == 0
    found = json.loads(out)
    assert found["complete"] is True
    assert found["families"][0]["task"] == "handwritten"
    assert set(found["average"]) == {"accuracy", "low", "high"}
    assert {row["task"] for row in found["wrong"]} == {"handwritten/dialogue"}
    tools = next(row for row in found["tasks"] if row["task"] == "handwritten/tools")
    assert tools["skipped"] == {"its chat template has no functions": 4}


def test_wrong_answers_are_shown_to_be_read(tiny: Run) -> None:
    code, out, _ = tiny(*FEW, "--examples", 1)
    assert code == 0
    shown = out.partition("handwritten/dialogue: 1 of ")[2]
    assert [line.split()[0] for line in shown.splitlines()[1:4]] == ["asked", "right", "answered"]


def test_a_run_is_saved_drawn_and_compared(tiny: Run, evaluate: Run, tmp_path: Path) -> None:
    first, second = tmp_path / "a.json", tmp_path / "b.json"
    assert tiny(*FEW, "--save", first, "--chart", tmp_path / "a.png")[0] == 0
    code, out, _ = tiny(*FEW, "--save", second, "--against", first, "--json")
    assert code == 0
    assert json.loads(out)["comparison"]["average"]["difference"] == 0
    code, out, _ = evaluate("--compare", first, second, "--chart", tmp_path / "two.svg")
    assert code == 0
    assert "A: tiny-lfm2-vl, int4pack (a.json)" in out
    assert "+0.000" in out
    code, out, _ = evaluate("--compare", first, second, "--json")
    assert [row["paired"] for row in json.loads(out)["tasks"]] == [True]
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.format == "PNG"
    assert "b.json" in (tmp_path / "two.svg").read_text(encoding="utf-8")


def test_the_starter_is_asked_calls_pictures_and_examples(evaluate: Run) -> None:
    code, out, _ = evaluate("--tasks", "handwritten", "--limit", 1, "--json")
    assert code == 0
    found = json.loads(out)
    assert all(row["n"] > 0 and not row["skipped"] for row in found["tasks"])


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (("--tasks", "nonsense"), "no task “nonsense”"),
        (("--chart", "chart.gif"), "must end in .png or .svg"),
        (("--save", "/no/such/run.json"), "no folder /no/such"),
        (("--save", "/"), "it is a folder"),
        (("--against", "/no/such/run.json"), "run.json cannot be read"),
        (("--compare", "/no/a.json", "/no/b.json"), "a.json cannot be read"),
        (("--compare", "a.json", "b.json", "--limit", "3"), "--compare asks no model"),
        (("--compare", "a.json"), "2 arguments"),
        (("--limit", "0"), "--limit"),
        (("--examples", "-1"), "--examples"),
    ],
)
def test_bad_arguments_end_with_2(argv: tuple[str, ...], sentence: str, evaluate: Run) -> None:
    code, out, err = evaluate(*argv)
    assert (code, out) == (2, "")
    assert sentence in err
    assert err.count("\n") == 1


def test_a_file_that_is_no_run_ends_with_2(evaluate: Run, make_files) -> None:
    no_run = make_files.text("notes.json", "{}")
    old = make_files.text("old.json", '{"version": 0}')
    assert "notes.json is not a run" in evaluate("--against", no_run)[2]
    code, _, err = evaluate("--compare", old, old)
    assert code == 2
    assert "another version" in err


def test_a_model_that_is_none_ends_with_3(evaluate: Run, tmp_path: Path) -> None:
    assert evaluate("--model", tmp_path)[0] == 3


def test_an_interrupt_prints_the_table_so_far(lfm2_folder: Path, tmp_path: Path) -> None:
    saved = tmp_path / "run.json"
    argv = [sys.executable, "-m", "engine", "eval", "--model", str(lfm2_folder), "--save", saved]
    # A terminal makes the progress bar say how far it is.
    environment = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": "100"}
    with subprocess.Popen(
        [*argv, "--tasks", "handwritten/dialogue,dialogue"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    ) as program:
        assert program.stderr is not None
        shown = b""
        while b"/" not in shown or b" 3/" not in shown:
            shown += program.stderr.read(1)
        program.send_signal(signal.SIGINT)
        out, err = program.communicate(timeout=60)
    assert program.returncode == 130
    assert b"Traceback" not in err
    assert "average over families" in out.decode()
    assert json.loads(saved.read_text(encoding="utf-8"))["complete"] is False
