"""The time left of a prompt, from the chunks so far."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.decode.pace import Pace


def reading(start: int, end: int, token_s: float, look_s: float) -> float:
    return token_s * (end - start) + look_s * (end**2 - start**2) / 2


@given(
    st.floats(1e-6, 1e-2),
    st.floats(1e-10, 1e-5),
    st.integers(0, 5_000),
    st.lists(st.integers(200, 256), min_size=2, max_size=20),
)
def test_a_prompt_whose_chunks_cost_more_and_more_is_foreseen(
    token_s: float, look_s: float, start: int, sizes: list[int]
) -> None:
    pace, done, total = Pace(start), start, 40_000
    for size in sizes:
        pace.note(done + size, reading(done, done + size, token_s, look_s))
        done += size
    assert pace.left_s(total) == pytest.approx(reading(done, total, token_s, look_s), rel=1e-3)


def test_one_chunk_tells_a_plain_rate() -> None:
    pace = Pace(0)
    assert pace.left_s(1_000) is None
    pace.note(100, 2.0)
    assert pace.left_s(1_000) == pytest.approx(18.0)
    assert pace.left_s(100) == 0.0


@given(st.lists(st.tuples(st.integers(1, 300), st.floats(0, 60)), min_size=1, max_size=30))
def test_whatever_the_times_no_time_left_is_below_nothing(chunks: list[tuple[int, float]]) -> None:
    pace, done = Pace(0), 0
    for size, seconds in chunks:
        done += size
        pace.note(done, seconds)
    left = pace.left_s(done + 10_000)
    assert left is not None
    assert left >= 0


def test_growing_times_leave_more_than_the_rate_so_far_says() -> None:
    pace = Pace(0)
    for chunk in range(1, 9):
        pace.note(chunk * 256, 0.01 * chunk)
    left = pace.left_s(16 * 256)
    rate_so_far = 8 * 256 / sum(0.01 * chunk for chunk in range(1, 9))
    assert left is not None
    assert left > 1.5 * (8 * 256) / rate_so_far
