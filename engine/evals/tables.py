"""Tables in documents: named rows, named columns, and questions about a cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.evals import words
from engine.evals.items import Split
from engine.evals.values import draw_value

if TYPE_CHECKING:
    import random

_KINDS = ("code", "number", "amount", "date", "time", "person", "town", "room", "word", "measure")
_COLUMNS = {
    "code": ("code", "order", "part"), "number": ("number", "quantity", "stock"),
    "amount": ("price", "total", "cost"), "date": ("date", "due date", "start"),
    "time": ("time", "departure", "arrival"), "person": ("contact", "owner", "driver"),
    "town": ("town", "city", "origin"), "room": ("room", "seat", "gate"),
    "word": ("colour", "type", "status"), "measure": ("weight", "size", "length"),
}  # fmt: skip
ASKED_TRAIN = ("What is the {c} of {r}?", "{r}: {c}?", "Which {c} does {r} have?",
    "Tell me the {c} of {r}.", "What is the {c} for {r}?", "{c} of {r}", "And the {c} of {r}?",
    "Find the {c} of {r}.", "What {c} is listed for {r}?", "Give me the {c} of {r}.")  # fmt: skip
ASKED_HELD_OUT = ("Please tell me the {c} of {r}.", "What is the {c} that {r} has?",
    "I need the {c} of {r}.")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """A table as text, and a question with its answer for every cell."""

    text: str
    cells: tuple[tuple[str, str], ...]


def draw_table(rng: random.Random, split: Split, level: int) -> Table:
    """Draw a table of two to six rows with one to four columns of values."""
    kinds = rng.sample(_KINDS, rng.randint(1, 1 + min(3, (level + 1) // 2)))
    columns = [rng.choice(_COLUMNS[kind]) for kind in kinds]
    names = _row_names(rng, split, rng.randint(2, 2 + min(4, level)))
    rows = [[name, *(draw_value(rng, split, kind) for kind in kinds)] for name in names]
    head = [rng.choice(("name", "item", "")), *columns]
    asked = ASKED_TRAIN if split is Split.TRAIN else ASKED_HELD_OUT
    cells = tuple(
        (rng.choice(asked).format(c=column, r=row[0]), f"The {column} of {row[0]} is {value}.")
        for row in rows
        for column, value in zip(columns, row[1:], strict=True)
    )
    return Table(_written(rng, [[h.capitalize() for h in head], *rows]), cells)


def _row_names(rng: random.Random, split: Split, count: int) -> list[str]:
    people = rng.random() < 0.4
    names: dict[str, None] = {}
    while len(names) < count:
        name = words.first_name(rng, split) if people else words.any_word(rng, split)
        names[name] = None
    return list(names)


def _written(rng: random.Random, rows: list[list[str]]) -> str:
    form = rng.randrange(4)
    if form == 0:
        head, *body = ["| " + " | ".join(row) + " |" for row in rows]
        return "\n".join([head, "|" + "---|" * len(rows[0]), *body])
    separator = ("\t", " | ", "; ")[form - 1]
    return "\n".join(separator.join(row) for row in rows)
