"""How prefill cuts a prompt."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.decode.prefill import chunk_bounds


@given(st.data(), st.integers(1, 300), st.integers(1, 70))
def test_chunks_cover_the_rest_once_and_stop_where_asked(data, total: int, size: int) -> None:
    start = data.draw(st.integers(0, total - 1))
    stops = data.draw(st.lists(st.integers(0, total + 20)))
    bounds = chunk_bounds(start, total, stops, size)
    assert [b for b, _ in bounds] == [start, *[e for _, e in bounds[:-1]]]
    assert bounds[-1][1] == total
    assert all(0 < e - b <= size for b, e in bounds)
    assert {s for s in stops if start < s <= total} <= {e for _, e in bounds}


def test_without_stops_there_are_as_few_chunks_as_can_be() -> None:
    assert chunk_bounds(3, 20, (), 10) == [(3, 13), (13, 20)]
