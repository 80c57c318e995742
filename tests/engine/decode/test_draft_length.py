"""The draft's length follows what pays, and drafting that loses stops before it costs much."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.decode.draft_length import DraftLength, StepCosts

PLAIN = 0.010


def simulate(rate: float, row_cost: float, tokens: int, seed: int = 0) -> tuple[float, float, int]:
    """Seconds with drafting and without for so many tokens, and the last length chosen."""
    rng = random.Random(seed)
    costs = StepCosts()
    length = DraftLength(costs)
    spent = said = 0.0
    chosen = 0
    while said < tokens:
        chosen = length.best()
        seconds = PLAIN + row_cost * chosen
        spent += seconds
        costs.note(chosen + 1, seconds)
        if not chosen:
            length.note_plain(seconds)
            said += 1
            continue
        accepted = next((i for i in range(chosen) if rng.random() > rate), chosen)
        length.note_draft(chosen, accepted)
        said += accepted + 1
    return spent, said * PLAIN, chosen


@settings(deadline=None, max_examples=60)
@given(st.floats(0, 0.3), st.floats(0.3, 4), st.integers(0, 1000))
def test_drafts_that_are_wrong_cost_three_per_cent_at_most(
    rate: float, row: float, seed: int
) -> None:
    spent, plain, _ = simulate(rate, row * PLAIN, tokens=2_000, seed=seed)
    assert spent <= 1.03 * plain


def test_right_and_cheap_drafts_grow_long() -> None:
    spent, plain, chosen = simulate(0.98, 0.02 * PLAIN, tokens=400)
    assert chosen >= 11
    assert spent < 0.25 * plain


def test_dear_rows_keep_drafts_short_or_away() -> None:
    cheap, dear = (simulate(0.8, row * PLAIN, tokens=800)[2] for row in (0.05, 0.45))
    assert dear < cheap
    assert simulate(0.8, 2 * PLAIN, tokens=800)[2] == 0


def test_a_step_in_what_rows_cost_is_learnt() -> None:
    costs = StepCosts()
    length = DraftLength(costs)
    for _ in range(60):
        chosen = length.best()
        seconds = PLAIN if chosen + 1 <= 4 else 5 * PLAIN
        costs.note(chosen + 1, seconds)
        if chosen:
            length.note_draft(chosen, chosen)
        else:
            length.note_plain(seconds)
    assert length.best() == 3


def test_the_first_step_is_plain_and_nothing_is_drafted_in_vain_for_long() -> None:
    costs = StepCosts()
    length = DraftLength(costs)
    assert length.best() == 0
    costs.note(1, PLAIN)
    length.note_plain(PLAIN)
    assert length.best() > 0
    length.note_in_vain(4 * PLAIN)
    assert length.best() == 0
    assert length.won_s == pytest.approx(-4 * PLAIN)
