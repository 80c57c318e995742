"""Values that stand in documents and pictures: codes, dates, amounts, names and the like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.evals.items import Split, belongs
from engine.evals.lists import words_of
from engine.evals.words import ADJECTIVES, NOUNS, first_name, last_name, made_up, pick

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    Draw = Callable[[random.Random, Split], str]

# Without I and O, which many fonts draw like 1 and 0.
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_MONTHS = words_of(
    """
    January February March April May June July August September October November December
    """
)
_DAYS = words_of(
    """
    Monday Tuesday Wednesday Thursday Friday Saturday Sunday
    """
)
_CODE_SHAPES = (
    "AA-00000", "A-0000", "AA-000", "AAA-00", "00-AAA-0", "A00-B00", "AA0000", "A000", "000-000",
    "0000-AA", "AA/0000", "A.000.0", "#00000", "AAAA-0", "A0-A0-A0", "AAA0000", "AA 00 00",
)  # fmt: skip
_UNITS = words_of(
    """
    kg g t m cm mm km l ml kWh kW W V bar GB MB litres metres pages boxes pallets
    """
)
_PLACES = (
    "behind the {n}", "next to the {a} {n}", "in the {a} {n}", "under the {n}", "on the {n}",
    "at the {n} and {m}", "near the {a} {n}", "above the {n} door", "left of the {n}",
)  # fmt: skip
_FIRM_FORMS = words_of("Ltd GmbH AG Inc Group Works Logistics Foods Energy")
_STREETS = words_of(
    """
    Street Road Lane Avenue Way Square
    """
)


def code(rng: random.Random, _split: Split) -> str:
    """Draw an article, order or serial number."""
    shape = rng.choice(_CODE_SHAPES)
    drawn = [
        rng.choice(_LETTERS) if c in "AB" else rng.choice("0123456789") if c == "0" else c
        for c in shape
    ]
    return "".join(drawn)


def number(rng: random.Random, _split: Split) -> str:
    """Draw a whole number of one to seven digits."""
    digits = rng.randint(1, 7)
    value = rng.randint(10 ** (digits - 1), 10**digits - 1)
    return f"{value:,}" if digits > 4 and rng.random() < 0.5 else str(value)


def amount(rng: random.Random, _split: Split) -> str:
    """Draw an amount of money."""
    value = rng.randint(1, 10 ** rng.randint(2, 6)) / 100
    text = f"{value:,.2f}" if rng.random() < 0.7 else f"{round(value) + 1:,}"
    return rng.choice(("{} EUR", "{} euros", "${}", "£{}", "€{}", "{} USD", "CHF {}")).format(text)


def date(rng: random.Random, _split: Split) -> str:
    """Draw a calendar date."""
    year, month, day = rng.randint(1990, 2049), rng.randint(1, 12), rng.randint(1, 28)
    form = rng.randrange(6)
    if form == 0:
        return f"{day} {_MONTHS[month - 1]} {year}"
    if form == 1:
        return f"{year}-{month:02}-{day:02}"
    if form == 2:
        return f"{day:02}/{month:02}/{year}"
    if form == 3:
        return f"{_MONTHS[month - 1]} {day}, {year}"
    if form == 4:
        return f"{day:02}.{month:02}.{year}"
    return f"{rng.choice(_DAYS)}, {day} {_MONTHS[month - 1]}"


def time(rng: random.Random, _split: Split) -> str:
    """Draw a time of day."""
    hour, minute = rng.randint(0, 23), rng.randint(0, 59)
    if rng.random() < 0.7:
        return f"{hour:02}:{minute:02}"
    return f"{hour % 12 + 1}:{minute:02} {rng.choice(('am', 'pm'))}"


def person(rng: random.Random, split: Split) -> str:
    """Draw a person's name."""
    form = rng.random()
    if form < 0.75:
        return f"{first_name(rng, split)} {last_name(rng, split)}"
    if form < 0.9:
        return f"{rng.choice(('Mr', 'Ms', 'Dr'))} {last_name(rng, split)}"
    return first_name(rng, split)


