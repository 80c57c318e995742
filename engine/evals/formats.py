"""Requests to write something in a form: lists, JSON, one word, capitals."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.evals import format_requests as requests
from engine.evals import words
from engine.evals.items import Check, Exchange, Item, Split
from engine.evals.lists import words_of
from engine.evals.phrasing import Phrasing, typed
from engine.evals.values import draw_value

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    ListForm = tuple[Phrasing, Phrasing, Callable[[tuple[str, ...]], str]]

TASK = "dialogue/format"
# Any keys would do, so which ones tells nothing; the values of some are written as numbers.
KEYS = words_of("name age town room colour code date owner price size count team")
WHOLE = words_of("age size count")
_KIND = {"name": "person", "owner": "person", "team": "firm", "town": "town", "date": "date",
    "code": "code", "price": "amount"}  # fmt: skip
_SHORT = 7
_LONGEST_VALUE = 24
_AGAIN_SHARE = 0.4


def draw_format(rng: random.Random, split: Split, level: int = 6) -> Item:
    """Draw one to three requests for a form; a list may be asked for again in another one."""
    exchanges: list[Exchange] = []
    listed: tuple[str, ...] = ()
    for _ in range(rng.choice((1, 2, 2, 3))):
        if listed and rng.random() < _AGAIN_SHARE:
            exchanges.append(_list_again(rng, split, listed))
        elif rng.random() < 0.4:
            exchanges.append(_list(rng, split, level))
            listed = exchanges[-1].copied
        else:
            exchanges.append(formatted(rng, split, level))
            listed = ()
    return Item(TASK, tuple(exchanges))


def formatted(rng: random.Random, split: Split, level: int = 6) -> Exchange:
    """Draw a request for a form; the first levels have short lists and few forms."""
    draw = rng.choice(_FORMS[: 2 * level + 3])
    return draw(rng, split, level)


def _list(rng: random.Random, split: Split, level: int) -> Exchange:
    asking, _, shape = rng.choice(_LISTS)
    items = _items(rng, split, level)
    lines = rng.choice(("\n{}", "\n- {}", " {};"))
    on_lines = "".join(lines.format(item) for item in items).rstrip(";")
    asked = _ask(rng, split, asking, i=_enumerated(rng, items), l=on_lines)
    return typed(asked, shape(items), TASK, items)


def _list_again(rng: random.Random, split: Split, items: tuple[str, ...]) -> Exchange:
    _, asking, shape = rng.choice(_LISTS)
    return typed(asking.draw_typed(rng, split), shape(items), TASK, items)


def _json(rng: random.Random, split: Split, level: int) -> Exchange:
    keys, values = _pairs(rng, split, level)
    asked = _ask(rng, split, requests.JSON, k=_enumerated(rng, keys), i=", ".join(values))
    read = {k: int(v) if k in WHOLE else v for k, v in zip(keys, values, strict=True)}
    answer = json.dumps(read, ensure_ascii=False)
    return replace(typed(asked, answer, TASK, (*keys, *values)), check=Check.JSON)


def _pairs_on_lines(rng: random.Random, split: Split, level: int) -> Exchange:
    keys, values = _pairs(rng, split, level)
    asked = _ask(rng, split, requests.PAIRS, k=_enumerated(rng, keys), i=", ".join(values))
    answer = "\n".join(f"{k}: {v}" for k, v in zip(keys, values, strict=True))
    return typed(asked, answer, TASK, (*keys, *values))


def _choice(rng: random.Random, split: Split, _level: int) -> Exchange:
    noun, (right, wrong) = _noun(rng, split), _two_adjectives(rng, split)
    one, other = rng.choice(((right, wrong), (wrong, right)))
    question = f"s the {noun} {one} or {other}?"
    shown = {"q": f"i{question}", "Q": f"I{question}", "s": f"The {noun} is {right}."}
    return typed(_ask(rng, split, requests.CHOICE, **shown), right, TASK, (right,))


def _yes_no(rng: random.Random, split: Split, _level: int) -> Exchange:
    noun, (right, wrong) = _noun(rng, split), _two_adjectives(rng, split)
    named, answer = rng.choice(((right, "yes"), (wrong, "no")))
    question = f"s the {noun} {named}?"
    shown = {"q": f"i{question}", "Q": f"I{question}", "s": f"The {noun} is {right}."}
    return typed(_ask(rng, split, requests.YES_NO, **shown), answer, TASK)


def _capitals(rng: random.Random, split: Split, _level: int) -> Exchange:
    word = words.any_word(rng, split)
    while len(word) > _SHORT:
        word = words.any_word(rng, split)
    return typed(_ask(rng, split, requests.CAPITALS, w=word), word.upper(), TASK)


def _exactly(rng: random.Random, split: Split, level: int) -> Exchange:
    text = " ".join(words.any_word(rng, split) for _ in range(rng.randint(1, 2 + level // 3)))
    return typed(_ask(rng, split, requests.EXACTLY, w=text), text, TASK, (text,))


def _quoted(rng: random.Random, split: Split, _level: int) -> Exchange:
    text = " ".join(words.any_word(rng, split) for _ in range(rng.randint(1, 2)))
    return typed(_ask(rng, split, requests.QUOTED, w=text), f'"{text}"', TASK, (text,))


def _bulleted(items: tuple[str, ...]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _numbered(items: tuple[str, ...]) -> str:
    return "\n".join(f"{place}. {item}" for place, item in enumerate(items, 1))


# How a list is asked for, how it is asked for once more, and how it is written.
_LISTS: tuple[ListForm, ...] = (
    (requests.BULLETS, requests.BULLETS_AGAIN, _bulleted),
    (requests.NUMBERED, requests.NUMBERED_AGAIN, _numbered),
    (requests.COMMAS, requests.COMMAS_AGAIN, ", ".join),
)
_FORMS = (_list, _exactly, _choice, _list, _quoted, _yes_no, _json, _pairs_on_lines, _json,
    _capitals)  # fmt: skip


def _ask(rng: random.Random, split: Split, phrasing: Phrasing, **shown: str) -> str:
    return phrasing.draw_typed(rng, split).format(**shown)


def _items(rng: random.Random, split: Split, level: int) -> tuple[str, ...]:
    draw = rng.choice((_noun, _adjective, words.first_name, words.made_up))
    count = rng.randint(2, 2 + (level + 1) // 2)
    found: dict[str, None] = {}
    while len(found) < count:
        found[draw(rng, split)] = None
    return tuple(found)


def _noun(rng: random.Random, split: Split) -> str:
    return words.pick(rng, words.NOUNS, split)


def _adjective(rng: random.Random, split: Split) -> str:
    return words.pick(rng, words.ADJECTIVES, split)


def _two_adjectives(rng: random.Random, split: Split) -> list[str]:
    return rng.sample(words.pool(words.ADJECTIVES, split), 2)


def _pairs(rng: random.Random, split: Split, level: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    keys = tuple(rng.sample(KEYS, 3 if level > 4 and rng.random() < 0.4 else 2))
    return keys, tuple(_value(rng, split, key) for key in keys)


def _value(rng: random.Random, split: Split, key: str) -> str:
    """Draw a value without a comma, which would look like the end of it."""
    if key in WHOLE:
        return str(rng.randint(1, 99))
    if key not in _KIND:
        return _adjective(rng, split) if key == "colour" else _noun(rng, split)
    while True:
        value = draw_value(rng, split, _KIND[key])
        if "," not in value and len(value) <= _LONGEST_VALUE:
            return value


def _enumerated(rng: random.Random, items: tuple[str, ...]) -> str:
    if rng.random() < 0.7:
        return f"{', '.join(items[:-1])} and {items[-1]}"
    return ", ".join(items)
