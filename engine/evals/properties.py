"""Properties that can be seen in a short text: a mark, capitals, a digit, the first letter."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from engine.evals import words
from engine.evals.items import belongs

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

    from engine.evals.items import Split

    Make = Callable[[], str]
    Property = Callable[["Fresh", int], Sequence[Make]]

_ENDINGS = ("?", ".", "!", "", "...", ":", ";")
_SEPARATORS = ("-", " ", "_", "/", "+", ", ", " & ", ".")
_BRACKETS = ("({})", "[{}]", '"{}"', "{}", "*{}*", "#{}", "{{{}}}")
_FEWEST_WORDS_OF_A_LETTER = 3


class Fresh:
    """Draws words and numbers, none of them twice."""

    def __init__(self, rng: random.Random, split: Split) -> None:
        self.rng = rng
        self.split = split
        self._used: set[str] = set()

    def word(self) -> str:
        """Draw a word."""
        return self._fresh(lambda: words.any_word(self.rng, self.split))

    def words(self, count: int) -> list[str]:
        """Draw some words."""
        return [self.word() for _ in range(count)]

    def number(self) -> str:
        """Draw a number of two or three digits."""
        return self._fresh(lambda: str(self.rng.randint(10, 999)))

    def letters(self, count: int) -> list[str]:
        """Draw letters that start enough words, and keep those words for them."""
        drawn = self.rng.sample(tuple(_by_letter(self.split)), count)
        for letter in drawn:
            self._used.update(_by_letter(self.split)[letter])
        return drawn

    def word_with(self, letter: str) -> str:
        """Draw a word that starts with one of those letters; it may come back."""
        return self.rng.choice(_by_letter(self.split)[letter])

    def _fresh(self, draw: Make) -> str:
        while True:
            drawn = draw()
            if drawn not in self._used:
                self._used.add(drawn)
                return drawn


def draw_property(rng: random.Random, split: Split, count: int) -> Sequence[Make]:
    """Draw a property; each function returned makes texts of which it is the same."""
    return rng.choice(_PROPERTIES)(Fresh(rng, split), count)


def _ending(fresh: Fresh, count: int) -> Sequence[Make]:
    size = fresh.rng.randint(1, 3)

    def maker(mark: str) -> Make:
        return lambda: " ".join(fresh.words(size)) + mark

    return [maker(mark) for mark in fresh.rng.sample(_ENDINGS, count)]


def _case(fresh: Fresh, count: int) -> Sequence[Make]:
    size = fresh.rng.randint(1, 3)
    changes = fresh.rng.sample((str.upper, str.lower, str.title), min(count, 3))

    def maker(change: Callable[[str], str]) -> Make:
        return lambda: change(" ".join(fresh.words(size)))

    return [maker(change) for change in changes]


def _digit(fresh: Fresh, count: int) -> Sequence[Make]:
    size = fresh.rng.randint(1, 2)
    place = fresh.rng.randint(0, size)

    def make(extra: str) -> str:
        drawn = fresh.words(size)
        return " ".join([*drawn[:place], extra, *drawn[place:]])

    makes = [lambda: make(fresh.number()), lambda: make(fresh.word())]
    return fresh.rng.sample(makes, min(count, 2))


def _digits(fresh: Fresh, count: int) -> Sequence[Make]:
    stem = fresh.rng.choice(("{}", "{}", "no {}", "#{}"))

    def maker(size: int) -> Make:
        return lambda: stem.format(_number_of(fresh, size))

    return [maker(size) for size in fresh.rng.sample((2, 4, 6, 8), min(count, 4))]


def _size(fresh: Fresh, count: int) -> Sequence[Make]:
    def maker(size: int) -> Make:
        return lambda: " ".join(fresh.words(size))

    return [maker(size) for size in fresh.rng.sample((1, 2, 3, 4), min(count, 4))]


def _separator(fresh: Fresh, count: int) -> Sequence[Make]:
    size = fresh.rng.randint(2, 3)

    def maker(separator: str) -> Make:
        return lambda: separator.join(fresh.words(size))

    return [maker(separator) for separator in fresh.rng.sample(_SEPARATORS, count)]


def _bracket(fresh: Fresh, count: int) -> Sequence[Make]:
    size = fresh.rng.randint(1, 2)

    def maker(bracket: str) -> Make:
        return lambda: bracket.format(" ".join(fresh.words(size)))

    return [maker(bracket) for bracket in fresh.rng.sample(_BRACKETS, count)]


def _first_letter(fresh: Fresh, count: int) -> Sequence[Make]:
    size = fresh.rng.randint(0, 1)
    change = fresh.rng.choice((str.lower, str.lower, str.capitalize))

    def maker(letter: str) -> Make:
        return lambda: " ".join([change(fresh.word_with(letter)), *fresh.words(size)])

    return [maker(letter) for letter in fresh.letters(count)]


_PROPERTIES: tuple[Property, ...] = (
    _ending, _case, _digit, _digits, _size, _separator, _bracket, _first_letter,
)  # fmt: skip


def _number_of(fresh: Fresh, digits: int) -> str:
    while True:
        number = str(fresh.rng.randint(10 ** (digits - 1), 10**digits - 1))
        if belongs(number, fresh.split):
            return number


@lru_cache(maxsize=2)
def _by_letter(split: Split) -> dict[str, tuple[str, ...]]:
    """Return the written words by their first letter, letters with few of them left out."""
    found: dict[str, list[str]] = {}
    for word in words.pool((*words.NOUNS, *words.ADJECTIVES), split):
        found.setdefault(word[0], []).append(word)
    return {k: tuple(v) for k, v in found.items() if len(v) >= _FEWEST_WORDS_OF_A_LETTER}
