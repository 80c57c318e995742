"""Colours for strong contrast: how far apart two colours are, and the system's palette as tokens.

Ratios are those of WCAG 2.x, from 1 (the same) to 21 (black and white).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QPalette

from app.ui.tokens import STRONG_DARK, STRONG_LIGHT, Colors

if TYPE_CHECKING:
    from collections.abc import Sequence

# What text needs where contrast is to be strong.
STRONG_TEXT = 7.0
_Role = QPalette.ColorRole


def luminance(color: QColor) -> float:
    """Relative luminance of WCAG 2.x, from 0 to 1."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (color.redF(), color.greenF(), color.blueF())
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, other: QColor) -> float:
    """The ratio between two colours, whichever is lighter."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def from_system(palette: QPalette) -> Colors | None:
    """The tokens in the system's own colours; `None` where its text does not stand out enough."""
    ground, base = palette.color(_Role.Window), palette.color(_Role.Base)
    ink = palette.color(_Role.WindowText)
    accent, on_accent = palette.color(_Role.Highlight), palette.color(_Role.HighlightedText)
    grounds = (ground, base)
    if min(contrast(ink, one) for one in grounds) < STRONG_TEXT:
        return None
    if contrast(accent, on_accent) < STRONG_TEXT:
        accent, on_accent = ink, ground
    strong = STRONG_DARK if luminance(ground) < luminance(ink) else STRONG_LIGHT
    link = accent if _stands_out(accent, grounds) else ink
    return replace(
        strong,
        bg=ground,
        sheet=ground,
        raised=base,
        wash=ground,
        line=ink,
        edge=ink,
        ink=ink,
        ink2=ink,
        ink3=ink,
        accent=link,
        accent_hi=ink,
        accent_wash=ground,
        on_accent=on_accent if link is accent else ground,
        danger=strong.danger if _stands_out(strong.danger, grounds) else ink,
        danger_wash=ground,
        ok=strong.ok if _stands_out(strong.ok, grounds) else ink,
        ok_wash=ground,
        warn=strong.warn if _stands_out(strong.warn, grounds) else ink,
        warn_wash=ground,
        mark=ground,
        focus=ink,
    )


def _stands_out(color: QColor, grounds: Sequence[QColor]) -> bool:
    return min(contrast(color, ground) for ground in grounds) >= STRONG_TEXT
