"""Where a text stands in a conversation."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.conversation import Turn
from app.finding import find
from app.folding import fold_letters
from engine import user

LETTERS = st.text(alphabet="aAbéÉß ", max_size=20)


def turn(question: str, answer: str = "") -> Turn:
    return Turn(user(question), answer=answer)


def test_questions_and_answers_are_looked_through_in_order() -> None:
    first, second = turn("A well?", "Well, two wells."), turn("And Wéll 3?")
    places = find([first, second], "well")
    assert [(p.turn, p.part, p.start) for p in places] == [
        (first, "question", 2),
        (first, "answer", 0),
        (first, "answer", 10),
        (second, "question", 4),
    ]


def test_nothing_is_found_of_nothing() -> None:
    assert find([turn("A well?")], "") == ()
    assert find([turn("A well?")], "wells") == ()


@given(LETTERS, LETTERS.filter(bool))
def test_what_is_found_is_what_was_looked_for_and_nothing_is_left_out(
    text: str, wanted: str
) -> None:
    places = find([turn("", text)], wanted)
    for place in places:
        assert fold_letters(text[place.start : place.end]) == fold_letters(wanted)
    assert len(places) == fold_letters(text).count(fold_letters(wanted))
    assert all(a.end <= b.start for a, b in pairwise(places))
