"""What functions give back, and the sentences that restate it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.evals import words
from engine.evals.facts import draw_facts
from engine.evals.items import Exchange, Split, ToolResult, belongs
from engine.evals.lists import lines_of
from engine.evals.values import draw_value

if TYPE_CHECKING:
    import random
FAILED = "The function failed: {message}."
_STATES = ("ok", "done", "success", "accepted", "waiting", "confirmed", "queued", "ready",
    "complete", "pending", "saved", "sent", "created", "finished")  # fmt: skip
MESSAGES_TRAIN = ("{n} not found", "no such {n}", "the {n} is {a}", "permission denied",
    "no connection to the {n}", "the {n} is not available", "{n} is missing",
    "unknown {n}", "the {n} does not answer", "too many {n} entries", "timeout after {x} seconds",
    "the {a} {n} is locked", "service unavailable", "error {x} in the {n}", "the {n} is full",
    "quota exceeded", "the {n} must not be empty", "not allowed for this {n}", "{n} {x} is broken",
    "the {n} could not be read", "server answered {x}", "invalid {n}")  # fmt: skip
MESSAGES_HELD_OUT = ("cannot find the {n}", "the {n} is already taken", "access to {n} refused",
    "{n} {x} does not exist", "the {n} server is down", "the {a} {n} cannot be used",
    "wrong {n}", "network error {x}")  # fmt: skip
_ERRORS_TRAIN = ('{{"error": "{m}"}}', '{{"status": "error", "message": "{m}"}}', "Error: {m}",
    '{{"ok": false, "error": "{m}"}}', "error: {m}", '{{"status": "failed", "reason": "{m}"}}',
    )  # fmt: skip
_ERRORS_HELD_OUT = ('{{"success": false, "error": "{m}"}}', "ERROR: {m}",
    '{{"error": {{"message": "{m}"}}}}')  # fmt: skip

# key:kind of what an everyday function gives back
_OWN = {
    name.strip(): lines_of("\n".join(keys.split(", ")))
    for name, keys in (
        line.split("|")
        for line in lines_of(
            """
            get_weather | temperature:degrees, wind:measure, sky:word, humidity:percentage
            convert_currency | result:number, rate:rate, value:amount
            calculate | result:number, value:number
            find_train | train:code, departure:time, platform:room, duration:duration
            book_flight | flight:code, seat:room, price:amount, booking code:code
            book_table | table:number, booking code:code, status:word
            book_hotel | hotel:firm, price:amount, booking code:code, room:room
            get_time | time:time, hour:time
            get_stock_price | price:amount, change:percentage
            track_parcel | place:town, status:word, delivery date:date
            get_route | distance:measure, duration:duration, road:code
            translate_text | translation:phrase, text:phrase
            look_up_word | meaning:phrase, origin:word
            find_recipe | recipe:phrase, duration:duration
            find_restaurant | restaurant:firm, address:address, phone:phone
            order_pizza | price:amount, order number:code, duration:duration
            call_taxi | driver:person, time:time, price:amount
            read_file | text:phrase, size:measure
            list_files | count:number, newest:word
            search_web | title:phrase, count:number
            transfer_money | transfer number:code, balance:amount
            set_alarm | alarm:time, status:word
            set_heating | temperature:degrees, status:word
            """
        )
    )
}
_OWN_SHARE = 0.8
_LINES_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Entry:
    """A key of a result as people say it, and its value as the result writes it."""

    key: str
    value: str

    @property
    def sentence(self) -> str:
        """The sentence that restates both."""
        return f"The {self.key} is {self.value}."

    @property
    def copied(self) -> tuple[str, str]:
        """What of the sentence was shown before."""
        return (self.key, self.value)


def draw_entries(rng: random.Random, split: Split, count: int) -> tuple[Entry, ...]:
    """Draw properties that a look-up may give back."""
    return tuple(Entry(fact.key, fact.value) for fact in draw_facts(rng, split, count))


def draw_outcome(rng: random.Random, split: Split, name: str) -> tuple[Entry, ...]:
    """Draw what a function gives back: its state, something of its own or both."""
    state = Entry("status", rng.choice([s for s in _STATES if belongs(s, split)]))
    if name in _OWN and rng.random() < _OWN_SHARE:
        own = rng.sample(_OWN[name], rng.randint(1, min(2, len(_OWN[name]))))
        return tuple(Entry(*_drawn(rng, split, key)) for key in own)
    noun = words.pick(rng, words.NOUNS, split)
    key = rng.choice(("code", "number", f"{noun} code", f"{noun} number", noun, "total", "price"))
    other = Entry(key, draw_value(rng, split))
    return rng.choice(((state,), (other,), (state, other)))


def result_text(rng: random.Random, entries: tuple[Entry, ...], *, as_text: bool = False) -> str:
    """Write entries as a function gives them back: mostly as JSON, spaced in one way or other.

    `as_text` for values that are texts and not numbers.
    """
    if rng.random() < _LINES_SHARE:
        return "\n".join(f"{e.key}: {e.value}" for e in entries)
    join = "_" if rng.random() < 0.8 else " "
    shown = {
        e.key.replace(" ", join): e.value if as_text else _value(rng, e.value) for e in entries
    }
    if rng.random() < _LINES_SHARE:
        return json.dumps(shown, ensure_ascii=False, indent=2)
    separators = (",", ":") if rng.random() < _LINES_SHARE else None
    return json.dumps(shown, ensure_ascii=False, separators=separators)


def draw_failure(rng: random.Random, split: Split) -> tuple[str, str]:
    """Draw the result of a function that failed, and the message in it."""
    train = split is Split.TRAIN
    message = rng.choice(MESSAGES_TRAIN if train else MESSAGES_HELD_OUT).format(
        n=words.any_word(rng, split), a=words.pick(rng, words.ADJECTIVES, split),
        x=rng.randint(2, 599),
    )  # fmt: skip
    return rng.choice(_ERRORS_TRAIN if train else _ERRORS_HELD_OUT).format(m=message), message


def _drawn(rng: random.Random, split: Split, own: str) -> tuple[str, str]:
    key, kind = own.split(":")
    if kind == "degrees":
        return key, str(rng.randint(-15, 40))
    if kind == "rate":
        return key, f"{rng.randint(0, 20)}.{rng.randint(11, 99)}"
    return key, draw_value(rng, split, kind)


def _value(rng: random.Random, value: str) -> object:
    if re.fullmatch(r"-?[1-9]\d{0,6}", value) and rng.random() < 0.8:
        return int(value)
    return value


def restated(rng: random.Random, entries: tuple[Entry, ...], task: str) -> Exchange:
    """Restate all that a function gave back."""
    answer = " ".join(entry.sentence for entry in entries)
    copied = tuple(stretch for entry in entries for stretch in entry.copied)
    return Exchange((ToolResult(result_text(rng, entries)),), answer, task, copied=copied)


def failing(rng: random.Random, split: Split, task: str) -> Exchange:
    """Draw what is said when a function failed."""
    shown, message = draw_failure(rng, split)
    answer = FAILED.format(message=message)
    return Exchange((ToolResult(shown),), answer, task, copied=(message,))
