"""What may happen to an engine, as values: a log of them can be replayed."""

from __future__ import annotations

import hashlib
import io
import json
import random
from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING

from PIL import Image

from engine.api.messages import ImagePart, Message, system, user
from soak.models import MERGES

if TYPE_CHECKING:
    from collections.abc import Sequence

# How often what happens, as shares of all.
SHARES = {
    "ask": 52,
    "begin": 12,
    "edit": 20,
    "ask_again": 20,
    "go_on": 16,
    "stop_at_a_string": 6,
    "cancel_reading": 10,
    "cancel_speaking": 12,
    "cancel_standing": 6,
    "cancel_waiting": 6,
    "window_before_batch": 10,
    "two_programs": 10,
    "count": 6,
    "ask_too_much": 2,
    "load_again": 3,
    "load_other": 3,
    "load_in_use": 1,
    "unload_in_use": 1,
    "restart": 3,
}
_WORDS = ("tide", "harbour", "then", "another", "reindeer", "nation", "estate", "order", "sand",
          "tent", "orient", "hearth", "A", "of", "Quay", "7", "is")  # fmt: skip
_RULES = "Answer in the order of the tides, and name another harbour then. " * 4
_SIZES = ((32, 32), (64, 32), (64, 64), (96, 32))
_PICTURES = 10


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that happens; all else about it follows from `seed`."""

    name: str
    seed: int


def random_day(seed: int, length: int) -> list[Operation]:
    """`length` operations, always the same for a seed; each kind is among them."""
    chance = random.Random(seed)
    names = [*SHARES]
    names += chance.choices(names, [*SHARES.values()], k=length - len(names))
    chance.shuffle(names)
    return [Operation(name, chance.getrandbits(32)) for name in names]


def write_log(operations: Sequence[Operation]) -> str:
    """One line of JSON."""
    return json.dumps([[*asdict(operation).values()] for operation in operations])


def read_log(line: str) -> list[Operation]:
    """What `write_log` has written."""
    return [Operation(name, seed) for name, seed in json.loads(line)]


def beginning(chance: random.Random) -> tuple[Message, ...]:
    """What stands before a first question: in half of all conversations the same rules."""
    return (system(_RULES),) if chance.random() < 0.5 else ()


def question(chance: random.Random, *, words: int | None = None, picture: float = 0.25) -> Message:
    """A question that was never asked before, now and then with one or two pictures."""
    count = words or chance.choice((2, 5, 9, 30))
    text = " ".join(chance.choice(_WORDS) for _ in range(count))
    text = f"{text} {chance.choice(MERGES)}{chance.getrandbits(40)}"
    shown = chance.choice((1, 1, 2)) if chance.random() < picture else 0
    return user(*(a_picture(chance.randrange(_PICTURES)) for _ in range(shown)), text)


@cache
def a_picture(number: int) -> ImagePart:
    """Noise of this number's own."""
    chance = random.Random(number)
    size = chance.choice(_SIZES)
    data = io.BytesIO()
    Image.frombytes("RGB", size, chance.randbytes(size[0] * size[1] * 3)).save(data, "PNG")
    content = data.getvalue()
    return ImagePart(f"{number}.png", hashlib.sha256(content).hexdigest(), *size, content)