def firm(rng: random.Random, split: Split) -> str:
    """Draw a company's name."""
    stem = last_name(rng, split) if rng.random() < 0.5 else made_up(rng, split).capitalize()
    return f"{stem} {rng.choice(_FIRM_FORMS)}"


def town(rng: random.Random, split: Split) -> str:
    """Draw a made-up town."""
    return made_up(rng, split, (1, 2, 2)).capitalize() + rng.choice(
        ("", "", "ton", "ville", "burg", "ford", " Bay", "stead")
    )


def address(rng: random.Random, split: Split) -> str:
    """Draw a street and house number, sometimes with the town."""
    street = f"{rng.randint(1, 240)} {pick(rng, NOUNS, split).capitalize()} {rng.choice(_STREETS)}"
    return f"{street}, {town(rng, split)}" if rng.random() < 0.5 else street


def room(rng: random.Random, _split: Split) -> str:
    """Draw a room, dock or seat."""
    word = rng.choice(("", "", "room ", "dock ", "gate ", "hall ", "bay ", "floor "))
    form = rng.choice(("{n}", "{a}{n}", "{n}{a}", "{a}-{n}", "{a}{n}"))
    return word + form.format(n=rng.randint(1, 999), a=rng.choice(_LETTERS[:12]))


def phone(rng: random.Random, _split: Split) -> str:
    """Draw a telephone number."""
    groups = [str(rng.randint(10, 9999)) for _ in range(rng.randint(2, 3))]
    return rng.choice(("0", "+", "+4", "")) + rng.choice((" ", "-")).join(groups)


def email(rng: random.Random, split: Split) -> str:
    """Draw an e-mail address."""
    user = first_name(rng, split).lower()
    if rng.random() < 0.5:
        user += rng.choice("._") + last_name(rng, split).lower()
    domain = made_up(rng, split)
    return f"{user}@{domain}.{rng.choice(('com', 'org', 'net', 'eu', 'de'))}"


def measure(rng: random.Random, _split: Split) -> str:
    """Draw a number with its unit."""
    value = rng.randint(1, 10 ** rng.randint(1, 4))
    text = f"{value}.{rng.randint(1, 9)}" if rng.random() < 0.3 else str(value)
    return f"{text} {rng.choice(_UNITS)}"


def percentage(rng: random.Random, _split: Split) -> str:
    """Draw a share in per cent."""
    text = f"{rng.randint(0, 99)}.{rng.randint(0, 9)}" if rng.random() < 0.5 else rng.randint(1, 99)
    return f"{text}{rng.choice(('%', ' %', ' per cent'))}"


def duration(rng: random.Random, _split: Split) -> str:
    """Draw a length of time."""
    unit = rng.choice(["minutes", "hours", "days", "weeks", "months", "years"])
    return f"{rng.randint(2, 99)} {unit}"


def word(rng: random.Random, split: Split) -> str:
    """Draw a single word."""
    form = rng.random()
    if form < 0.4:
        return pick(rng, NOUNS if form < 0.2 else ADJECTIVES, split)
    drawn = made_up(rng, split)
    return drawn.capitalize() if form < 0.7 else drawn


def phrase(rng: random.Random, split: Split) -> str:
    """Draw two to five words."""
    nouns, adjectives = pick(rng, NOUNS, split), pick(rng, ADJECTIVES, split)
    form = rng.random()
    if form < 0.4:
        return f"{adjectives} {nouns}"
    place = rng.choice(_PLACES)
    return place.format(n=nouns, a=adjectives, m=pick(rng, NOUNS, split))


KINDS: dict[str, Draw] = {
    "code": code, "number": number, "amount": amount, "date": date, "time": time,
    "person": person, "firm": firm, "town": town, "address": address, "room": room,
    "phone": phone, "email": email, "measure": measure, "percentage": percentage,
    "duration": duration, "word": word, "phrase": phrase,
}  # fmt: skip


def draw_value(rng: random.Random, split: Split, kind: str | None = None) -> str:
    """Draw a value of one kind (any, if not said) that belongs to the split as a whole."""
    draw = KINDS[kind or rng.choice(tuple(KINDS))]
    while True:
        value = draw(rng, split)
        if belongs(value, split):
            return value
