"""Requests to write something in a form: lists, JSON, one word, capitals."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.evals import words
from engine.evals.items import Check, Exchange, Item, Split
from engine.evals.lists import words_of
from engine.evals.phrasing import Phrasing, conversation, typed
from engine.evals.values import draw_value

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

TASK = "dialogue/format"
_SHORT = 7
_THINGS = (
    "(the things|these things|the words|these words|the items|these items|these|the following)"
)
_VERB = "(List|Please list|Write|Write down|Show|Give me|Put|Can you list|Could you write)"
BULLETS = Phrasing.of(
    f"""
    {_VERB} {_THINGS} (as a list|as bullets|as a bullet list|as bullet points|with dashes): {{i}}
    (List|Please list|Make a list of|Can you list|Make a bullet list of|
     Make bullets of) {_THINGS}: {{i}}
    (Make|Please make|Write) a (list|bullet list|list with dashes) (of|from): {{i}}
    {{i}}. (List them|Make a list|Make a list of them|As a list|As bullets|List these|With dashes).
    """,
    always_trained="List: {i}",
)
NUMBERED = Phrasing.of(
    f"""
    {_VERB} {_THINGS} (as a numbered list|with numbers|numbered|in a numbered list): {{i}}
    (Number|Please number|Make a numbered list of|Can you number|Count up|
     Give numbers to) {_THINGS}: {{i}}
    (Make|Please make|Write) a (numbered list|list with numbers) (of|from): {{i}}
    {{i}}. (Number them|Make a numbered list|As a numbered list|With numbers|Number these).
    """,
    always_trained="Number: {i}",
)
COMMAS = Phrasing.of(
    f"""
    {_VERB} {_THINGS} (on one line|with commas|separated by commas|in one line with commas): {{l}}
    (Join|Please join|Can you join|Connect|Combine) {_THINGS} (with commas|by commas|
     on one line): {{l}}
    (Make|Please make|Write) (a line with commas|one line|a comma list) (of|from): {{l}}
    {{l}} (Join them|Separate them|Write them|Put them) (with commas|by commas).
    """,
    always_trained="With commas: {l}",
)
JSON = Phrasing.of(
    """
    (Give|Write|Put|Show|Return|Please write) (as JSON|in JSON|JSON) with the keys {k}: {i}
    (Make|Write|Give me|Return|Please make) (JSON|a JSON object|an object) with (the keys|
      keys) {k} (from|of|for): {i}
    (Give|Write|Show|Return) {k} of: {i} as JSON( with the keys {k}|)
    {i}. (Write|Give|Put|Show|Make) (this|it|that) (as JSON|in JSON) with (the keys|keys) {k}.
    (JSON|As JSON|In JSON|JSON please), (keys|the keys|with the keys|with keys) {k}: {i}
    (Turn|Change|Convert|Bring) (this|it|the following) into JSON with (the keys|keys) {k}: {i}
    """
)
LINES = Phrasing.of(
    """
    (Write|Give|Put|Show|Please write) {k} (on lines|on separate lines|line by line|one a line): {i}
    (Make|Write|Give me|Please write) (a line each|one line each|a line) for {k}: {i}
    {i}. (Write|Give|Put|Show) {k} (on lines|on separate lines|line by line|one a line).
    """,
    always_trained="{k}, line by line: {i}",
)
CHOICE = Phrasing.of(
    """
    (Answer|Reply|Please answer|Say it|Tell me) (in|with) (one|a single|just one) word: {q} {s}
    {s} (Answer|Reply|Please answer|Tell me) (in|with) (one|a single|just one) word: {q}
    {s} {Q} (One word.|One word, please.|One word only.|Answer in one word.|Just one word.)
    {Q} {s} (One word.|One word, please.|One word only.|Answer in one word.|Just one word.)
    (In one word|With one word|One word|Only one word|In a single word): {q} {s}
    """
)
YES_NO = Phrasing.of(
    """
    (Answer|Reply|Please answer|Say|Tell me|Please say|Only say) (yes or no|with yes or no): {q} {s}
    {s} (Answer|Reply|Please answer|Say|Tell me) (yes or no|with yes or no): {q}
    {s} {Q} (Yes or no?|Answer yes or no.|Say yes or no.|Only yes or no.|Yes or no, please.)
    {Q} {s} (Yes or no?|Answer yes or no.|Say yes or no.|Only yes or no.|Yes or no, please.)
    (Yes or no|With yes or no|Just yes or no|Is it yes or no): {q} {s}
    """
)
CAPITALS = Phrasing.of(
    """
    (Write|Spell|Put|Type|Print|Show|Give me|Please write|Can you write) {w} (in capitals|in capital
     letters|in upper case|in big letters|in all caps).
    (Make|Turn|Change|Please make) {w} (all capitals|into capitals|upper case|into upper case).
    (Capitals|In capitals|Upper case|In upper case|Big letters|All caps|In capital letters): {w}
    (What is|What's|How do I write|How do you write) {w} in (capitals|capital letters|upper case)?
    """
)
EXACTLY = Phrasing.of(
    """
    (Say|Write|Repeat|Please say|Please repeat|Can you say|Copy|Type|Print) (exactly|only|just): {w}
    (Say|Write|Repeat|Please say|Please repeat) (this|the words|these words|after me|it back): {w}
    (Answer|Reply|Respond|Please answer|Please reply) (only with|with only|just with|
     with the words): {w}
    (Copy|Echo|Repeat|Please copy|Please repeat) (this|these words|this text|the following)( text|
     ): {w}
    """
)
QUOTED = Phrasing.of(
    """
    (Put|Write|Set|Place|Please put|Can you put) {w} (in|into|between|inside) (quotes|
     quotation marks).
    (Quote|Please quote|Can you quote) (the words|this|these words|the text): {w}
    (In quotes|In quotation marks|With quotes|Quoted|Between quotes|With quotation marks): {w}
    (Add|Give|Please add) (quotes|quotation marks) (to|around): {w}
    """
)
# Keys are words of the request; which ones tells nothing, but a number stays a number.
KEYS = words_of("name age town room colour code date owner price size count team")
_WHOLE = ("age", "size", "count")
_KIND = {"name": "person", "owner": "person", "team": "firm", "town": "town", "date": "date",
    "code": "code", "price": "amount"}  # fmt: skip


def draw_format(rng: random.Random, split: Split, level: int = 6) -> Item:
    """Draw one to three requests for a form."""
    return conversation(rng, split, level, formatted, (1, 2, 2, 3))


def formatted(rng: random.Random, split: Split, level: int = 6) -> Exchange:
    """Draw a request for a form; the first levels have short lists and few forms."""
    draw = rng.choice(_FORMS[: 2 * level + 3])
    return draw(rng, split, level)


def _listed(
    rng: random.Random,
    split: Split,
    level: int,
    phrasing: Phrasing,
    shape: Callable[[int, str], str],
) -> Exchange:
    items = _items(rng, split, level)
    asked = _ask(rng, split, phrasing, i=_enumerated(rng, items))
    return typed(asked, "\n".join(map(shape, range(1, len(items) + 1), items)), TASK, items)


def _bullets(rng: random.Random, split: Split, level: int) -> Exchange:
    return _listed(rng, split, level, BULLETS, lambda _, item: f"- {item}")


def _numbered(rng: random.Random, split: Split, level: int) -> Exchange:
    return _listed(rng, split, level, NUMBERED, lambda place, item: f"{place}. {item}")


def _commas(rng: random.Random, split: Split, level: int) -> Exchange:
    items = _items(rng, split, level)
    shown = rng.choice(("\n", " and ", "; ", "\n- ")).join(items)
    lead = "\n" if "\n" in shown else ""
    lead += "- " if "- " in shown else ""
    asked = _ask(rng, split, COMMAS, l=f"{lead}{shown}")
    return typed(asked, ", ".join(items), TASK, items)


def _json(rng: random.Random, split: Split, level: int) -> Exchange:
    keys, values = _pairs(rng, split, level)
    asked = _ask(rng, split, JSON, k=_enumerated(rng, keys), i=", ".join(values))
    read = {k: int(v) if k in _WHOLE else v for k, v in zip(keys, values, strict=True)}
    answer = json.dumps(read, ensure_ascii=False)
    return replace(typed(asked, answer, TASK, (*keys, *values)), check=Check.JSON)


def _lines(rng: random.Random, split: Split, level: int) -> Exchange:
    keys, values = _pairs(rng, split, level)
    asked = _ask(rng, split, LINES, k=_enumerated(rng, keys), i=", ".join(values))
    answer = "\n".join(f"{k}: {v}" for k, v in zip(keys, values, strict=True))
    return typed(asked, answer, TASK, (*keys, *values))


def _choice(rng: random.Random, split: Split, _level: int) -> Exchange:
    noun = words.pick(rng, words.NOUNS, split)
    right, wrong = _different(rng, split, 2)
    pair = rng.choice(((right, wrong), (wrong, right)))
    question = f"s the {noun} {pair[0]} or {pair[1]}?"
    asked = _ask(
        rng, split, CHOICE, q="i" + question, Q="I" + question, s=f"The {noun} is {right}."
    )
    return typed(asked, right, TASK, (right,))


def _yes_no(rng: random.Random, split: Split, _level: int) -> Exchange:
    noun = words.pick(rng, words.NOUNS, split)
    right, wrong = _different(rng, split, 2)
    said, answer = rng.choice(((right, "yes"), (wrong, "no")))
    question = f"s the {noun} {said}?"
    asked = _ask(
        rng, split, YES_NO, q="i" + question, Q="I" + question, s=f"The {noun} is {right}."
    )
    return typed(asked, answer, TASK)


def _capitals(rng: random.Random, split: Split, _level: int) -> Exchange:
    word = words.any_word(rng, split)
    while len(word) > _SHORT:
        word = words.any_word(rng, split)
    return typed(_ask(rng, split, CAPITALS, w=word), word.upper(), TASK)


def _exactly(rng: random.Random, split: Split, level: int) -> Exchange:
    text = " ".join(words.any_word(rng, split) for _ in range(rng.randint(1, 2 + level // 3)))
    return typed(_ask(rng, split, EXACTLY, w=text), text, TASK, (text,))


def _quoted(rng: random.Random, split: Split, _level: int) -> Exchange:
    text = " ".join(words.any_word(rng, split) for _ in range(rng.randint(1, 2)))
    return typed(_ask(rng, split, QUOTED, w=text), f'"{text}"', TASK, (text,))


_FORMS = (_bullets, _exactly, _choice, _numbered, _commas, _quoted, _yes_no, _json, _json, _lines,
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


def _different(rng: random.Random, split: Split, count: int) -> tuple[str, ...]:
    return tuple(rng.sample(words.pool(words.ADJECTIVES, split), count))


def _pairs(rng: random.Random, split: Split, level: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    keys = tuple(rng.sample(KEYS, 3 if level > 4 and rng.random() < 0.4 else 2))
    return keys, tuple(_value(rng, split, key) for key in keys)


def _value(rng: random.Random, split: Split, key: str) -> str:
    """Draw a value without a comma, which would look like the next one."""
    if key in _WHOLE:
        return str(rng.randint(1, 99))
    while True:
        value = draw_value(rng, split, _KIND.get(key, "word"))
        if "," not in value and not value.isdigit() and len(value) < 24:
            return value


def _enumerated(rng: random.Random, items: tuple[str, ...]) -> str:
    if rng.random() < 0.7:
        return f"{', '.join(items[:-1])} and {items[-1]}"
    return ", ".join(items)
