"""Draw the loss over time from the training log."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from pathlib import Path

_SIZE = (900, 420)
_MARGIN = 50
_COLOURS = {"loss_text": (30, 90, 200), "loss_picture": (210, 90, 20)}


def draw_curve(log: Path, picture: Path) -> None:
    """Draw text and picture loss over millions of tokens, all stretches of the log in a row."""
    rows = [json.loads(line) for line in log.read_text().splitlines()]
    image = Image.new("RGB", _SIZE, "white")
    draw = ImageDraw.Draw(image)
    most_tokens = max(row["tokens"] for row in rows) or 1
    most_loss = 4.5
    width, height = _SIZE[0] - 2 * _MARGIN, _SIZE[1] - 2 * _MARGIN
    font = ImageFont.load_default(13)
    for step in range(6):
        y = _MARGIN + height - step * height / 5
        draw.line((_MARGIN, y, _MARGIN + width, y), fill=(225, 225, 225))
        draw.text((8, y - 8), f"{step * most_loss / 5:.1f}", font=font, fill="black")
        x = _MARGIN + step * width / 5
        tokens = f"{step * most_tokens / 5 / 1e6:.0f} M tokens"
        place = (x, _SIZE[1] - _MARGIN + 10)
        draw.text(place, tokens, font=font, fill="black", anchor="rt" if step else "lt")
    for place, (name, colour) in enumerate(_COLOURS.items()):
        points = [
            (
                _MARGIN + row["tokens"] / most_tokens * width,
                _MARGIN + height * (1 - min(row[name], most_loss) / most_loss),
            )
            for row in rows
            if row.get(name)
        ]
        if len(points) > 1:
            draw.line(points, fill=colour, width=2)
        draw.text((_MARGIN + 20 + 140 * place, 16), name.replace("_", " "), font=font, fill=colour)
    image.save(picture)
