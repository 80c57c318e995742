"""No line is drawn of which a mark cannot be seen."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from engine.evals import pictures, receipts
from engine.evals.fonts import training_faces
from engine.evals.items import Split
from engine.evals.lettering import SetLine, set_line

if TYPE_CHECKING:
    from PIL import ImageDraw

    from engine.evals.items import Glyph
    from engine.evals.lettering import Colour

ROBOTO = [face for face in training_faces() if face.name.startswith("Roboto")]
pytestmark = pytest.mark.skipif(not ROBOTO, reason="training fonts are not installed")


def test_a_colon_that_melts_into_the_letter_before_it_is_noticed() -> None:
    (roboto,) = ROBOTO
    assert not set_line("flight: 4", roboto.at(16)).clear
    assert set_line("mileage: 4", roboto.at(16)).clear
    assert set_line("flight 4.5", roboto.at(16)).clear


@pytest.mark.parametrize("split", list(Split))
def test_lines_are_drawn_only_where_every_mark_is_seen(
    monkeypatch: pytest.MonkeyPatch, split: Split
) -> None:
    drawn: list[SetLine] = []
    draw = SetLine.draw

    def noting(
        line: SetLine, on: ImageDraw.ImageDraw, x: int, base: int, ink: Colour
    ) -> tuple[Glyph, ...]:
        drawn.append(line)
        return draw(line, on, x, base, ink)

    monkeypatch.setattr(SetLine, "draw", noting)
    rng = random.Random(1)
    for _ in range(150):
        receipts.draw_receipt(rng, split)
        receipts.draw_picture_question(rng, split)
        pictures.draw_picture(rng, split)
    assert len(drawn) > 500
    assert all(line.clear for line in drawn)
