"""What is said of a model: every figure the planner's, and nothing said that is not known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.model_rows import context, download_text, fit_view, row_of_entry
from engine.catalogue.entries import catalogue
from engine.catalogue.fit import CONTEXTS, fit_entry, place_of
from engine.machine import Gpu, Machine

GB = 1024**3
CARD = Gpu("GeForce RTX 4060 Laptop", 8 * GB, "580")
WITH_CARD = Machine("Linux", "Ryzen", 8, 16, 32 * GB, 20 * GB, 212 * GB, (CARD,))
PLAIN = Machine("Linux", "Ryzen", 8, 16, 32 * GB, 20 * GB, 212 * GB, ())
SILENT = Machine("Linux", "Ryzen", None, None, None, None, None, ())


@pytest.mark.parametrize("machine", [WITH_CARD, PLAIN, SILENT], ids=["card", "plain", "silent"])
@pytest.mark.parametrize("tokens", CONTEXTS)
def test_every_model_of_the_list_is_told(machine: Machine, tokens: int) -> None:
    for entry in catalogue().models:
        fit = fit_entry(entry, place_of(machine), tokens)
        row = row_of_entry(entry, fit, "listed", None)
        assert row.fit.headline.startswith("Needs ")
        assert row.fit.caption
        if fit.word == "does not fit":
            assert row.fit.full
            assert row.fit.ink == "danger"
        elif machine is not SILENT:
            assert 0 < row.fit.weights + row.fit.context + row.fit.working <= 1


def test_a_longer_context_takes_more() -> None:
    entry = next(e for e in catalogue().models if e.id == "qwen3-vl-4b")
    fits = [fit_entry(entry, place_of(WITH_CARD), tokens) for tokens in CONTEXTS]
    needed = [fit.needed_bytes for fit in fits]
    assert needed == sorted(set(needed))
    assert fit_view(fits[0], "").ink != "danger"
    assert fit_view(fits[-1], "").headline.endswith("does not fit")


def test_what_was_measured_stands_instead_of_the_estimate() -> None:
    entry = next(e for e in catalogue().models if e.id == "qwen3.5-0.8b")
    fit = fit_entry(entry, place_of(WITH_CARD), 8_000)
    assert fit_view(fit, "").caption == "Estimate, until it has run once"
    assert fit_view(fit, "96 tok/s measured here").caption == "96 tok/s measured here"


def test_a_row_is_found_by_its_words() -> None:
    entry = next(e for e in catalogue().models if e.id == "qwen3-vl-4b")
    row = row_of_entry(entry, fit_entry(entry, place_of(PLAIN), 8_000), "listed", None)
    assert row.matches("")
    assert row.matches("vl APACHE")
    assert not row.matches("vl gemma")


def test_how_far_a_download_is() -> None:
    rate = 21 * 1024**2
    assert download_text(int(3.1 * GB), int(5.4 * GB), rate) == (
        "3.1 of 5.4 GB · 21 MB/s · 2 min left"
    )
    assert download_text(0, 5 * GB, None) == "0.0 of 5.0 GB"
    assert download_text(1024**2, 3 * 1024**2, None) == "1 of 3 MB"


@given(st.integers(0, 2**45), st.integers(1, 2**45), st.none() | st.floats(0, 1e12))
def test_any_progress_can_be_told(done: int, total: int, rate: float | None) -> None:
    text = download_text(min(done, total), total, rate)
    assert " of " in text
    assert "-" not in text
    assert "inf" not in text


@pytest.mark.parametrize(
    ("tokens", "words"), [(262_144, "256k"), (128_000, "125k"), (2_500, "2k"), (900, "900")]
)
def test_a_context_is_called_what_its_makers_call_it(tokens: int, words: str) -> None:
    assert context(tokens) == words
