"""Items are the same for the same seed, and every answer can be had from what is shown."""

import random

import pytest

from engine.evals.items import Document, Item, Picture, Split, Text, ToolResult
from engine.evals.tasks import TASKS, available_tasks, draw_items


@pytest.mark.parametrize("task", available_tasks())
@pytest.mark.parametrize("split", list(Split))
def test_same_seed_same_items(task: str, split: Split) -> None:
    first, second = (list(draw_items(task, 8, 5, split)) for _ in range(2))
    assert [_plain(item) for item in first] == [_plain(item) for item in second]
    other = list(draw_items(task, 8, 6, split))
    assert [_plain(item) for item in first] != [_plain(item) for item in other]


def test_without_examples_it_is_asked_what_is_asked_after_five() -> None:
    without, after = (list(draw_items(f"examples/{n}", 20, 3)) for n in ("none", "five"))
    assert [i.exchanges[-1].asked for i in without] == [i.exchanges[-1].asked for i in after]
    assert [i.exchanges[-1].answer for i in without] == [i.exchanges[-1].answer for i in after]


def test_picture_lines_fit_and_differ_in_brightness() -> None:
    for item in draw_items("picture/new_font", 60, 9):
        exchange = item.exchanges[0]
        picture = exchange.asked[0]
        assert isinstance(picture, Picture)
        assert 8 <= len(exchange.answer) <= 40
        assert exchange.answer == exchange.answer.strip()
        low, high = picture.image.convert("L").getextrema()
        assert high - low > 60
        assert picture.image.width * picture.image.height <= 256 * 256


def _plain(item: Item) -> list[tuple[object, str]]:
    return [
        (p.text if isinstance(p, Text | ToolResult) else p.pages if isinstance(p, Document) else
         p.image.tobytes(), exchange.answer)
        for exchange in item.exchanges
        for p in exchange.asked
    ]  # fmt: skip


@pytest.mark.parametrize("task", available_tasks())
def test_every_item_asks_something(task: str) -> None:
    for level in (0, 3, 6):
        for split in Split:
            rng = random.Random(f"{level}/{split}")
            items = [TASKS[task](rng, split, level) for _ in range(20)]
            assert all(any(e.scored for e in item.exchanges) for item in items)
            assert all(e.said for item in items for e in item.exchanges)
