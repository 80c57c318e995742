"""Folding, and where words stand in the lines that are shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stored_conversations import texts

from app.store.words import (
    _fold_with_origins,
    best_line,
    fold,
    holds,
    indexed,
    match_expression,
    matches,
    query_words,
    words_of,
)


def bold(line: str, query: str) -> list[str]:
    return [line[a:b] for a, b in matches(line, query_words(query))]


@pytest.mark.parametrize(
    ("line", "query", "expected"),
    [
        ("The nitrate in the river", "the ri", ["The", "the", "ri"]),
        ("Other things than the", "the", ["the"]),
        ("Theory", "the", ["The"]),
        ("Café au lait", "cafe", ["Café"]),
        ("Cafe\u0301 au lait", "café", ["Cafe\u0301"]),
        ("STRASSE und Straße", "straße", ["STRASSE", "Straße"]),
        ("ﬁnal", "fi", ["ﬁ"]),
        ("東京の天気", "天気", ["天", "気"]),
        ("東京tower", "tower", ["tower"]),
        ("it's", "it's", ["it", "s"]),
        ("snake_case", "case", ["case"]),
        ("none here", "nitrate", []),
    ],
)
def test_what_is_emboldened(line: str, query: str, expected: list[str]) -> None:
    assert bold(line, query) == expected


def test_the_line_with_the_most_words_is_shown() -> None:
    text = "The river.\nNitrate in the river rose.\nThe end"
    line, marks = best_line(text, query_words("river nitrate"))
    assert line == "Nitrate in the river rose."
    assert [line[a:b] for a, b in marks] == ["Nitrate", "river"]


def test_a_long_line_is_cut_round_its_first_match() -> None:
    line, marks = best_line("word " * 400 + "nitrate " + "word " * 400, ["nitrate"])
    assert len(line) <= 162
    assert line.startswith("…")
    assert line.endswith("…")
    assert [line[a:b] for a, b in marks] == ["nitrate"]


def test_a_long_line_keeps_its_beginning_where_that_matches() -> None:
    line, _ = best_line("nitrate " + "word " * 100, ["nitrate"])
    assert line.startswith("nitrate")


def test_a_text_without_the_words_gives_an_empty_line() -> None:
    assert best_line("one\ntwo", ["three"]) == ("", ())


def test_queries_begin_at_two_characters() -> None:
    assert query_words(" a ") == []
    assert query_words("ab") == ["ab"]
    assert query_words("--") == []


@given(texts, st.text(max_size=30))
def test_marks_are_ranges_in_order_inside_the_line(line: str, query: str) -> None:
    words = query_words(query)
    if not words:
        return
    end = 0
    for start, stop in matches(line, words):
        assert end <= start < stop <= len(line)
        end = stop


@given(texts)
def test_folding_by_character_is_folding_the_whole(text: str) -> None:
    folded, origins = _fold_with_origins(text)
    assert folded == fold(text)
    assert len(origins) == len(folded)


@given(st.text(max_size=60))
def test_a_text_holds_its_own_words(text: str) -> None:
    words = words_of(text)
    if words:
        assert holds(text, words)
        assert holds(text, [words[-1][:1]])
        assert not holds("", words)
        assert set(indexed(text).split(" ")) == set(words)


@given(st.text(max_size=60))
def test_an_expression_holds_quoted_words_only(query: str) -> None:
    words = query_words(query)
    if words:
        assert match_expression(words).count('"') == 2 * len(words)
        assert not set("".join(words)) & set('"*^:()-+ ')
