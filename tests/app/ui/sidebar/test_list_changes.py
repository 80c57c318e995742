"""From any order of keys to any other, in as few steps as the frequent changes need."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.ui.sidebar.list_changes import Insert, Move, Remove, changes

KEYS = st.lists(st.sampled_from("abcdefghijklmnop"), unique=True)


def carried_out(old: list[str], new: list[str]) -> list[str]:
    now = list(old)
    for step in changes(old, new):
        match step:
            case Remove(first, last):
                assert 0 <= first <= last < len(now)
                del now[first : last + 1]
            case Move(source, target):
                assert source != target
                now.insert(target, now.pop(source))
            case Insert(first, last):
                now[first:first] = new[first : last + 1]
    return now


@given(KEYS, KEYS)
def test_the_steps_lead_from_one_order_to_the_other(old: list[str], new: list[str]) -> None:
    assert carried_out(old, new) == new


@given(KEYS)
def test_nothing_is_done_where_nothing_changed(keys: list[str]) -> None:
    assert changes(keys, keys) == []


def test_the_frequent_changes_are_one_step() -> None:
    keys = [str(number) for number in range(100)]
    assert changes(keys, [*keys[:5], keys[40], *keys[5:40], *keys[41:]]) == [Move(40, 5)]
    assert changes(keys, [*keys[1:60], keys[0], *keys[60:]]) == [Move(0, 59)]
    assert changes(keys, ["new", *keys]) == [Insert(0, 0)]
    assert changes(keys, [*keys[:7], *keys[8:]]) == [Remove(7, 7)]


def test_two_that_change_places_with_many_between_are_two_moves() -> None:
    keys = [str(number) for number in range(50)]
    swapped = [keys[49], *keys[1:49], keys[0]]
    assert len(changes(keys, swapped)) == 2
