"""Tables in documents: named rows, named columns, and questions about a cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.evals import words
from engine.evals.columns import COLUMNS, MEANT, is_clear
from engine.evals.facts import within
from engine.evals.items import Exchange, Split, Text, belongs
from engine.evals.lists import lines_of
from engine.evals.values import draw_value

if TYPE_CHECKING:
    import random

_KINDS = ("code", "number", "amount", "date", "time", "person", "town", "room", "word", "measure",
    "percentage", "duration", "phone", "firm", "email", "phrase")  # fmt: skip
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
_MEANT_SHARE = 0.2


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
        """Draw two to six questions about cells, a few of them about none there is.

        While training it is up to twelve: what is read is asked about.
        """
        forms = ASKED_TRAIN if split is Split.TRAIN else ASKED_HELD_OUT
        places = [(r, c) for r in range(len(self.rows)) for c in range(len(self.columns))]
        exchanges = []
        count = rng.randint(5, 12) if split is Split.TRAIN else rng.randint(2, 6)
        for r, c in rng.sample(places, min(len(places), count)):
            column, row, value = self.columns[c], self.rows[r], self.cells[r][c]
            form = None
            absent = rng.random() < _ABSENT_SHARE
            if absent and rng.random() < 0.5:
                column = self._no_column(rng, shown)
            else:
                row = self._no_row(rng, split, shown) if absent else row
                form = _meant(rng, split, column, self.columns)
            where = f"is {value} [p. {page}]" if not absent else "is not in the document"
            copied = (row,) if form else (column, row)
            question = (form or rng.choice(forms)).format(c=column, r=row)
            exchanges.append(
                Exchange(
                    (Text(question),),
                    f"The {column} of {row} {where}.",
                    task,
                    copied=copied if absent else (*copied, value),
                )
            )
        return exchanges

    def _no_row(self, rng: random.Random, split: Split, shown: str) -> str:
        while True:
            name = _row_name(rng, split, people=self.rows[0][0].isupper())
            if not within(name.lower(), shown.lower()):
                return name

    def _no_column(self, rng: random.Random, shown: str) -> str:
        while True:
            name = rng.choice(COLUMNS[rng.choice(_KINDS)])
            if not within(name, shown.lower()):
                return name


def draw_table(rng: random.Random, split: Split, level: int) -> Table:
    """Draw a table of two to six rows with one to four columns of values."""
    kinds = rng.sample(_KINDS, rng.randint(1, 1 + min(3, (level + 1) // 2)))
    columns = tuple(
        rng.choice(COLUMNS[kind]) if rng.random() < 0.85 else words.any_word(rng, split)
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


def _meant(rng: random.Random, split: Split, column: str, columns: tuple[str, ...]) -> str | None:
    """Draw a question that means the column without naming it, if one can be clear."""
    own = [form for form in MEANT.get(column, ()) if belongs(form, split)]
    if own and is_clear(column, columns) and rng.random() < _MEANT_SHARE:
        return rng.choice(own)
    return None


def _row_name(rng: random.Random, split: Split, *, people: bool) -> str:
    return words.first_name(rng, split) if people else words.any_word(rng, split)


def _written(rng: random.Random, rows: list[list[str]]) -> str:
    form = rng.randrange(6)
    if form == 0:
        head, *body = ["| " + " | ".join(row) + " |" for row in rows]
        return "\n".join([head, "|" + "---|" * len(rows[0]), *body])
    separator = ("\t", " | ", "; ", ";", "   ")[form - 1]
    return "\n".join(separator.join(row) for row in rows)
