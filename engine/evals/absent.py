"""Keys that a text does not state, many of them nearly like one it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.evals import keys, words
from engine.evals.facts import draw_key, within
from engine.evals.lists import lines_of
from engine.evals.wordings import SHORT

if TYPE_CHECKING:
    import random
    from collections.abc import Collection

    from engine.evals.items import Split

# Endings that may well mean the same thing of one noun.
_ALIKE = tuple(
    frozenset(line.split())
    for line in lines_of(
        """
        price rate fee
        number count
        name label
        type model version
        level grade
        size length
        owner contact
        group team
        """
    )
)
_TRIES = 40


def draw_absent_key(
    rng: random.Random, split: Split, present: Collection[str], shown: str, *, hard: float
) -> str:
    """Draw a key that is not stated; `hard` is the share of those close to a stated one."""
    small = shown.lower()
    for _ in range(_TRIES):
        like = rng.choice(tuple(present))
        key = _near_miss(rng, split, like) if rng.random() < hard else draw_key(rng, split)
        if key is not None and is_absent(key, present, small):
            return key
    while True:
        key = " ".join(words.made_up(rng, split, (2, 3)) for _ in range(2))
        if is_absent(key, present, small):
            return key


def is_absent(key: str, present: Collection[str], shown: str) -> bool:
    """Whether neither the key stands in the text (in lower case) nor one that may mean it."""
    if key in present or within(key.lower(), shown):
        return False
    return not any(_may_mean(key, other) for other in present)


def _may_mean(key: str, other: str) -> bool:
    if key in SHORT.get(other, ()):
        return True
    asked, stated = key.split(), other.split()
    if key in keys.KNOWN and other in keys.NEAR.get(key, ()):
        return not (set(asked) & set(stated) and len(asked) > 1)
    if len(stated) > len(asked) and set(asked) <= set(stated):
        return True
    if len(stated) == 1 and stated[0] in asked:
        return True
    changed = set(asked) ^ set(stated)
    return len(changed) == 2 and any(changed == changed & alike for alike in _ALIKE)


def _near_miss(rng: random.Random, split: Split, like: str) -> str | None:
    """Change one thing of a key: its ending, its start, the order of its words."""
    if like in keys.KNOWN and rng.random() < 0.7:
        same = [k for k in keys.KNOWN_KEYS if k != like and set(k.split()) & set(like.split())]
        if same and rng.random() < 0.7:
            return rng.choice(same)
        kind = keys.KNOWN[like][0]
        return rng.choice([k for k in keys.KNOWN_KEYS if k != like and keys.KNOWN[k][0] == kind])
    drawn = like.split()
    form = rng.random()
    if len(drawn) == 1:
        return None
    if form < 0.4:
        drawn[-1] = rng.choice(keys.TAILS)
    elif form < 0.75:
        drawn[0] = words.pick(rng, words.NOUNS if len(drawn) == 2 else words.ADJECTIVES, split)
    elif form < 0.87:
        drawn.reverse()
    else:
        drawn.insert(0, words.pick(rng, words.ADJECTIVES, split))
    return " ".join(drawn)
