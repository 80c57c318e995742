"""Matching: a few letters find what they stand in, and the better fit is told from the worse."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.folding import fold_letters
from app.ui.palette.matching import Fit, Match, Title, match, query_of

LETTERS = st.text(alphabet="abcdeABCDEéÄßﬁ İ日-.1", max_size=12)


def found(query: str, title: str) -> Match | None:
    return match(query_of(query), Title.of(title))


@pytest.mark.parametrize(
    ("query", "title", "fit", "letters"),
    [
        ("exp", "Export conversation", Fit.BEGINNING, "Exp"),
        ("conv", "Export conversation", Fit.WORD, "conv"),
        ("port", "Export conversation", Fit.WITHIN, "port"),
        ("ec", "Export conversation", Fit.INITIALS, "Ec"),
        ("exp", "Show examples", Fit.SCATTERED, "exp"),
        ("übe", "Über den Bericht", Fit.BEGINNING, "Übe"),
        ("uber", "Über den Bericht", Fit.BEGINNING, "Über"),
        ("new  conv", " New conversation", Fit.WORD, "New conv"),
    ],
)
def test_how_letters_fit(query: str, title: str, fit: Fit, letters: str) -> None:
    match = found(query, title)
    assert match is not None
    assert match.fit is fit
    assert "".join(title[place] for place in match.places) == letters


def test_what_does_not_fit() -> None:
    assert found("exq", "Export conversation") is None


def test_scattered_letters_stand_as_close_as_they_can() -> None:
    match = found("ad", "a b c xaxd")
    assert match is not None
    assert match.places == (7, 9)


@given(LETTERS)
def test_folding_keeps_every_letter_in_its_place(text: str) -> None:
    assert len(fold_letters(text)) == len(text)
    assert fold_letters(fold_letters(text)) == fold_letters(text)


@given(LETTERS, LETTERS)
def test_places_are_in_order_and_hold_what_was_asked_for(query: str, title: str) -> None:
    match = found(query, title)
    if match is None:
        return
    assert list(match.places) == sorted(set(match.places))
    there = "".join(fold_letters(title)[place] for place in match.places)
    assert there.replace(" ", "") == query_of(query).replace(" ", "")


@given(LETTERS, st.data())
def test_any_letters_of_a_title_in_their_order_find_it(title: str, data: st.DataObject) -> None:
    places = data.draw(st.sets(st.integers(0, max(0, len(title) - 1)), max_size=6))
    query = "".join(title[place] for place in sorted(places) if place < len(title))
    assert found(query, title) is not None


@given(LETTERS, LETTERS)
def test_more_letters_never_find_what_fewer_did_not(query: str, title: str) -> None:
    if found(query, title) is not None:
        assert all(found(query[:end], title) is not None for end in range(len(query)))
