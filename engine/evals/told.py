"""Sentences that state a known fact without naming its key: "It leaves at 10:15."

They are made of the key's own questions, so a question of one split gives a sentence of that split.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from engine.evals import keys
from engine.evals.items import Split, belongs
from engine.evals.lists import lines_of, words_of

if TYPE_CHECKING:
    import random

# Where the sentence starts at the mark |, it may take a capital.
AROUND_TRAIN = lines_of(
    """
    |{s}.
    |{s}.
    |{s}.
    |{s}.
    |{s}!
    This time {s}.
    As far as I know, {s}.
    Please note that {s}.
    We heard that {s}.
    It is sure that {s}.
    They say {s}.
    In the end {s}.
    As always, {s}.
    It was agreed that {s}.
    Remember that {s}.
    By the way, {s}.
    I hope that {s}.
    |{s}, as you know.
    |{s}, and that is fine.
    |{s}, as planned.
    |{s}, they told us.
    So {s}.
    Good news: {s}.
    """
)
AROUND_HELD_OUT = lines_of(
    """
    From now on {s}.
    We can confirm that {s}.
    |{s}, by the way.
    It seems that {s}.
    You should know that {s}.
    |{s}, if all goes well.
    """
)
_PLAIN = ("|{s}.",)
_AT = {"time": "at ", "date": "on ", "town": "in ", "address": "at ", "room": "at ",
    "firm": "at ", "phrase": ""}  # fmt: skip
_LINKS = words_of("by until from to with for of")
_OPEN_ENDS = words_of("from to for of about with like by on after")
_TOWARDS = words_of("go goes going send sent bring")
# Words that would come to stand at a wrong place.
_ASIDE = words_of("ahead before away apart along off")
_NO_SCALE = words_of("expensive thirsty thin many early")
_SUBJECTS = words_of("it he she we they I")
_TAKING = words_of("takes take lasts")


def draw_told(rng: random.Random, split: Split, key: str) -> str | None:
    """Draw a sentence with {v} for the value, if the key has one that can be told."""
    forms, around = told_forms(key, split), AROUND_TRAIN
    if split is Split.HELD_OUT:
        around = _PLAIN if forms and rng.random() < 0.4 else AROUND_HELD_OUT
        # A held-out frame makes a trained sentence a new one, as it does for questions.
        forms = forms if around is _PLAIN else (*forms, *told_forms(key, Split.TRAIN))
    if not forms:
        return None
    form = rng.choice(forms)
    frame = rng.choice(around)
    if frame.startswith("|"):
        return frame[1:].replace("{s}", form if form[0] == "{" else form[0].upper() + form[1:])
    return frame.replace("{s}", form)


@lru_cache(maxsize=1024)
def told_forms(key: str, split: Split) -> tuple[str, ...]:
    """Return what a known key's own questions of the split look like as statements."""
    if key not in keys.KNOWN:
        return ()
    kind, own = keys.KNOWN[key]
    forms = (_told(question, kind) for question in own if belongs(question, split))
    trained = () if split is Split.TRAIN else told_forms(key, Split.TRAIN)
    return tuple(dict.fromkeys(form for form in forms if form and form not in trained))


def _told(question: str, kind: str) -> str | None:
    clause = keys.CLAUSES[question]
    bare = question.removesuffix("?")
    first, *rest = clause.split()
    if clause == bare[0].lower() + bare[1:]:
        return _about_subject(first, rest)
    if first in _LINKS or clause.startswith(("at what time ", "on which day ", "on what day ")):
        return _linked(first, rest)
    if first == "when" and kind in _AT:
        return f"{' '.join(rest)} {_AT[kind]}{{v}}"
    if first == "where" and kind in _AT:
        towards = kind != "phrase" and any(word in _TOWARDS for word in rest)
        link = "to " if towards else _AT[kind]
        link = "" if rest[-1] in _OPEN_ENDS else link
        return f"{' '.join(rest)} {link}{{v}}"
    if first == "how":
        return _measured(rest, kind)
    if first in ("what", "who") and (rest[-1] in _OPEN_ENDS or _is_short(rest)):
        return f"{' '.join(rest)} {{v}}"
    return None


def _about_subject(first: str, rest: list[str]) -> str | None:
    """Who drives: {v} drives."""
    if "there" in rest or "this" in rest or rest[0] == "share":
        return None
    if first in ("who", "what"):
        return f"{{v}} {' '.join(rest)}"
    if first == "how" and rest[0] == "many":
        return f"{{v}} {' '.join(rest[1:])}"
    if first == "how" and rest[0] == "much" and rest[1] in ("is", "was", "comes", "goes", "fits"):
        return f"{{v}} {' '.join(rest[1:])}"
    return None


def _linked(first: str, rest: list[str]) -> str | None:
    """By whom it was made: it was made by {v}."""
    alone = rest[0] in ("whom", "when") or rest[1] in _SUBJECTS
    skipped = 1 if alone else 2
    if rest[0] == "which" and first in ("with", "from", "of"):
        return None
    return f"{' '.join(rest[skipped:])} {first} {{v}}"


def _measured(rest: list[str], kind: str) -> str | None:
    """How heavy it is: it is {v} heavy; how long it takes: it takes {v}."""
    quality, *clause = rest
    if clause[0] in _ASIDE or quality in _NO_SCALE or "need" in clause or kind == "word":
        return None
    if quality == "much":
        return f"{' '.join(clause)} {{v}}" if _is_short(clause) else None
    if quality == "long" and kind == "duration" and clause[-1] not in ("is", "are"):
        link = "" if clause[-1] in _TAKING else "for "
        return f"{' '.join(clause)} {link}{{v}}"
    if clause[-1] in ("is", "are") and "there" not in clause:
        return f"{' '.join(clause)} {{v}} {quality}"
    return None


def _is_short(clause: list[str]) -> bool:
    return len(clause) == 2 and clause[0] in _SUBJECTS and clause[1] not in ("is", "are")
