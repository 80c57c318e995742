"""What functions give back, and the sentences that restate it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.evals import words
from engine.evals.facts import draw_facts
from engine.evals.items import Exchange, Split, ToolResult, belongs
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


def draw_outcome(rng: random.Random, split: Split) -> tuple[Entry, ...]:
    """Draw what a function that did something gives back: its state, a number or both."""
    state = Entry("status", rng.choice([s for s in _STATES if belongs(s, split)]))
    noun = words.pick(rng, words.NOUNS, split)
    key = rng.choice(("code", "number", f"{noun} code", f"{noun} number", noun, "total", "price"))
    other = Entry(key, draw_value(rng, split))
    return rng.choice(((state,), (other,), (state, other)))


def result_text(rng: random.Random, entries: tuple[Entry, ...], *, as_text: bool = False) -> str:
    """Write entries as the JSON a function gives back."""
    join = "_" if rng.random() < 0.8 else " "
    shown = {
        e.key.replace(" ", join): e.value if as_text else _value(rng, e.value) for e in entries
    }
    return json.dumps(shown, ensure_ascii=False)


def draw_failure(rng: random.Random, split: Split) -> tuple[str, str]:
    """Draw the result of a function that failed, and the message in it."""
    train = split is Split.TRAIN
    message = rng.choice(MESSAGES_TRAIN if train else MESSAGES_HELD_OUT).format(
        n=words.any_word(rng, split), a=words.pick(rng, words.ADJECTIVES, split),
        x=rng.randint(2, 599),
    )  # fmt: skip
    return rng.choice(_ERRORS_TRAIN if train else _ERRORS_HELD_OUT).format(m=message), message


def _value(rng: random.Random, value: str) -> object:
    if re.fullmatch(r"[1-9]\d{0,6}", value) and rng.random() < 0.8:
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
