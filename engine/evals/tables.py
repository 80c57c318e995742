"""Tables in documents: named rows, named columns, and questions about a cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.evals import words
from engine.evals.facts import within
from engine.evals.items import Exchange, Split, Text
from engine.evals.lists import lines_of
from engine.evals.values import draw_value

if TYPE_CHECKING:
    import random

_KINDS = ("code", "number", "amount", "date", "time", "person", "town", "room", "word", "measure",
    "percentage", "duration", "phone", "firm", "email", "phrase")  # fmt: skip
_COLUMNS = {
    "code": ("code", "order", "part", "serial", "batch"),
    "number": ("number", "quantity", "stock", "count", "score"),
    "amount": ("price", "total", "cost", "fee", "budget"),
    "date": ("date", "due date", "start", "birthday", "deadline"),
    "time": ("time", "departure", "arrival", "opening", "closing"),
    "person": ("contact", "owner", "driver", "manager", "author"),
    "town": ("town", "city", "origin", "branch"), "room": ("room", "seat", "gate", "shelf"),
    "word": ("colour", "type", "status", "brand", "flavour"),
    "measure": ("weight", "size", "length", "height", "volume"),
    "percentage": ("share", "discount", "tax", "rate"),
    "duration": ("duration", "age", "warranty"), "phone": ("phone", "fax", "extension"),
    "firm": ("supplier", "maker", "customer"), "email": ("e-mail", "support"),
    "phrase": ("place", "prize", "remark"),
}  # fmt: skip
ASKED_TRAIN = lines_of(
    """
    What is the {c} of {r}?
    {r}: {c}?
    Which {c} does {r} have?
    Tell me the {c} of {r}.
    What is the {c} for {r}?
    {c} of {r}
    And the {c} of {r}?
    Find the {c} of {r}.
    What {c} is listed for {r}?
    Give me the {c} of {r}.
    What does the table give as the {c} of {r}?
    {r}, {c}?
    {c} for {r}?
    {c} {r}
    For {r}, what is the {c}?
    Look up the {c} of {r}.
    Which {c} is next to {r}?
    Show me the {c} for {r}.
    What's the {c} of {r}?
    In the row {r}, what is the {c}?
    {r} has which {c}?
    Do you see the {c} of {r}?
    I want the {c} of {r}.
    Read the {c} of {r}.
    How about the {c} of {r}?
    What about {r}: which {c}?
    """
)
ASKED_HELD_OUT = lines_of(
    """
    Please tell me the {c} of {r}.
    What is the {c} that {r} has?
    I need the {c} of {r}.
    Could you find the {c} for {r}?
    As for {r}, which {c}?
    What {c} stands beside {r}?
    """
)
_ABSENT_SHARE = 0.12


@dataclass(frozen=True, slots=True)
class Table:
    """A table as text and as its parts."""

    text: str
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]

    @property
    def values(self) -> tuple[str, ...]:
        """All values, row by row."""
        return tuple(value for row in self.cells for value in row)

    def asked(
        self, rng: random.Random, split: Split, page: int, task: str, shown: str
    ) -> list[Exchange]:
        """Draw two to six questions about cells, a few of them about none there is."""
        forms = ASKED_TRAIN if split is Split.TRAIN else ASKED_HELD_OUT
        places = [(r, c) for r in range(len(self.rows)) for c in range(len(self.columns))]
        exchanges = []
        for r, c in rng.sample(places, min(len(places), rng.randint(2, 6))):
            column, row = self.columns[c], self.rows[r]
            if rng.random() < _ABSENT_SHARE:
                if rng.random() < 0.5:
                    row = self._no_row(rng, split, shown)
                else:
                    column = self._no_column(rng, shown)
                answer = f"The {column} of {row} is not in the document."
                copied: tuple[str, ...] = (column, row)
            else:
                value = self.cells[r][c]
                answer = f"The {column} of {row} is {value} [p. {page}]."
                copied = (column, row, value)
            question = rng.choice(forms).format(c=column, r=row)
            exchanges.append(Exchange((Text(question),), answer, task, copied=copied))
        return exchanges

    def _no_row(self, rng: random.Random, split: Split, shown: str) -> str:
        while True:
            name = _row_name(rng, split, people=self.rows[0][0].isupper())
            if not within(name.lower(), shown.lower()):
                return name

    def _no_column(self, rng: random.Random, shown: str) -> str:
        while True:
            name = rng.choice(_COLUMNS[rng.choice(_KINDS)])
            if not within(name, shown.lower()):
                return name


def draw_table(rng: random.Random, split: Split, level: int) -> Table:
    """Draw a table of two to six rows with one to four columns of values."""
    kinds = rng.sample(_KINDS, rng.randint(1, 1 + min(3, (level + 1) // 2)))
    columns = tuple(
        rng.choice(_COLUMNS[kind]) if rng.random() < 0.85 else words.any_word(rng, split)
        for kind in kinds
    )
    if len(set(columns)) < len(columns):
        return draw_table(rng, split, level)
    people = rng.random() < 0.4
    names: dict[str, None] = {}
    count = rng.randint(2, 2 + min(4, level))
    while len(names) < count:
        names[_row_name(rng, split, people=people)] = None
    cells = tuple(tuple(draw_value(rng, split, kind) for kind in kinds) for _ in names)
    head = [rng.choice(("name", "item", "")), *columns]
    body = [[name, *row] for name, row in zip(names, cells, strict=True)]
    return Table(
        _written(rng, [[h.capitalize() for h in head], *body]), columns, tuple(names), cells
    )


def _row_name(rng: random.Random, split: Split, *, people: bool) -> str:
    return words.first_name(rng, split) if people else words.any_word(rng, split)


def _written(rng: random.Random, rows: list[list[str]]) -> str:
    form = rng.randrange(6)
    if form == 0:
        head, *body = ["| " + " | ".join(row) + " |" for row in rows]
        return "\n".join([head, "|" + "---|" * len(rows[0]), *body])
    separator = ("\t", " | ", "; ", ";", "   ")[form - 1]
    return "\n".join(separator.join(row) for row in rows)
