"""A conversation as a tree: what is shown, and what a choice leaves as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stored_conversations import trees

from app.store.turns import _Node
from app.turn_tree import children, choose, descendants, is_tree, shown_path, siblings


def nodes(*pairs: tuple[str, str | None]) -> list[_Node]:
    return [_Node(number, own, parent) for number, (own, parent) in enumerate(pairs, 1)]


FORKED = nodes(("a", None), ("b", "a"), ("c", "b"), ("b2", "a"), ("d", "b2"), ("a2", None))


def path(shown: dict[str | None, str]) -> str:
    return " ".join(node.id for node in shown_path(FORKED, shown))


def test_without_a_choice_the_newest_is_shown() -> None:
    assert path({}) == "a2"
    assert path({None: "a"}) == "a b2 d"


def test_a_choice_shows_what_leads_to_it_and_keeps_what_was_chosen_below() -> None:
    shown = choose(FORKED, {}, "c")
    assert path(shown) == "a b c"
    elsewhere = choose(FORKED, shown, "a2")
    assert path(elsewhere) == "a2"
    assert path(choose(FORKED, elsewhere, "a")) == "a b c"


def test_siblings_are_counted_in_their_order() -> None:
    found = siblings(FORKED, "b2")
    assert (found.ids, found.index, found.count) == (("b", "b2"), 1, 2)
    with pytest.raises(KeyError):
        siblings(FORKED, "nobody")


def test_descendants_are_a_turn_and_all_below_it() -> None:
    assert [node.id for node in descendants(FORKED, "a")] == ["a", "b", "c", "b2", "d"]
    assert [node.id for node in descendants(FORKED, "b2")] == ["b2", "d"]


def test_a_choice_of_what_is_gone_counts_as_none() -> None:
    assert path({None: "gone"}) == "a2"


@pytest.mark.parametrize(
    ("turns", "shown"),
    [
        (nodes(("a", None), ("a", None)), {}),
        (nodes(("a", "b"), ("b", None)), {}),
        (nodes(("a", "a")), {}),
        (nodes(("a", None)), {None: "b"}),
        (nodes(("a", None), ("b", "a")), {None: "b"}),
    ],
)
def test_what_is_no_tree_is_known(turns: list[_Node], shown: dict[str | None, str]) -> None:
    assert not is_tree(turns, shown)


@given(trees(), st.data())
def test_the_shown_path_runs_from_the_beginning_to_an_end(turns, data) -> None:
    shown: dict[str | None, str] = {}
    for turn in data.draw(st.lists(st.sampled_from(turns), max_size=4)) if turns else []:
        before = shown
        shown = choose(turns, shown, turn.id)
        assert turn in shown_path(turns, shown)
        # Only places on the way to the chosen turn have changed.
        way = {t.parent_id for t in shown_path(turns, shown)}
        assert {k: v for k, v in before.items() if k not in way} == {
            k: v for k, v in shown.items() if k not in way
        }
    assert is_tree(turns, shown)
    found = shown_path(turns, shown)
    below = children(turns)
    assert [turn.parent_id for turn in found] == [None, *(t.id for t in found)][: len(found)]
    assert bool(found) == bool(turns)
    assert not found or found[-1].id not in below
    for turn in turns:
        stood = siblings(turns, turn.id)
        assert stood.ids[stood.index] == turn.id
        assert stood.count == len(below[turn.parent_id])
