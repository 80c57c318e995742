"""The strip shows true figures, says "–" of the others, and gives way from the least important."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.figures import Figures, Meter
from app.ui.strip import Bar, PerformanceStrip
from app.ui.strip_cells import cells
from engine import Drafts, Finished, MemoryUse, PrefillProgress, TextDelta, Timings, Usage

GB = 1024**3
KNOWN = Figures(
    tok_s=64.2,
    ttft_s=0.312,
    reused_share=0.98,
    drafts=Drafts(48, 34, 21, 0.412, (("draft model", 4), ("prompt lookup", 30))),
    on_gpu=True,
    gpu_used_bytes=round(5.1 * GB),
    gpu_total_bytes=8 * GB,
    process_bytes=round(3.2 * GB),
    memory_bytes=32 * GB,
    context_tokens=32_100,
    max_context=200_000,
)


def words(figures: Figures) -> dict[str, str]:
    return {
        cell.name: " ".join(part for part in (cell.before, cell.value, cell.after) if part)
        for cell in cells(figures)
    }


def test_known_figures() -> None:
    assert words(KNOWN) == {
        "speed": "last 64 tok/s",
        "first_token": "first token 0.31 s",
        "accepted": "accepted 71 %",
        "reused": "reused 98 %",
        "gpu": "GPU 5.1 of 8.0 GB",
        "ram": "RAM 3.2 of 32.0 GB",
        "context": "Context 32.1k of 200k",
    }


def test_what_is_unknown_is_a_dash_and_never_zero() -> None:
    shown = words(Figures())
    assert shown["speed"] == "– tok/s"
    assert shown["first_token"] == "first token –"
    assert shown["accepted"] == "accepted –"
    assert shown["reused"] == "reused –"
    assert shown["context"] == "Context –"
    assert "0" not in "".join(shown.values())


def test_without_a_card_it_says_so() -> None:
    assert words(replace(KNOWN, on_gpu=False))["gpu"] == "CPU only"


def test_what_is_under_way_is_named() -> None:
    assert words(replace(KNOWN, phase="answering"))["speed"] == "64 tok/s"
    assert words(replace(KNOWN, phase="reading", tok_s=3140))["speed"] == "Reading 3,140 tok/s"
    loading = replace(KNOWN, phase="loading", loaded_bytes=GB, loading_bytes=2 * GB)
    assert words(loading)["speed"] == "Loading the model 1.0 GB of 2.0 GB"


@pytest.mark.parametrize(
    ("share", "token"), [(0.5, "ink2"), (0.85, "warn"), (0.94, "warn"), (0.95, "danger")]
)
def test_bars_warn_before_it_is_full(qtbot, theme, share: float, token: str) -> None:
    bar = Bar(theme)
    qtbot.addWidget(bar)
    bar.resize(64, 4)
    bar.set_share(share)
    picture = bar.grab().toImage()
    assert picture.pixelColor(20, 2) == theme.color(token)
    assert picture.pixelColor(62, 2) == theme.colors.line


def test_shares_are_those_of_the_figures() -> None:
    shares = {cell.name: cell.share for cell in cells(KNOWN)}
    assert shares["gpu"] == pytest.approx(5.1 / 8)
    assert shares["first_token"] is None


def test_a_narrow_window_drops_cells_in_order(qtbot, theme) -> None:
    strip = PerformanceStrip(theme)
    qtbot.addWidget(strip)
    strip.show_figures(KNOWN)
    every = ["speed", "first_token", "accepted", "reused", "gpu", "ram", "context"]
    dropped = []
    strip.show()
    for width in range(1200, 100, -10):
        strip.resize(width, strip.height())
        dropped += [n for n in every if n not in strip.shown_cells() and n not in dropped]
    assert dropped == ["ram", "accepted", "reused", "first_token"]


def test_cells_say_their_figures_to_screen_readers(qtbot, theme) -> None:
    strip = PerformanceStrip(theme)
    qtbot.addWidget(strip)
    strip.show_figures(KNOWN)
    names = [child.accessibleName() for child in strip.findChildren(type(strip._cells["gpu"]))]
    assert "GPU 5.1 of 8.0 GB" in names


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_rate_while_answering_is_measured_from_the_first_word() -> None:
    clock = Clock()
    meter = Meter(clock)
    meter.hear(PrefillProgress("a", 40, 40, 10, 500.0))
    meter.hear(TextDelta("a", "x", 1))
    assert meter.figures.tok_s is None
    clock.now += 2.0
    meter.hear(TextDelta("a", "y", 41))
    assert meter.figures.tok_s == 20.0
    assert meter.figures.context_tokens == 81


def test_an_answer_that_was_not_measured_leaves_no_figures() -> None:
    meter = Meter()
    usage, timings = Usage(0, 0, 0, 0), Timings(queue_s=0.0, total_s=0.0)
    meter.hear(Finished("a", "cancelled", "", usage, timings, MemoryUse(0)))
    assert meter.figures == Figures()


def finished(drafts: Drafts | None) -> Finished:
    timings = Timings(queue_s=0.0, total_s=1.0, ttft_s=0.2, decode_tok_s=30.0)
    return Finished("a", "stop", "x", Usage(40, 10, 55, 0), timings, MemoryUse(GB), drafts)


def test_the_strip_says_what_drafting_did_and_why_it_did_no_more(qtbot, theme) -> None:
    strip = PerformanceStrip(theme)
    qtbot.addWidget(strip)
    strip.resize(1200, strip.height())
    strip.show()
    meter = Meter()
    note = "Cost more than it saved and waits: draft model."
    drafts = Drafts(48, 34, 21, -0.03, (("draft model", 4), ("prompt lookup", 30)), note)
    meter.hear(finished(drafts))
    strip.show_figures(meter.figures)
    cell = strip._cells["accepted"]
    assert cell.isVisible()
    assert cell.accessibleName() == "accepted 71 %"
    assert cell.toolTip().splitlines() == [
        "The share of drafted tokens that the model would have chosen too.",
        "34 of 48 drafted tokens were right.",
        "The model ran 21 times instead of 55.",
        "30 ms lost.",
        "By source: draft model 4, prompt lookup 30.",
        note,
    ]
    assert cell.accessibleDescription().endswith(note)
    # The next answer has drafted nothing yet, and one that never does says so.
    meter.hear(PrefillProgress("b", 40, 40, 10, 500.0))
    strip.show_figures(meter.figures)
    assert cell.accessibleName() == "accepted –"
    meter.hear(finished(Drafts(0, 0, 54, 0.0)))
    strip.show_figures(meter.figures)
    assert cell.accessibleName() == "accepted –"
    assert "Nothing was drafted." in cell.toolTip()


def test_time_saved_is_said_in_a_unit_that_shows_it() -> None:
    more = next(cell.more for cell in cells(KNOWN) if cell.name == "accepted")
    assert "0.41 s saved." in more.splitlines()
