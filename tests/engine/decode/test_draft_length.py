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


# Rows at which kernels end; seconds of forwards by rows as far as they were measured; how often a
# draft is right; the length to choose.
TABLE = [
    # bitsandbytes' fused kernel: k + 1 = 4 rows are cheap, five unpack the matrix.
    ((4,), {1: 1.0, 4: 1.2}, 0.9, 3),
    ((4,), {1: 1.0, 4: 1.2, 5: 3.0, 9: 3.2}, 0.9, 3),
    # Where nearly all is right, a long draft pays for the unpacking.
    ((4,), {1: 1.0, 4: 1.2, 5: 2.0, 9: 2.1, 16: 2.3}, 0.99, 15),
    # Unpacking that costs nothing more is no step.
    ((4,), {1: 1.0, 4: 1.2, 5: 1.25, 9: 1.4, 16: 1.6}, 0.9, 15),
    # int4pack unpacks from so few rows on only where that is about as fast.
    ((6,), {1: 1.0, 4: 1.15}, 0.9, 5),
    ((31,), {1: 1.0, 4: 1.2}, 0.8, 6),
    ((), {1: 1.0, 4: 1.2}, 0.8, 6),
    # Rows that cost as much as steps are not worth a draft that is right half the time.
    ((4,), {1: 1.0, 4: 4.0}, 0.5, 0),
]


@pytest.mark.parametrize(("limits", "seconds", "rate", "length"), TABLE)
def test_the_length_prefers_the_cheap_side_of_a_kernels_limit(
    limits: tuple[int, ...], seconds: dict[int, float], rate: float, length: int
) -> None:
    costs = StepCosts(limits)
    for rows, each in seconds.items():
        costs.note(rows, each)
    chooser = DraftLength(costs)
    chooser._rate, chooser._longest = rate, 15
    assert chooser.best() == length


def test_what_is_known_beyond_a_limit_says_nothing_of_what_lies_before_it() -> None:
    costs = StepCosts((4,))
    costs.note(1, 1.0)
    assert costs.of(4) == pytest.approx(1.3)
    assert costs.of(5) == pytest.approx(1.3 + 1.1)
    costs.note(9, 5.0)
    assert costs.of(4) == pytest.approx(1.3)
    assert costs.of(7) == pytest.approx(5.0)
    assert costs.of(10) > 5.0


def test_what_proposing_costs_shortens_drafts_and_ends_them() -> None:
    def length(proposing_s: float) -> int:
        costs = StepCosts()
        costs.note(1, PLAIN)
        costs.note(4, 1.2 * PLAIN)
        chooser = DraftLength(costs)
        for _ in range(20):
            chooser.note_draft(3, 2, 3 * proposing_s)
        return chooser.best()

    assert length(0.0) >= 3
    assert 1 <= length(0.3 * PLAIN) < length(0.0)
    assert length(1.5 * PLAIN) == 0


def test_losses_are_forgotten_and_so_are_winnings() -> None:
    costs = StepCosts()
    costs.note(1, PLAIN)
    costs.note(4, 1.2 * PLAIN)
    length = DraftLength(costs)
    for _ in range(2_000):
        length.note_draft(3, 3)
    # Nothing of that pays for what comes now.
    wrong = 0
    while length.best() and wrong < 1_000:
        length.note_draft(length.best(), 0)
        wrong += 1
    assert wrong < 100
    for _ in range(1_000):
        length.note_plain(PLAIN)
    assert length.best() > 0
