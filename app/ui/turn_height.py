"""How high a turn will about be, from its text alone, before anything of it has been made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.ui.scaling import USUAL, scaled
from engine import DocumentPart, ImagePart

if TYPE_CHECKING:
    from app.conversation import Turn

_LINE = 24
# What an average letter of the reading style takes.
_LETTER = 7.3
_GAPS, _ACTIONS = 2 * 8 + 12 + 8, 28
_ATTACHMENT, _PICTURE = 44, 188
_CARD = 60


def guessed_height(turn: Turn, width: int, percent: int = USUAL) -> int:
    """Pixels that `turn` takes in a column of `width`, give or take half.

    `percent` is the text size.
    """
    line = scaled(_LINE, percent)
    letters = max(10.0, width / (_LETTER * percent / USUAL))
    height = _GAPS + scaled(_ACTIONS, percent) + line * (1 + turn.question.text.count("\n"))
    height += int(line * (len(turn.question.text) / letters))
    for part in turn.question.parts:
        if isinstance(part, ImagePart):
            height += _PICTURE
        elif isinstance(part, DocumentPart):
            height += scaled(_ATTACHMENT, percent)
    if not turn.answer:
        return height + scaled(_CARD, percent)
    # A line of text ends, on average, in the middle; blank lines count half.
    lines = len(turn.answer) / letters + 0.5 * turn.answer.count("\n") + 1
    return height + int(line * lines)
