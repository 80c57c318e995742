"""The fresh start: true words about the machine, no download, and ways into a first question."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from app.first_offer import offer, offer_under_way
from app.model_rows import Work, row_of_entry
from app.ui.first_run import FirstRun
from app.ui.first_run_cells import describe
from app.ui.starting_points import POINTS
from engine.catalogue.entries import catalogue
from engine.catalogue.fit import fit_entry, place_of
from engine.machine import Gpu, Machine

if TYPE_CHECKING:
    from app.ui.actions import Actions

GB = 1024**3
PLAIN = Machine("Linux", "AMD Ryzen 5", 6, 12, 16 * GB, 8 * GB, 212 * GB, ())


@pytest.fixture
def page(qtbot, theme, actions: Actions) -> FirstRun:
    page = FirstRun(theme, actions)
    qtbot.addWidget(page)
    page.resize(900, 700)
    page.show()
    return page


def texts(page: FirstRun) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())


def button(page: FirstRun, text: str) -> QPushButton:
    return next(b for b in page.findChildren(QPushButton) if text in (b.text(), b.accessibleName()))


def test_a_machine_without_a_card() -> None:
    told = describe(PLAIN)
    assert told.title == "Runs on the processor"
    assert told.text == "AMD Ryzen 5, 6 cores\n16 GB memory, 212.0 GB free"


def test_a_machine_with_a_card() -> None:
    card = Gpu("GeForce RTX 4060 Laptop", 8 * GB, "560")
    told = describe(Machine("Linux", "Ryzen", 6, 12, 32 * GB, None, None, (card,)))
    assert told.text == "GeForce RTX 4060 Laptop, 8 GB\n32 GB memory"


def test_what_the_system_does_not_tell_is_left_out() -> None:
    silent = Machine("Linux", "unknown", None, None, None, None, None, ())
    assert describe(silent).text == "unknown"


def test_the_machine_is_shown_once_it_is_known(page: FirstRun) -> None:
    assert "Looking at it…" in texts(page)
    page.show_machine(describe(PLAIN))
    assert "Runs on the processor" in texts(page)


def test_a_model_that_suits_the_machine_is_offered(qtbot, page: FirstRun) -> None:
    assert not any("ownload" in b.text() for b in page.findChildren(QPushButton))
    page.show_offer(offer(PLAIN, catalogue()))
    assert "Qwen3.5 4B suits it: 8.7 GB to fetch, then 9.0 GB of memory" in texts(page)
    with qtbot.waitSignal(page.model_wanted) as wanted:
        qtbot.mouseClick(button(page, "Download"), Qt.MouseButton.LeftButton)
    assert wanted.args == ["qwen3.5-4b", "download"]


def test_the_larger_model_on_its_way_can_be_paused(qtbot, page: FirstRun) -> None:
    entry = next(e for e in catalogue().models if e.id == "qwen3.5-4b")
    fit = fit_entry(entry, place_of(PLAIN), 32_000)
    work = Work("3.1 of 8.7 GB", 0.36)
    page.show_offer(offer_under_way(row_of_entry(entry, fit, "downloading", work)))
    assert "Qwen3.5 4B: 3.1 of 8.7 GB" in texts(page)
    with qtbot.waitSignal(page.model_wanted) as wanted:
        qtbot.mouseClick(button(page, "Pause"), Qt.MouseButton.LeftButton)
    assert wanted.args == ["qwen3.5-4b", "pause"]


def test_a_full_disk_is_told_and_offers_no_button(page: FirstRun) -> None:
    page.show_offer(offer(replace(PLAIN, disk_free_bytes=2 * GB), catalogue()))
    assert "Free some space first: 2.0 GB are left." in texts(page)
    assert "ownload" not in "".join(b.text() for b in page.findChildren(QPushButton))


def test_a_machine_that_is_too_small_is_offered_a_folder(
    qtbot, page: FirstRun, actions: Actions
) -> None:
    page.show_offer(offer(replace(PLAIN, memory_bytes=GB), catalogue()))
    assert "No model of the list fits" in texts(page)
    with qtbot.waitSignal(actions["open_model"].triggered):
        qtbot.mouseClick(button(page, "Open model folder…"), Qt.MouseButton.LeftButton)


def test_the_first_steps_vanish_and_the_drop_target_stays(page: FirstRun) -> None:
    page.hide_cells()
    assert "A larger model" not in texts(page)
    assert "Drop PDFs, pictures or text files here" in texts(page)


def test_nothing_is_promised_of_a_model_that_is_not_there(page: FirstRun) -> None:
    assert "Works offline already" not in texts(page)
    page.show_no_model()
    assert "starter" not in texts(page)
    page.show_ready()
    assert "Works offline already" in texts(page)
    assert "starter" in texts(page)


def test_the_context_is_told_once_it_is_known(page: FirstRun) -> None:
    page.show_context(2048)
    assert "Up to 2,048 tokens at once." in texts(page)


def test_files_are_asked_for(qtbot, page: FirstRun) -> None:
    with qtbot.waitSignal(page.files_wanted):
        qtbot.mouseClick(button(page, "Choose files…"), Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.title)
def test_starting_points_say_which_one_was_taken(qtbot, page: FirstRun, point) -> None:
    with qtbot.waitSignal(page.start_chosen) as chosen:
        qtbot.mouseClick(button(page, point.title), Qt.MouseButton.LeftButton)
    assert chosen.args == [point]


def test_everything_fits_the_smallest_window(page: FirstRun) -> None:
    page.show_machine(describe(PLAIN))
    page.resize(848, 414)
    assert page.horizontalScrollBar().maximum() == 0
