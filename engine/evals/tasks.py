"""The tasks there are, each a name and the function that draws its items."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from engine.evals import dialogue, documents, mixed, pictures
from engine.evals.fonts import extra_held_out_faces, training_faces
from engine.evals.items import Item, Split

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    DrawItem = Callable[[random.Random, Split, int], Item]

TASKS: dict[str, DrawItem] = {
    "document": documents.draw_document,
    "document/table": documents.draw_table_document,
    "document/long": documents.draw_long_document,
    "picture/seen_font": pictures.draw_picture,
    "picture/new_font": pictures.draw_new_font_picture,
    "picture/other_font": pictures.draw_other_font_picture,
    "dialogue": dialogue.draw_dialogue,
    "mixed": mixed.draw_mixed,
}
TOP_LEVEL = 6


def available_tasks() -> tuple[str, ...]:
    """Return the tasks that can be drawn here: two need fonts that may not be installed."""
    lacking = {
        name
        for name, faces in (
            ("picture/seen_font", training_faces()),
            ("mixed", training_faces()),
            ("picture/other_font", extra_held_out_faces()),
        )
        if not faces
    }
    return tuple(name for name in TASKS if name not in lacking)


def draw_items(task: str, count: int, seed: int, split: Split = Split.HELD_OUT) -> Iterator[Item]:
    """Yield items at full difficulty; the same seed yields the same items."""
    rng = random.Random(f"{task}/{split}/{seed}")
    for _ in range(count):
        yield TASKS[task](rng, split, TOP_LEVEL)
