"""Changes of a short text that a few examples show: marks around it, words dropped or swapped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.evals.items import Split, belongs
from engine.evals.labelling import Lesson
from engine.evals.properties import Fresh

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    # From an input to its output as stretches, of which those at odd places are copied.
    Change = Callable[[str], list[str]]
    Transform = Callable[[Fresh], tuple[Callable[[], str], Change]]

_EASY = 10  # so many transforms come first
_EASY_LEVEL = 3
_OPEN_MARKS = "([*_=~/|#'+:%"
_CLOSE_MARKS = {"(": ")", "[": "]"}
_JOINS = ("-", "_", "+", "/", ".", ", ", " and ", " or ", " & ", "")
_BETWEEN = (": ", " = ", " - ", " is ", ", ")
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def draw_transform(rng: random.Random, split: Split, level: int) -> Lesson:
    """Draw a transform with examples of it and a text to be transformed in the same way."""
    fresh = Fresh(rng, split)
    known = _TRANSFORMS[:_EASY] if level < _EASY_LEVEL else _TRANSFORMS
    make, change = rng.choice(known)(fresh)
    examples = []
    for _ in range(rng.randint(3, 4 if level < _EASY_LEVEL else 5)):
        shown = make()
        examples.append((shown, "".join(change(shown))))
    query = make()
    parts = change(query)
    copied = (query, *(part for part in parts[1::2] if part))
    return Lesson(tuple(examples), query, query, "".join(parts), copied)


def _phrases(fresh: Fresh, size: int, separator: str = " ") -> Callable[[], str]:
    return lambda: separator.join(fresh.words(size))


def _short(fresh: Fresh) -> Callable[[], str]:
    """Make one or two words, always as many."""
    return _phrases(fresh, fresh.rng.randint(1, 2))


def _joined(chosen: list[str], join: str = " ") -> list[str]:
    """Return words with what stands between them, each word a copied stretch."""
    parts = [""]
    for word in chosen:
        parts += [word, join]
    return parts[:-1]


def _surround(fresh: Fresh) -> tuple[Callable[[], str], Change]:
    left, right = _marks(fresh.rng, fresh.split)
    return _short(fresh), lambda text: [left, text, right]


def _prefix(fresh: Fresh) -> tuple[Callable[[], str], Change]:
    word = fresh.word()
    return _short(fresh), lambda text: ["", word, " ", text]


def _suffix(fresh: Fresh) -> tuple[Callable[[], str], Change]:
    word = fresh.word()
    return _short(fresh), lambda text: ["", text, " ", word]


def _first_word(fresh: Fresh) -> tuple[Callable[[], str], Change]:
    return _phrases(fresh, fresh.rng.randint(2, 3)), lambda text: ["", text.split()[0]]


def _last_word(fresh: Fresh) -> tuple[Callable[[], str], Change]:
    return _phrases(fresh, fresh.rng.randint(2, 3)), lambda text: ["", text.split()[-1]]


def _twice(fresh: Fresh) -> tuple[Callable[[], str], Change]:
    join = fresh.rng.choice((" ", ", ", "-"))
    return _short(fresh), lambda text: ["", text, join, text]


def _value(fresh: Fresh) -> tuple[Callable[[], str], Change]:
    between = fresh.rng.choice(_BETWEEN)
    return _pair(fresh, between), lambda text: ["", text.split(between)[1]]


def _key(fresh: Fresh) -> tuple[Callable[[], str], Change]:
    between = fresh.rng.choice(_BETWEEN)
    return _pair(fresh, between), lambda text: ["", text.split(between)[0]]


def _end_mark(fresh: Fresh) -> tuple[Callable[[], str], Change]:
    mark = fresh.rng.choice(("!", "?", ".", "...", "!!", "?!", ";", " (!)", " *"))
    return _short(fresh), lambda text: ["", text, mark]


def _same(fresh: Fresh) -> tuple[Callable[[], str], Change]:
    return _short(fresh), lambda text: ["", text]


def _drop_first(fresh: Fresh) -> tuple[Callable[[], str], Change]:
    make = _phrases(fresh, fresh.rng.randint(3, 4))
    return make, lambda text: ["", text.partition(" ")[2]]


def _drop_last(fresh: Fresh) -> tuple[Callable[[], str], Change]:
    make = _phrases(fresh, fresh.rng.randint(3, 4))
    return make, lambda text: ["", text.rpartition(" ")[0]]


def _middle(fresh: Fresh) -> tuple[Callable[[], str], Change]:
    return _phrases(fresh, 3), lambda text: ["", text.split()[1]]


def _swap(fresh: Fresh) -> tuple[Callable[[], str], Change]:
    join = fresh.rng.choice((" ", " ", ", ", "-"))
    return _phrases(fresh, 2), lambda text: _joined(text.split()[::-1], join)


def _swap_at_comma(fresh: Fresh) -> tuple[Callable[[], str], Change]:
    make = _phrases(fresh, 2, ", ")
    return lambda: make().title(), lambda text: _joined(text.split(", ")[::-1])


def _to_comma(fresh: Fresh) -> tuple[Callable[[], str], Change]:
    make = _phrases(fresh, 2)
    return lambda: make().title(), lambda text: _joined(text.split()[::-1], ", ")


def _turn_round(fresh: Fresh) -> tuple[Callable[[], str], Change]:
    return _phrases(fresh, 3), lambda text: _joined(text.split()[::-1])


def _join(fresh: Fresh) -> tuple[Callable[[], str], Change]:
    join = fresh.rng.choice(_JOINS)
    return _phrases(fresh, fresh.rng.randint(2, 3)), lambda text: _joined(text.split(), join)


def _part(fresh: Fresh) -> tuple[Callable[[], str], Change]:
    join = fresh.rng.choice(_JOINS[:6])
    make = _phrases(fresh, fresh.rng.randint(2, 3), join)
    return make, lambda text: _joined(text.split(join))


def _unwrap(fresh: Fresh) -> tuple[Callable[[], str], Change]:
    left, right = _marks(fresh.rng, fresh.split)
    make = _short(fresh)
    return lambda: left + make() + right, lambda text: [
        "",
        text[len(left) : len(text) - len(right)],
    ]


def _other_between(fresh: Fresh) -> tuple[Callable[[], str], Change]:
    old, new = fresh.rng.sample(_BETWEEN, 2)
    return _pair(fresh, old), lambda text: _joined(text.split(old), new)


def _change_places(fresh: Fresh) -> tuple[Callable[[], str], Change]:
    between = fresh.rng.choice(_BETWEEN)
    return _pair(fresh, between), lambda text: _joined(text.split(between)[::-1], between)


def _upper(fresh: Fresh) -> tuple[Callable[[], str], Change]:
    return lambda: _code(fresh).lower(), lambda text: [text.upper()]


def _lower(fresh: Fresh) -> tuple[Callable[[], str], Change]:
    return lambda: _code(fresh), lambda text: [text.lower()]


def _capital(fresh: Fresh) -> tuple[Callable[[], str], Change]:
    return _short(fresh), lambda text: [text[0].upper() + text[1:]]


def _mail_name(fresh: Fresh) -> tuple[Callable[[], str], Change]:
    return _mail(fresh), lambda text: ["", text.split("@")[0]]


def _mail_host(fresh: Fresh) -> tuple[Callable[[], str], Change]:
    return _mail(fresh), lambda text: ["", text.split("@")[1]]


def _sentence(fresh: Fresh) -> tuple[Callable[[], str], Change]:
    before, after = fresh.words(2)
    return _short(fresh), lambda text: ["", before, " ", text, " ", after]


def _first_and_word(fresh: Fresh) -> tuple[Callable[[], str], Change]:
    word = fresh.word()
    return _phrases(fresh, 2), lambda text: _joined([word, text.split()[0]])


def _last_and_word(fresh: Fresh) -> tuple[Callable[[], str], Change]:
    word = fresh.word()
    return _phrases(fresh, 2), lambda text: _joined([text.split()[1], word])


_TRANSFORMS: tuple[Transform, ...] = (
    _surround, _prefix, _suffix, _first_word, _last_word, _twice, _value, _key, _end_mark, _same,
    _drop_first, _drop_last, _middle, _swap, _swap_at_comma, _to_comma, _turn_round, _join, _part,
    _unwrap, _other_between, _change_places, _upper, _lower, _capital, _mail_name, _mail_host,
    _sentence, _first_and_word, _last_and_word,
)  # fmt: skip


def _marks(rng: random.Random, split: Split) -> tuple[str, str]:
    """Draw what stands on both sides; held-out pairs are never seen in training."""
    while True:
        left = "".join(rng.choice(_OPEN_MARKS) for _ in range(rng.choice((1, 1, 2))))
        if belongs(left, split):
            return left, "".join(_CLOSE_MARKS.get(mark, mark) for mark in left[::-1])


def _pair(fresh: Fresh, between: str) -> Callable[[], str]:
    second = fresh.rng.choice((fresh.word, fresh.number, lambda: _code(fresh)))
    change = fresh.rng.choice((str.lower, str.capitalize))
    return lambda: change(fresh.word()) + between + second()


def _mail(fresh: Fresh) -> Callable[[], str]:
    ending = fresh.rng.choice(("com", "org", "net", "eu", "de"))
    return lambda: f"{fresh.word()}@{fresh.word()}.{ending}"


def _code(fresh: Fresh) -> str:
    rng = fresh.rng
    while True:
        letters = "".join(rng.choice(_LETTERS) for _ in range(rng.randint(1, 3)))
        code = f"{letters}{rng.randint(10, 999)}"
        if belongs(code, fresh.split):
            return code
