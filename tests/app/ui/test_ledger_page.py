"""The page of connections: what is listed, how it is written, exporting and clearing it."""

from __future__ import annotations

import csv
import io
import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from app.ui.ledger_model import COLUMNS, as_csv, transferred
from app.ui.ledger_page import LedgerPage
from engine.network import Entry

NOW = time.time()
ENTRIES = (
    Entry("1", NOW - 60, "models.example", "List of files", sent=900),
    Entry("2", NOW, "files.example", "Download of Qwen3-VL 4B", 12_300, 2_934_000_000),
)


@pytest.fixture
def page(qtbot, theme) -> LedgerPage:
    page = LedgerPage(theme)
    qtbot.addWidget(page)
    page.resize(860, 480)
    page.show()
    return page


def row(page: LedgerPage, number: int) -> list[str]:
    return [str(page.model.index(number, column).data()) for column in range(len(COLUMNS))]


def told(page: LedgerPage) -> str:
    return " ".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())


def test_without_a_connection_it_says_so(page: LedgerPage) -> None:
    assert "No connection was ever made. They are listed here." in told(page)
    assert not page.table.isVisible()
    assert not page.export.isVisible()
    assert not page.clear.isVisible()


def test_the_latest_connection_stands_first(page: LedgerPage) -> None:
    page.show_entries(ENTRIES)
    assert page.table.isVisible()
    assert page.empty_text == ""
    shown = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(NOW))
    assert row(page, 0) == [
        shown, "files.example", "Download of Qwen3-VL 4B", "12.3 kB", "2.9 GB",
    ]  # fmt: skip
    assert row(page, 1)[3:] == ["900 B", "–"], "what was never counted is not nothing"
    assert page.model.index(1, 3).data(Qt.ItemDataRole.AccessibleTextRole) == "Sent: 900 B"


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "–"), (1, "1 B"), (999, "999 B"), (1_000, "1.0 kB"), (5_000_000, "5.0 MB"),
     (1_234_000_000_000, "1,234.0 GB")],
)  # fmt: skip
def test_amounts(count: int, text: str) -> None:
    assert transferred(count) == text


def test_clearing_asks_first_and_can_be_left(qtbot, page: LedgerPage) -> None:
    page.show_entries(ENTRIES)
    with qtbot.assertNotEmitted(page.clear_requested):
        page.clear.click()
        assert "can then not be looked up any more" in told(page)
        assert page.keep.isVisible()
        page.keep.click()
    assert not page.confirm.isVisible()
    page.clear.click()
    with qtbot.waitSignal(page.clear_requested):
        page.confirm.click()
    assert not page.confirm.isVisible()


def test_a_table_for_spreadsheets_has_exact_bytes_and_no_formula() -> None:
    odd = Entry("3", NOW, "=HYPERLINK(1)", 'He said "a, b"', 1, 2, announced=False)
    text = as_csv((*ENTRIES, odd)).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["time", "host", "purpose", "bytes sent", "bytes received"]
    assert rows[2][1:] == ["files.example", "Download of Qwen3-VL 4B", "12300", "2934000000"]
    assert rows[3][1:3] == ["'=HYPERLINK(1)", 'He said "a, b"']


def test_a_problem_is_told_and_taken_back(page: LedgerPage) -> None:
    page.show_problem("The disk is full.")
    assert "The disk is full." in told(page)
    page.show_problem("")
    assert "full" not in told(page)
