"""The bar after a run that ended badly."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication

from app.ui.crash_bar import CrashBar
from app.ui.fault_dialog import FaultDialog

REPORT = "Tanka 0.1.0\nSegmentation fault"


@pytest.fixture
def bar(qtbot, theme) -> CrashBar:
    bar = CrashBar(theme)
    qtbot.addWidget(bar)
    return bar


def test_it_is_not_there_until_there_is_something_to_tell(bar: CrashBar) -> None:
    assert not bar.isVisible()
    bar.show_end(REPORT)
    assert bar.isVisible()
    assert bar.text == "Tanka did not close properly last time. Your conversations are here."
    assert bar.accessibleName() == bar.text
    bar.dismiss.click()
    assert not bar.isVisible()


def test_the_report_can_be_read_and_copied(bar: CrashBar) -> None:
    bar.show_end(REPORT)
    bar.copy.click()
    assert QGuiApplication.clipboard().text() == REPORT
    bar.show_report.click()
    dialog = bar.findChild(FaultDialog)
    assert dialog is not None
    assert dialog.details.isVisible()
    assert dialog.details.toPlainText() == REPORT
    dialog.close()


def test_without_a_report_there_is_nothing_to_show(bar: CrashBar) -> None:
    bar.show_end("")
    assert "ended from outside, and left no report" in bar.text
    assert not bar.show_report.isVisible()
    assert not bar.copy.isVisible()
    assert bar.dismiss.isVisible()
