"""The chart: the same shapes in both kinds of file, each bar as long as its share."""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree

import pytest
from PIL import Image

from engine.evals.chart import Bars, draw_chart, to_png, to_svg
from engine.evals.report import TaskResult

TASKS = (
    TaskResult("document/table", 10, 5),
    TaskResult("tools/<call>", 10, 10),
    TaskResult("picture/line", 0, 0, (("it takes no pictures", 4),)),
)
SVG = "{http://www.w3.org/2000/svg}"


def shapes(svg: str, kind: str) -> list[dict[str, str]]:
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own text
    return [
        dict(element.attrib) | {"text": element.text or ""} for element in root.iter(SVG + kind)
    ]


def test_bars_are_as_long_as_their_shares() -> None:
    svg = to_svg(draw_chart([Bars("m", TASKS)]))
    half, whole = (float(box["width"]) for box in shapes(svg, "rect")[1:])
    assert half == pytest.approx(whole / 2)
    words = [label["text"] for label in shapes(svg, "text")]
    assert {"document/table", "tools/<call>", "50 %", "100 %", "not asked"} <= set(words)


def test_two_runs_stand_in_pairs_and_are_named() -> None:
    svg = to_svg(draw_chart([Bars("old", TASKS), Bars("new & better", TASKS[:1])]))
    words = [label["text"] for label in shapes(svg, "text")]
    assert {"old", "new & better"} <= set(words)
    assert words.count("not asked") == 3
    colours = {box["fill"] for box in shapes(svg, "rect")[1:]}
    assert len(colours) == 2


def test_everything_lies_within_the_picture() -> None:
    long = tuple(TaskResult(f"family/{'w' * n}", 3, 1) for n in (1, 40, 90))
    for runs in ([Bars("m" * 200, long)], [Bars("a", long), Bars("b", TASKS)], [Bars("none", ())]):
        drawing = draw_chart(runs)
        svg = to_svg(drawing)
        for box in shapes(svg, "rect")[1:]:
            assert float(box["x"]) >= 0
            assert float(box["x"]) + float(box["width"]) <= drawing.width
            assert float(box["y"]) + float(box["height"]) <= drawing.height
        assert all(0 < float(label["y"]) <= drawing.height for label in shapes(svg, "text"))
        image = Image.open(io.BytesIO(to_png(drawing)))
        assert image.size == (2 * drawing.width, 2 * drawing.height)
        frame = [image.getpixel((x, y)) for x in range(image.width) for y in (0, image.height - 1)]
        assert set(frame) == {(255, 255, 255)}
        side = [image.getpixel((x, y)) for y in range(image.height) for x in (0, image.width - 1)]
        assert set(side) == {(255, 255, 255)}


def test_whiskers_show_the_interval() -> None:
    svg = to_svg(draw_chart([Bars("m", TASKS[:1])]))
    box = shapes(svg, "rect")[1]
    left, width = float(box["x"]), float(box["width"]) * 2
    whisker = next(line for line in shapes(svg, "line") if line["stroke-width"] == "1.5")
    shares = [(float(whisker[key]) - left) / width for key in ("x1", "x2")]
    assert shares == pytest.approx([0.2366, 0.7634], abs=1e-3)
    assert re.search(r'viewBox="0 0 \d+ \d+"', svg)
