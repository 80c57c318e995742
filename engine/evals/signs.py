"""Wordings of signs, screens and notices, with places for values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.evals import values, words
from engine.evals.items import Split
from engine.evals.lists import lines_of

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

SIGNS_TRAIN = lines_of(
    """
    Open until {time}
    Closed from {date}
    Next stop: {town}
    Train to {town} at {time}
    Bus {count} to {town}
    Platform {count} is closed
    Your order {code} is ready
    Order {code} was sent
    Please ring the {noun}
    Please wait behind the {noun}
    Keep the {noun} closed
    Do not open the {noun}
    No {noun} in the {noun2}
    Mind the {adjective} {noun}
    Beware of the {adjective} {noun}
    Meet {person} in {room}
    {person} called at {time}
    Message from {person}
    Ask {person} for the {noun}
    {count} new messages
    {count} of 20 files copied
    {count} {noun} left
    Battery at {percentage}
    {percentage} off every {noun}
    Now only {amount}
    From {amount} a {noun}
    Pay {amount} at the {noun}
    You owe {amount}
    Weight {measure}
    Use within {duration}
    Best before {date}
    Valid from {date}
    Room {code} on floor {count}
    Turn left at the {noun}
    {town} {count} km
    Press {count} for the {noun}
    Wi-Fi: {word}
    Error {code}: no {noun}
    The {noun} is {adjective}
    {adjective} {noun} for sale
    Call {phone}
    Write to {email}
    Lost: {adjective} {noun}
    Today: {adjective} {noun} soup
    Connected to {word}
    Low battery: {percentage}
    Version {count}.{count} is out
    Saved in {noun} folder
    Start at {time}, end at {time2}
    Welcome back, {person}
    Delete {noun}.txt?
    No signal in {room}
    Last seen at {time}
    The {noun} opens at {time}
    Seats for {person}
    {firm}, {town}
    Made in {town}
    Do not bend the {noun}
    """
)
SIGNS_HELD_OUT = lines_of(
    """
    Opens again on {date}
    Departure {time} to {town}
    Parcel {code} is waiting
    Leave the {noun} at the {noun2}
    Please return the {adjective} {noun}
    Only {count} {noun} a person
    Price per {noun}: {amount}
    See {person} about it
    Loading, {percentage} done
    Wanted: {adjective} {noun}
    Exit through the {noun}
    Saved as {word}
    Signed in as {person}
    Back at {time}
    Floor {count}: {noun} and {noun2}
    """
)


def draw_sign(rng: random.Random, split: Split) -> str:
    """Draw a wording of the split with its values filled in."""
    form = rng.choice(SIGNS_TRAIN if split is Split.TRAIN else SIGNS_HELD_OUT)
    filled = form
    for name, draw in _SLOTS.items():
        if "{" + name + "}" in form:
            filled = filled.replace("{" + name + "}", draw(rng, split))
    return filled[0].upper() + filled[1:]


def _noun(rng: random.Random, split: Split) -> str:
    return words.pick(rng, words.NOUNS, split)


def _adjective(rng: random.Random, split: Split) -> str:
    return words.pick(rng, words.ADJECTIVES, split)


def _count(rng: random.Random, _split: Split) -> str:
    return str(rng.randint(2, 20))


def _of_kind(kind: str) -> Callable[[random.Random, Split], str]:
    return lambda rng, split: values.draw_value(rng, split, kind)


_SLOTS: dict[str, Callable[[random.Random, Split], str]] = {
    "noun": _noun, "noun2": _noun, "adjective": _adjective, "count": _count,
    "time2": _of_kind("time"),
} | {kind: _of_kind(kind) for kind in values.KINDS}  # fmt: skip
