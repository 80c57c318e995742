"""The shipped starter, asked as `tanka eval` asks, keeps well above knowing nothing.

Twenty items a family, always the same ones, decoded greedily. The floors lie far under what the
model card says, so that they fall only when something is broken.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import pytest

from engine.api.requests import LoadModel
from engine.client import EngineClient
from engine.dialogue import load
from engine.evals.tasks import TASKS, draw_items
from engine.evaluation.asking import Answered, ask_item

if TYPE_CHECKING:
    from collections.abc import Iterator

ITEMS = 20
SEED = 7
FLOORS = {
    "document": 0.2, "needle": 0.12, "tools": 0.04, "examples": 0.08, "dialogue": 0.25,
    "picture": 0.1,
}  # fmt: skip
# What needs no fonts beyond the application's own.
_PICTURES = ("picture/new_font", "picture/shapes")


@pytest.fixture(scope="module")
def client() -> Iterator[EngineClient]:
    with_starter = EngineClient()
    load(with_starter, LoadModel(weights="full"))
    yield with_starter
    with_starter.close()


@pytest.mark.parametrize("family", FLOORS)
def test_starter_is_above_its_floor(client: EngineClient, family: str) -> None:
    right = [
        answered.outcome.right
        for task, count in _shares(family)
        for number, item in enumerate(islice(draw_items(task, count, SEED), count))
        for answered in ask_item(client, task, number, item)
        if isinstance(answered, Answered)
    ]
    assert len(right) >= ITEMS
    assert sum(right) / len(right) >= FLOORS[family]


def _shares(family: str) -> list[tuple[str, int]]:
    """Spread the items over the family's tasks; without examples nothing can be known."""
    members = [task for task in TASKS if task.startswith(f"{family}/") and task != "examples/none"]
    if family == "picture":
        members = list(_PICTURES)
    share, rest = divmod(ITEMS, len(members))
    return [(task, share + (place < rest)) for place, task in enumerate(members)]
