"""From one order of keys to another in few steps, so that what stays is not touched."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


@dataclass(frozen=True, slots=True)
class Remove:
    """Take out the lines `first` to `last`, both included."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Move:
    """Take out one line and put it in at `target`, counted without it."""

    source: int
    target: int


@dataclass(frozen=True, slots=True)
class Insert:
    """Put in lines, so that they are `first` to `last`, with the keys that stand there."""

    first: int
    last: int


Change = Remove | Move | Insert


def changes(old: Sequence[str], new: Sequence[str]) -> list[Change]:
    """The steps that make `old` into `new`, to be taken one after the other. Keys occur once."""
    start, end = _common_ends(old, new)
    before, after = list(old[start : len(old) - end]), list(new[start : len(new) - end])
    if len(before) == len(after) > 1:
        # What was changed goes to the top: by far the most frequent change.
        if before[-1] == after[0] and before[:-1] == after[1:]:
            return [Move(start + len(before) - 1, start)]
        if before[0] == after[-1] and before[1:] == after[:-1]:
            return [Move(start, start + len(before) - 1)]
    wanted, known = set(after), set(before)
    steps: list[Change] = [
        Remove(start + first, start + last)
        for first, last in reversed(list(_runs(key not in wanted for key in before)))
    ]
    kept_before = [key for key in before if key in wanted]
    kept_after = [key for key in after if key in known]
    steps += (Move(start + m.source, start + m.target) for m in _moves(kept_before, kept_after))
    steps += (
        Insert(start + first, start + last) for first, last in _runs(k not in known for k in after)
    )
    return steps


def _common_ends(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """How many keys both begin with, and how many of the rest they end with."""
    shorter = min(len(old), len(new))
    pairs = zip(old, new, strict=False)
    start = next((place for place, (a, b) in enumerate(pairs) if a != b), shorter)
    backward = islice(zip(reversed(old), reversed(new), strict=False), shorter - start)
    end = next((place for place, (a, b) in enumerate(backward) if a != b), shorter - start)
    return start, end


def _runs(marked: Iterable[bool]) -> Iterator[tuple[int, int]]:
    """First and last place of every stretch that is marked."""
    first: int | None = None
    place = -1
    for place, mark in enumerate(marked):
        if mark and first is None:
            first = place
        elif not mark and first is not None:
            yield first, place - 1
            first = None
    if first is not None:
        yield first, place


def _moves(before: Sequence[str], after: Sequence[str]) -> Iterator[Move]:
    """The fewest moves: what is in the longest stretch of right order stays where it is."""
    if before == after:
        return
    places = {key: place for place, key in enumerate(after)}
    staying = _longest_rising([places[key] for key in before])
    now = list(before)
    previous = ""
    for place, key in enumerate(after):
        if place not in staying:
            source = now.index(key)
            del now[source]
            target = now.index(previous) + 1 if previous else 0
            now.insert(target, key)
            yield Move(source, target)
        previous = key


def _longest_rising(values: Sequence[int]) -> set[int]:
    """The members of a longest rising subsequence (patience sorting, Fredman 1975)."""
    tops: list[int] = []
    ends: list[int] = []
    below: list[int] = []
    for place, value in enumerate(values):
        pile = bisect_left(tops, value)
        below.append(ends[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(value)
            ends.append(place)
        else:
            tops[pile] = value
            ends[pile] = place
    members: set[int] = set()
    place = ends[-1] if ends else -1
    while place >= 0:
        members.add(values[place])
        place = below[place]
    return members
