"""The last minute of a figure: kept as it was, shown above its cell."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from app.figures import Figures
from app.ui.strip import PerformanceStrip
from app.ui.strip_history import SPAN_S, History

GB = 1024**3
KNOWN = Figures(
    phase="answering",
    tok_s=64.0,
    on_gpu=False,
    process_bytes=3 * GB,
    memory_bytes=32 * GB,
    context_tokens=100,
    max_context=1000,
)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def strip(qtbot, theme, clock) -> PerformanceStrip:
    strip = PerformanceStrip(theme, clock=clock)
    qtbot.addWidget(strip)
    strip.resize(1200, strip.height())
    strip.show_figures(KNOWN)
    strip.show()
    return strip


def test_changes_are_kept_for_a_minute_and_the_one_before_it(clock) -> None:
    history = History(clock)
    for count in (1, 2, 3):
        history.add(replace(KNOWN, context_tokens=count))
        clock.now += 25
    assert [s.value for s in history.samples("context")] == [1, 2, 3]
    clock.now += SPAN_S
    history.add(replace(KNOWN, context_tokens=4))
    assert [s.value for s in history.samples("context")] == [3, 4]


def test_the_same_figure_is_kept_once_and_quick_ones_are_merged(clock) -> None:
    history = History(clock)
    for count in (1, 1, 2, 3):
        history.add(replace(KNOWN, context_tokens=count))
        clock.now += 0.05
    assert [s.value for s in history.samples("context")] == [3]


def test_while_idle_there_is_no_rate(clock) -> None:
    history = History(clock)
    history.add(KNOWN)
    clock.now += 1
    history.add(replace(KNOWN, phase="idle"))
    assert [s.value for s in history.samples("speed")] == [64.0, None]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_a_cell_opens_its_chart_by_keyboard(qtbot, strip, clock, key) -> None:
    clock.now += 10
    strip.show_figures(replace(KNOWN, context_tokens=900))
    qtbot.keyClick(strip._cells["context"], key)
    assert strip.chart.isVisible()
    assert strip.chart.words == "Context, the last 60 seconds: 100 tokens to 900 tokens"
    strip.chart.hide()


def test_a_click_opens_it_and_esc_closes_it(qtbot, strip) -> None:
    qtbot.mouseClick(strip._cells["ram"], Qt.MouseButton.LeftButton)
    assert strip.chart.words == "Main memory, the last 60 seconds: 3.0 GB"
    qtbot.keyClick(strip.chart, Qt.Key.Key_Escape)
    assert not strip.chart.isVisible()


def test_what_has_no_figure_has_no_chart_and_what_was_not_measured_says_so(strip) -> None:
    strip.show_chart("gpu")  # "CPU only"
    assert not strip.chart.isVisible()
    strip.show_chart("first_token")
    assert strip.chart.words == "First token, the last 60 seconds: Not measured"
    strip.chart.hide()


def test_the_line_goes_as_high_as_the_figure(strip, clock, theme) -> None:
    clock.now += 30
    strip.show_figures(replace(KNOWN, context_tokens=950))
    clock.now += 30
    strip.show_chart("context")
    curve = strip.chart._curve
    picture = curve.grab().toImage()
    accent = theme.colors.accent
    at = {
        x: [y for y in range(picture.height()) if picture.pixelColor(x, y) == accent]
        for x in (picture.width() // 4, picture.width() * 3 // 4)
    }
    early, late = at.values()
    assert min(early) > picture.height() * 0.8
    assert max(late) < picture.height() * 0.2
    strip.chart.hide()
