"""The index of a text that grows finds what looking everywhere finds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.decode.drafters import SHORT_MATCH, Match, TextIndex

COMPARED = 12


def looked_for_everywhere(text: list[int]) -> Match | None:
    """The longest agreement with the end of `text`, the latest of those."""
    best = None
    for place in range(SHORT_MATCH, len(text)):
        length = 0
        while length < min(place, COMPARED) and text[place - 1 - length] == text[-1 - length]:
            length += 1
        if length >= SHORT_MATCH and (best is None or length >= best.length):
            best = Match(place, length)
    return best


@given(
    st.lists(st.integers(0, 3), max_size=60), st.lists(st.integers(1, 60), max_size=30, unique=True)
)
def test_in_steps_of_any_size(text: list[int], seen: list[int]) -> None:
    index = TextIndex()
    for length in sorted({min(n, len(text)) for n in seen}):
        assert index.match(text[:length]) == looked_for_everywhere(text[:length])


@given(st.lists(st.integers(0, 30), min_size=2, max_size=60))
def test_token_by_token(text: list[int]) -> None:
    index = TextIndex()
    for end in range(1, len(text) + 1):
        assert index.match(text[:end]) == looked_for_everywhere(text[:end])
