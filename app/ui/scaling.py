"""Text size: fonts that remember their size in the type table, and widgets their fixed one.

A font is marked with the size that it has at 100 %; a widget that is given such a font, however
and wherever that is done, can so be found again and follows when the text size changes. The mark is
an OpenType feature that no typeface has, so that it survives whatever Qt does with a font.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

SMALLEST, USUAL, LARGEST = 85, 100, 200
# What the keys step through, in per cent.
STEPS = (85, 100, 115, 130, 150, 175, 200)

_MARK = QFont.Tag("TkPx")
_TENTHS = 10
# Where Qt keeps the font that it gives back to a widget whose style sheet is looked up anew, as
# where it gets another parent: it would be the one of the size before.
_GIVEN_BACK = "_q_styleSheetWidgetFont"
_HEIGHT, _WIDTH = "tankaHeight", "tankaWidth"


def clamped(percent: int) -> int:
    """`percent` as far as text can be that small or large."""
    return min(LARGEST, max(SMALLEST, percent))


def next_step(percent: int, direction: int) -> int:
    """The step above `percent` where `direction` is 1, the one below it where it is -1."""
    if direction > 0:
        return next((step for step in STEPS if step > percent), LARGEST)
    return next((step for step in reversed(STEPS) if step < percent), SMALLEST)


def scaled(length: float, percent: int) -> int:
    """`length` pixels at 100 %, in whole pixels now."""
    return round(length * percent / USUAL)


def set_size(font: QFont, size: float, percent: int, dpi: float) -> None:
    """Give `font` what `size` pixels at 100 % are now, and mark it with them.

    Only whole pixels can be set directly. A size that is a half at 100 % stays between two; points
    carry it there, at `dpi` to the inch.
    """
    font.setFeature(_MARK, round(size * _TENTHS))
    now = size * percent / USUAL
    if size == int(size) or now == int(now):
        font.setPixelSize(round(now))
    else:
        font.setPointSizeF(now * 72 / dpi)


def fix(widget: QWidget, percent: int, width: float | None, height: float | None) -> None:
    """Hold `widget` to this size, given as at 100 %, and let it follow the text size."""
    if width is not None:
        widget.setProperty(_WIDTH, float(width))
    if height is not None:
        widget.setProperty(_HEIGHT, float(height))
    _resize(widget, percent)


def rescale_all(percent: int, dpi: float) -> None:
    """Let every widget of the application that has a marked font or a fixed size follow."""
    for widget in QApplication.allWidgets():
        if widget.testAttribute(Qt.WidgetAttribute.WA_SetFont):
            font = widget.font()
            if marked := font.featureValue(_MARK) if font.isFeatureSet(_MARK) else 0:
                set_size(font, marked / _TENTHS, percent, dpi)
                widget.setFont(font)
                if widget.property(_GIVEN_BACK) is not None:
                    widget.setProperty(_GIVEN_BACK, font)
        _resize(widget, percent)


def _resize(widget: QWidget, percent: int) -> None:
    width, height = widget.property(_WIDTH), widget.property(_HEIGHT)
    if isinstance(width, float):
        widget.setFixedWidth(scaled(width, percent))
    if isinstance(height, float):
        widget.setFixedHeight(scaled(height, percent))
