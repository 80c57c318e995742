"""Lines of text to stand in a picture: random strings and lines as people have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.evals import words
from engine.evals.items import Split, belongs
from engine.evals.keys import TAILS
from engine.evals.signs import draw_sign
from engine.evals.values import draw_value

if TYPE_CHECKING:
    import random

# Without I, O, l and the bar: in many fonts they cannot be told from 1 and 0.
_CAPITALS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_SMALL = "abcdefghijkmnopqrstuvwxyz"
_DIGITS = "0123456789"
_MARKS = ".,:;-+/()#@!?&%=_*$'\""
_ALPHABETS = (_CAPITALS, _CAPITALS + _DIGITS, _CAPITALS + _DIGITS + _SMALL)
_GREETINGS = ("Open", "Closed", "Exit", "Welcome", "Sale", "Push", "Pull", "Total", "Draft", "Paid")
# From here on a line is as long as was drawn, rather than as its parts happen to be.
_LONG_FROM_LEVEL = 5
_JOINTS = (" ", " ", " ", ", ", " - ", ": ", " / ")


def draw_line(rng: random.Random, split: Split, level: int, shortest: int, longest: int) -> str:
    """Draw a line of `shortest` to `longest` characters; real ones come in from level 3 on."""
    real_share = (0.0, 0.0, 0.0, 0.35, 0.5, 0.7, 0.8)[min(level, 6)]
    while True:
        if level >= _LONG_FROM_LEVEL:
            # Short lines are common and long ones rare, as on labels and screens.
            most = max(shortest, min(longest, round(rng.triangular(shortest, longest, shortest))))
        else:
            most = min(longest, 14)
        if rng.random() >= real_share:
            line = _random_string(rng, level, shortest, most)
        elif level >= _LONG_FROM_LEVEL:
            line = _long_real_line(rng, split, most)
        else:
            line = real_line(rng, split)
        if shortest <= len(line) <= longest and belongs(line, split):
            return line


def real_line(rng: random.Random, split: Split) -> str:
    """Draw a line as it stands on labels, signs, tickets and in headings."""
    kind = rng.random()
    if kind < 0.45:
        return draw_value(rng, split)
    if kind < 0.6:
        label = rng.choice(TAILS).capitalize()
        return f"{label}{rng.choice((': ', ' ', ' = '))}{draw_value(rng, split)}"
    drawn = [words.any_word(rng, split) for _ in range(rng.choice((1, 2, 2, 3, 3, 4)))]
    if kind < 0.65:
        drawn[0] = rng.choice(_GREETINGS)
    line = " ".join(drawn)
    form = rng.randrange(5)
    if form == 0:
        line = line.upper()
    elif form == 1:
        line = line.title()
    elif form == 2:
        line = line.capitalize() + rng.choice(("", ".", "!", "?"))
    elif form == 3:
        line = f"{line.capitalize()} {rng.randint(1, 999)}"
    return line


def _long_real_line(rng: random.Random, split: Split, length: int) -> str:
    """Draw a line about this long: a sign's wording, or parts put side by side."""
    if length > 12 and rng.random() < 0.5:
        return draw_sign(rng, split)
    line = real_line(rng, split)
    while len(line) < length - 4:
        line += rng.choice(_JOINTS) + real_line(rng, split)
    return line


def _random_string(rng: random.Random, level: int, shortest: int, most: int) -> str:
    alphabet = _ALPHABETS[min(level, 2)]
    if level > 2 and rng.random() < 0.7:
        alphabet += _MARKS + _DIGITS
    if level > 2 and rng.random() < 0.25:
        alphabet = rng.choice((_DIGITS + ".,-:/", _SMALL, _CAPITALS))
    length = rng.randint(shortest, max(shortest, most))
    drawn = "".join(rng.choice(alphabet) for _ in range(length))
    if level > 3 and length > 7 and rng.random() < 0.4:
        cut = rng.randint(2, length - 3)
        drawn = f"{drawn[:cut]} {drawn[cut + 1 :]}"
    return drawn
