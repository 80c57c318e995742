"""Answers as people get them: paragraphs, lists, code and now and then a table. Always the same."""

from __future__ import annotations

from itertools import count, islice
from typing import TYPE_CHECKING

from app.conversation import Conversation, TurnState
from engine import user

if TYPE_CHECKING:
    from collections.abc import Iterator

# About what a token is long.
_TOKEN = 4
_SECTIONS_PER_ANSWER = (1, 2, 1, 3, 1, 2)


def conversation(turns: int) -> Conversation:
    """A conversation of so many answered questions, from a line to a page long."""
    made = Conversation()
    for number in range(turns):
        turn = made.add(user(f"What does part {number} say about the readings, and what follows?"))
        sections = _SECTIONS_PER_ANSWER[number % len(_SECTIONS_PER_ANSWER)]
        turn.answer = "".join(section(number + k) for k in range(sections))
        turn.completion_tokens = len(turn.answer) // _TOKEN
        turn.state = TurnState.DONE
    return made


def tokens(amount: int) -> Iterator[str]:
    """One long answer in so many pieces."""
    text = "".join(islice((section(n) for n in count()), 1 + amount * _TOKEN // 250))
    return islice((text[at : at + _TOKEN] for at in range(0, len(text), _TOKEN)), amount)


def section(number: int) -> str:
    """A heading, a paragraph, and something that changes from section to section."""
    well, value = f"AV-{number % 30:02d}", 20 + number * 7 % 60
    text = (
        f"## Part {number}\n\n"
        f"Well **{well}** was read in every quarter of the year. The mean was {value}.4 mg/L, "
        f"which is {abs(value - 50)} away from the limit of `50 mg/L`; the reading of the third "
        "quarter is *uncertain*, since the laboratory changed its method in that month.\n\n"
    )
    kinds = (_list, _list, _code, _list, _table, _quote)
    return text + kinds[number % len(kinds)](number)


def _list(number: int) -> str:
    items = (
        f"- The reading of quarter {q} was {20 + number * q % 50}.{q} mg/L, and "
        f"{'above' if number * q % 3 else 'below'} that of the year before.\n"
        for q in range(1, 4 + number % 3)
    )
    return "".join(items) + "\n"


def _code(number: int) -> str:
    lines = "".join(
        f"    total += reading[{line}] * {line + number}  # quarter {line}\n"
        for line in range(4 + number % 40)
    )
    return (
        f"```python\ndef mean_{number}(reading):\n    total = 0\n{lines}    return total\n```\n\n"
    )


def _table(number: int) -> str:
    rows = "".join(
        f"| AV-{row:02d} | {40 + row}.{number % 10} mg/L | {50 + row}.3 mg/L | {row % 4} |\n"
        for row in range(3 + number % 4)
    )
    return f"| Well | Mean 2023 | Peak 2024 | Quarters over |\n|---|---|---|---|\n{rows}\n"


def _quote(number: int) -> str:
    return (
        f"> The readings of part {number} agree with what was found ten years ago,\n"
        "> as far as the stated uncertainty lets one say so.\n\n"
    )
