"""What a benchmark found: rows with a bar each, as a table and as one JSON object.

Row names are stable: other programs read them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

from rich.table import Table


@dataclass(frozen=True, slots=True)
class Row:
    """One figure and the bar it is held against; `bar` is `None` for what is only reported."""

    suite: str
    name: str
    value: float
    unit: str
    bar: float | None
    better: Literal["lower", "higher"]

    @property
    def holds(self) -> bool:
        """Whether the bar is reached."""
        if self.bar is None:
            return True
        return self.value <= self.bar if self.better == "lower" else self.value >= self.bar

    def to_dict(self) -> dict[str, object]:
        """The row as JSON."""
        return {**asdict(self), "value": round(self.value, 5), "holds": self.holds}


def table(rows: list[Row]) -> Table:
    """The rows for people."""
    result = Table("suite", "name", "value", "unit", "bar", "holds", box=None, pad_edge=False)
    for row in rows:
        sign = "≤" if row.better == "lower" else "≥"
        bar = "–" if row.bar is None else f"{sign} {row.bar:g}"
        holds = "–" if row.bar is None else ("yes" if row.holds else "no")
        result.add_row(row.suite, row.name, f"{row.value:.4g}", row.unit, bar, holds)
    return result
