"""Questions for a key: by its name, shortened, or by what it means; first, later or again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.evals import keys, wordings
from engine.evals.items import Split, belongs

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable

_FOLLOWING_SHARE = 0.4
_PLAIN_SHARE = 0.08
_SHORT_SHARE = 0.12


def named(rng: random.Random, split: Split, key: str, *, later: bool = False) -> str:
    """Draw a question that names the key; `later` where another question stood before."""
    train = split is Split.TRAIN
    forms = wordings.ASKED_TRAIN if train else wordings.ASKED_HELD_OUT
    if later and rng.random() < _FOLLOWING_SHARE:
        forms = wordings.FOLLOWING_TRAIN if train else wordings.FOLLOWING_HELD_OUT
    return _careless(rng, _filled(rng.choice(forms), key))


def again(rng: random.Random, split: Split, key: str) -> str:
    """Draw a question for a key that was asked for before."""
    forms = wordings.AGAIN_TRAIN if split is Split.TRAIN else wordings.AGAIN_HELD_OUT
    return _filled(rng.choice(forms), key)


def meant(rng: random.Random, split: Split, key: str, *, later: bool = False) -> str | None:
    """Draw a question that means a key without naming it, if there is one."""
    shortened = short(rng, key) if key not in keys.KNOWN or rng.random() < _SHORT_SHARE else None
    if shortened:
        forms = wordings.ASKED_TRAIN if split is Split.TRAIN else wordings.ASKED_HELD_OUT
        return _filled(rng.choice(forms), shortened).replace("..", ".")
    if key not in keys.KNOWN:
        return None
    if split is Split.TRAIN:
        own = clauses(key, Split.TRAIN)
        forms = wordings.ABOUT_NEXT_TRAIN if later and rng.random() < 0.3 else wordings.ABOUT_TRAIN
    else:
        own = clauses(key, Split.HELD_OUT)
        if own and rng.random() < 0.4:
            return rng.choice(own)
        own = keys.KNOWN[key][1]
        forms = wordings.ABOUT_HELD_OUT
        if later and rng.random() < 0.3:
            forms = wordings.ABOUT_NEXT_HELD_OUT
    if not own:
        return None
    question = rng.choice(own)
    bare = question.removesuffix("?")
    small = bare[0].lower() + bare[1:]
    return rng.choice(forms).format(Q=bare, q=small, c=keys.CLAUSES[question])


def clauses(key: str, split: Split) -> tuple[str, ...]:
    """Return the split's part of a known key's own questions."""
    return tuple(q for q in keys.KNOWN[key][1] if belongs(q, split))


def short(rng: random.Random, key: str) -> str | None:
    """Return the key as people shorten it, if they do."""
    whole = wordings.SHORT.get(key, ())
    drawn = key.split()
    at = [i for i, word in enumerate(drawn) if word in wordings.SHORT]
    if whole and (len(drawn) > 1 or not at or rng.random() < 0.5):
        return rng.choice(whole)
    if not at:
        return None
    i = rng.choice(at)
    drawn[i] = rng.choice(wordings.SHORT[drawn[i]])
    return " ".join(drawn)


def near(key: str, other: str) -> bool:
    """Whether a question that only means one of the keys could be taken to mean the other."""
    if key in keys.KNOWN and other in keys.KNOWN:
        return other in keys.NEAR[key]
    return key.split()[-1] in other.split() or other.split()[-1] in key.split()


def clear(key: str, others: Iterable[str]) -> bool:
    """Whether a question may mean a key without naming it where the others stand."""
    return not any(other != key and near(key, other) for other in others)


def _filled(form: str, key: str) -> str:
    return form.format(k=key, K=key[0].upper() + key[1:])


def _careless(rng: random.Random, question: str) -> str:
    """Now and then leave out the mark at the end and the capital at the start."""
    if rng.random() >= _PLAIN_SHARE:
        return question
    bare = question.rstrip("?.")
    return bare[0].lower() + bare[1:]
