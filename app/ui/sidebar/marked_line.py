"""A line of text with its matches in bold, cut so that the first match can be seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

Marks = tuple[tuple[int, int], ...]
_ELLIPSIS = "…"
_UNLIMITED = 1e6
# Where the beginning is left out, so much of the line stands before the first match.
_BEFORE_MATCH = 0.3


@dataclass(frozen=True, slots=True)
class MarkedLook:
    """How the text and its matches are set."""

    font: QFont
    color: QColor
    marked_font: QFont
    marked_color: QColor


def draw_marked(painter: QPainter, rect: QRect, text: str, marks: Marks, look: MarkedLook) -> None:
    """Draw one line into `rect`; `marks` are ranges of `text`'s characters."""
    text = text.replace("\n", " ").replace("\t", " ")
    text, marks = _begin_near(text, marks, look, rect.width())
    layout = _laid_out(text, marks, look)
    if _width(layout) > rect.width():
        layout = _cut(text, marks, look, rect.width())
    line = layout.lineAt(0)
    top = rect.top() + (rect.height() - line.height()) / 2
    mirrored = painter.layoutDirection() == Qt.LayoutDirection.RightToLeft
    left = rect.right() + 1 - _width(layout) if mirrored else rect.left()
    painter.setPen(look.color)
    layout.draw(painter, QPointF(left, top))


def _begin_near(text: str, marks: Marks, look: MarkedLook, width: int) -> tuple[str, Marks]:
    """Leave words out at the beginning where the first match would be cut off otherwise."""
    if not marks:
        return text, marks
    metrics = QFontMetrics(look.marked_font)
    first, end = marks[0]
    if metrics.horizontalAdvance(text[:end]) <= width - metrics.horizontalAdvance(_ELLIPSIS):
        return text, marks
    room = width - 2 * metrics.horizontalAdvance(_ELLIPSIS)
    start = first
    while start > 0 and (
        metrics.horizontalAdvance(text[start - 1 : first]) < room * _BEFORE_MATCH
        or metrics.horizontalAdvance(text[start - 1 :]) < room
    ):
        start -= 1
    space = text.find(" ", start, first)
    start = space + 1 if space >= 0 else start
    shift = len(_ELLIPSIS) - start
    moved = tuple((a + shift, b + shift) for a, b in marks)
    return _ELLIPSIS + text[start:], moved


def _cut(text: str, marks: Marks, look: MarkedLook, width: int) -> QTextLayout:
    """As much of the text as fits, and an ellipsis."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        tried = _laid_out(text[:middle].rstrip() + _ELLIPSIS, marks, look)
        low, high = (middle, high) if _width(tried) <= width else (low, middle - 1)
    return _laid_out(text[:low].rstrip() + _ELLIPSIS, marks, look)


def _laid_out(text: str, marks: Marks, look: MarkedLook) -> QTextLayout:
    layout = QTextLayout(text, look.font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.NoWrap)
    option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    layout.setTextOption(option)
    layout.setFormats(list(_formats(text, marks, look)))
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(_UNLIMITED)
    line.setLineWidth(line.naturalTextWidth())
    layout.endLayout()
    return layout


def _formats(text: str, marks: Marks, look: MarkedLook) -> Sequence[QTextLayout.FormatRange]:
    """The matches as Qt counts characters: those beyond 16 bits count twice."""
    bold = QTextCharFormat()
    bold.setFont(look.marked_font)
    bold.setForeground(look.marked_color)
    ranges = []
    for first, end in marks:
        piece = QTextLayout.FormatRange()
        piece.start = _units(text[:first])
        piece.length = _units(text[first:end])
        piece.format = bold
        if piece.length:
            ranges.append(piece)
    return ranges


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _width(layout: QTextLayout) -> float:
    return layout.lineAt(0).naturalTextWidth()
