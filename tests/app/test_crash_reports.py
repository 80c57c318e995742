"""What a run that ends badly leaves, and how the next one finds it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.crash_reports import MOST_REPORTS, CrashReports, LastEnd, crash_reports_dir
from app.fault_report import report_of
from engine import UnreadableFile

unix = pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise there")
SECRET = "the diagnosis is hypertension"

RUN = """
import faulthandler, os, signal, sys
from PySide6.QtCore import QTimer
from app import startup

def raise_it():
    raise RuntimeError({secret!r})

def in_a_slot(self):
    QTimer.singleShot(0, raise_it)
    QTimer.singleShot(50, self.window.close)

def look(self):
    bar = self.page.crash_bar
    print(bar.isVisible(), bar.text)
    print(bar._report)
    self.window.close()

startup.Program._start = {begin}
startup.Program.show_fault = lambda self, sentence, report: None
{more}
sys.exit(startup.run())
"""


def run(begin: str, more: str = "", **changes: str) -> subprocess.CompletedProcess[str]:
    program = RUN.format(begin=begin, more=more, secret=SECRET)
    return subprocess.run(
        [sys.executable, "-c", program], env=os.environ | changes,
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def next_start() -> tuple[str, str]:
    """What the bar says, and the report behind it."""
    done = run("look")
    assert done.returncode == 0, done.stderr
    said, _, report = done.stdout.partition("\n")
    return said, report


def kept() -> str:
    return "".join(path.read_text() for path in crash_reports_dir().glob("*.txt"))


@unix
def test_a_segmentation_fault_is_found_by_the_next_start() -> None:
    done = run("lambda self: faulthandler._sigsegv()")
    assert done.returncode == -signal.SIGSEGV
    said, report = next_start()
    assert said == "True Tanka did not close properly last time. Your conversations are here."
    assert report.startswith("Tanka ")
    assert "Segmentation fault" in report
    assert 'File "<string>"' in report
    assert report.strip() in kept()
    assert next_start()[0] == "False ", "it is told once"


@unix
def test_what_qt_says_before_it_aborts_is_in_the_report() -> None:
    done = run("look", QT_QPA_PLATFORM="no-such-platform")
    assert done.returncode == -signal.SIGABRT
    assert "no Qt platform plugin could be initialized" in done.stderr
    report = next_start()[1]
    assert "no Qt platform plugin could be initialized" in report
    assert "Aborted" in report


def test_a_fault_that_ends_the_program_is_found_without_its_words() -> None:
    done = run("look", more="startup.Program.show = lambda self, files: raise_it()")
    assert done.returncode == 1
    said, report = next_start()
    assert said.startswith("True Tanka did not close properly")
    assert report.rstrip().endswith("RuntimeError")
    assert "in raise_it" in report
    assert SECRET not in kept()


def test_a_fault_that_does_not_end_it_is_kept_but_not_told_again() -> None:
    done = run("in_a_slot")
    assert done.returncode == 0, done.stderr
    assert "in raise_it" in kept()
    assert SECRET not in kept()
    assert next_start()[0] == "False "


@unix
def test_a_kill_leaves_no_report_and_is_told_all_the_same() -> None:
    run("lambda self: os.kill(os.getpid(), signal.SIGKILL)")
    said, report = next_start()
    assert said.startswith("True Tanka did not close properly last time: it was ended from outside")
    assert report.strip() == ""


def test_a_run_that_ends_in_order_leaves_nothing() -> None:
    assert run("look").returncode == 0
    assert [path.name for path in crash_reports_dir().iterdir()] == ["running.lock"]


def test_no_more_than_twenty_reports_are_kept(tmp_path: Path) -> None:
    for number in range(MOST_REPORTS + 5):
        (tmp_path / f"2020-01-01T00-00-{number:02}-1-01.txt").write_text("old")
    reports = CrashReports(tmp_path, "about")
    for number in range(MOST_REPORTS + 5):
        reports.write(f"report {number}")
    texts = [path.read_text() for path in sorted(tmp_path.glob("*.txt"))]
    assert texts == [f"report {number}" for number in range(MOST_REPORTS)]


def test_a_second_window_neither_marks_nor_believes_the_first_dead(tmp_path: Path) -> None:
    first, second = CrashReports(tmp_path, "a"), CrashReports(tmp_path, "b")
    assert first.begin() is None
    assert second.begin() is None
    second.end()
    assert (tmp_path / "running.json").exists()
    first.end()
    assert not (tmp_path / "running.json").exists()


def test_a_damaged_mark_is_a_mark(tmp_path: Path) -> None:
    (tmp_path / "running.json").write_bytes(b"\xff{")
    reports = CrashReports(tmp_path, "about")
    assert reports.begin() == LastEnd("")
    reports.end()
    assert reports.begin() is None
    reports.end()


def test_a_folder_that_is_gone_keeps_nobody_from_working(tmp_path: Path, caplog) -> None:
    reports = CrashReports(tmp_path / "gone" / "deeper", "about")
    assert reports.begin() is None
    reports.write("report")
    reports.end()
    assert "cannot be kept" in caplog.text


def raised(fault: BaseException) -> BaseException:
    try:
        raise fault
    except type(fault) as caught:
        return caught


@pytest.mark.parametrize(
    "fault",
    [
        ValueError(SECRET),
        KeyError(SECRET),
        UnreadableFile(f"{SECRET}.pdf is damaged.", SECRET),
        FileNotFoundError(2, "No such file", SECRET),
        UnicodeDecodeError("utf-8", SECRET.encode(), 0, 1, SECRET),
        type("Own", (AttributeError,), {})(SECRET),
        ExceptionGroup(SECRET, [ValueError(SECRET)]),
    ],
)
def test_no_words_of_a_fault_are_in_its_report(fault: BaseException) -> None:
    fault.add_note(SECRET)
    report = report_of(raised(fault))
    assert SECRET not in report
    assert type(fault).__name__ in report
    assert "in raised" in report


def test_what_led_to_a_fault_is_told_with_it() -> None:
    try:
        try:
            [].pop(3)
        except IndexError as first:
            raise OSError(28, "whatever") from first
    except OSError as caught:
        report = report_of(caught)
    assert "IndexError: pop from empty list" in report
    assert report.index("After that:") > report.index("IndexError")
    assert report.endswith(f"OSError: {os.strerror(28)}")


def test_a_circle_of_causes_ends() -> None:
    one, two = ValueError(), TypeError()
    one.__cause__, two.__cause__ = two, one
    assert report_of(one).count("ValueError") < 20


def test_a_report_does_not_name_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    here = str(Path(__file__).parents[1])
    monkeypatch.setenv("HOME", here)
    report = report_of(raised(ValueError()))
    assert here not in report
    assert "~" in report
