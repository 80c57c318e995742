"""Where a window may open: on one of the screens that there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect

if TYPE_CHECKING:
    from collections.abc import Sequence


def on_screen(window: QRect, screens: Sequence[QRect]) -> QRect:
    """`window` moved, and made smaller where it must be, so that one of `screens` holds it."""
    if not screens or any(screen.contains(window) for screen in screens):
        return window
    best = max(screens, key=lambda screen: _overlap(screen, window))
    width, height = min(window.width(), best.width()), min(window.height(), best.height())
    left = min(max(window.left(), best.left()), best.left() + best.width() - width)
    top = min(max(window.top(), best.top()), best.top() + best.height() - height)
    return QRect(left, top, width, height)


def _overlap(screen: QRect, window: QRect) -> int:
    common = screen.intersected(window)
    return common.width() * common.height()
