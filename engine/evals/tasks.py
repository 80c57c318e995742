"""The tasks there are, each a name and the function that draws its items."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from engine.evals import (
    about,
    arithmetic,
    chart_questions,
    comparing,
    dialogue,
    documents,
    examples,
    formats,
    mixed,
    needle,
    pictures,
    receipts,
    refusals,
    shapes,
    summaries,
    tools,
)
from engine.evals.fonts import extra_held_out_faces, training_faces
from engine.evals.items import Item, Split

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    DrawItem = Callable[[random.Random, Split, int], Item]

TASKS: dict[str, DrawItem] = {
    "document/facts": documents.draw_document,
    "document/prose": documents.draw_prose_document,
    "document/table": documents.draw_table_document,
    "document/pages": documents.draw_paged_document,
    "document/absent": documents.draw_absent_document,
    "document/meant": documents.draw_meant_document,
    "document/told": documents.draw_told_document,
    "document/one_kind": documents.draw_one_kind_document,
    "document/pasted": documents.draw_pasted_facts,
    "document/long": documents.draw_long_document,
    "needle/256": needle.draw_needle_256,
    "needle/512": needle.draw_needle_512,
    "needle/1k": needle.draw_needle_1k,
    "needle/2k": needle.draw_needle_2k,
    "tools/call": tools.draw_call,
    "tools/optional": tools.draw_optional,
    "tools/two": tools.draw_two,
    "tools/result": tools.draw_result,
    "tools/none": tools.draw_none,
    "examples/none": examples.draw_without_examples,
    "examples/one": examples.draw_one_example,
    "examples/three": examples.draw_three_examples,
    "examples/five": examples.draw_five_examples,
    "examples/ten": examples.draw_ten_examples,
    "examples/transform": examples.draw_transform_by_examples,
    "dialogue/talk": dialogue.draw_talk,
    "dialogue/about": about.draw_about,
    "dialogue/arithmetic": arithmetic.draw_arithmetic,
    "dialogue/format": formats.draw_format,
    "dialogue/summary": summaries.draw_summary,
    "dialogue/refusal": refusals.draw_refusal,
    "dialogue/open": dialogue.draw_open,
    "dialogue/nothing_attached": dialogue.draw_nothing_attached,
    "picture/line": pictures.draw_picture,
    "picture/new_font": pictures.draw_new_font_picture,
    "picture/other_font": pictures.draw_other_font_picture,
    "picture/receipt": receipts.draw_receipt,
    "picture/question": receipts.draw_picture_question,
    "picture/shapes": shapes.draw_shapes,
    "picture/chart": chart_questions.draw_chart,
    "picture/compare": comparing.draw_compare,
    "mixed": mixed.draw_mixed,
}
TOP_LEVEL = 6
# The same queries, asked without examples: the difference is what the examples are worth.
_ASKED_AS = {"examples/none": "examples/five"}
# Drawn with the training fonts, which are not installed with the application.
_NEED_TRAINING_FONTS = (
    "picture/line", "picture/receipt", "picture/question", "picture/chart", "picture/compare",
    "mixed",
)  # fmt: skip


def available_tasks() -> tuple[str, ...]:
    """Return the tasks that can be drawn here: some need fonts that may not be installed."""
    lacking: set[str] = set()
    if not training_faces():
        lacking.update(_NEED_TRAINING_FONTS)
    if not extra_held_out_faces():
        lacking.add("picture/other_font")
    return tuple(name for name in TASKS if name not in lacking)


def draw_items(task: str, count: int, seed: int, split: Split = Split.HELD_OUT) -> Iterator[Item]:
    """Yield items at full difficulty; the same seed yields the same items."""
    rng = random.Random(f"{_ASKED_AS.get(task, task)}/{split}/{seed}")
    for _ in range(count):
        yield TASKS[task](rng, split, TOP_LEVEL)
