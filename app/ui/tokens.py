"""The design's values: colours of both appearances and the type table. No widget is known here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from PySide6.QtGui import QColor, QFont

TypeStyle = Literal[
    "display",
    "title",
    "heading",
    "reading",
    "question",
    "body",
    "body_medium",
    "body_strong",
    "meta",
    "label",
    "code",
]
TYPE_STYLES: tuple[TypeStyle, ...] = get_args(TypeStyle)

# The steps of the scale; a distance that is not one of them is a mistake.
SPACING = (2, 4, 6, 8, 12, 16, 20, 24, 32)
RADIUS_CHIP, RADIUS_CONTROL, RADIUS_CARD, RADIUS_LARGE = 4, 6, 8, 10


@dataclass(frozen=True, slots=True)
class Colors:
    """Every colour of one appearance, by the name of its use."""

    bg: QColor
    sheet: QColor
    raised: QColor
    wash: QColor
    line: QColor
    edge: QColor
    ink: QColor
    ink2: QColor
    ink3: QColor
    accent: QColor
    accent_hi: QColor
    accent_wash: QColor
    on_accent: QColor
    danger: QColor
    danger_wash: QColor
    ok: QColor
    ok_wash: QColor
    warn: QColor
    warn_wash: QColor
    mark: QColor
    focus: QColor
    fit_2: QColor
    fit_3: QColor


@dataclass(frozen=True, slots=True)
class TypeSpec:
    """One row of the type table, in pixels at the default text size."""

    size: float
    line: int
    weight: QFont.Weight


LIGHT = Colors(
    bg=QColor("#F3EFE6"),
    sheet=QColor("#FCFAF6"),
    raised=QColor("#FFFFFF"),
    wash=QColor("#EAE4D7"),
    line=QColor("#DDD5C5"),
    edge=QColor("#857C6B"),
    ink=QColor("#211E1A"),
    ink2=QColor("#50493F"),
    ink3=QColor("#665E52"),
    accent=QColor("#2A4B7C"),
    accent_hi=QColor("#1F3B66"),
    accent_wash=QColor("#E2E9F3"),
    on_accent=QColor("#FFFFFF"),
    danger=QColor("#A8321E"),
    danger_wash=QColor("#F8E5DF"),
    ok=QColor("#3B6636"),
    ok_wash=QColor("#E4ECDC"),
    warn=QColor("#7F5200"),
    warn_wash=QColor("#F8ECCD"),
    mark=QColor("#FBE29A"),
    focus=QColor("#2A4B7C"),
    fit_2=QColor("#7E97BE"),
    fit_3=QColor("#B9C6DB"),
)

DARK = Colors(
    bg=QColor("#171613"),
    sheet=QColor("#1D1B18"),
    raised=QColor("#262420"),
    wash=QColor("#322F29"),
    line=QColor("#3A372F"),
    edge=QColor("#857D6E"),
    ink=QColor("#EDE8DD"),
    ink2=QColor("#C2BAAB"),
    ink3=QColor("#A59D8E"),
    accent=QColor("#9DB9E6"),
    accent_hi=QColor("#B9CEF0"),
    accent_wash=QColor("#26344D"),
    on_accent=QColor("#13203A"),
    danger=QColor("#F2957E"),
    danger_wash=QColor("#47241B"),
    ok=QColor("#A6C997"),
    ok_wash=QColor("#27331F"),
    warn=QColor("#E6BF6A"),
    warn_wash=QColor("#3B2F14"),
    mark=QColor("#6B5414"),
    focus=QColor("#B9CEF0"),
    fit_2=QColor("#6F8AB5"),
    fit_3=QColor("#4A5E80"),
)

_NORMAL = QFont.Weight.Normal
_MEDIUM = QFont.Weight.Medium
_STRONG = QFont.Weight.DemiBold

TYPE: dict[TypeStyle, TypeSpec] = {
    "display": TypeSpec(26, 34, _STRONG),
    "title": TypeSpec(20, 28, _STRONG),
    "heading": TypeSpec(17, 24, _STRONG),
    "reading": TypeSpec(15, 24, _NORMAL),
    "question": TypeSpec(15, 24, _MEDIUM),
    "body": TypeSpec(13, 20, _NORMAL),
    "body_medium": TypeSpec(13, 20, _MEDIUM),
    "body_strong": TypeSpec(13, 20, _STRONG),
    "meta": TypeSpec(12, 16, _NORMAL),
    "label": TypeSpec(11, 16, _STRONG),
    "code": TypeSpec(12.5, 20, _NORMAL),
}

# Where stronger contrast is wanted and the system brings no palette of its own for it: every text
# at least 7 to 1 on every ground, hairlines as visible as the borders of controls.
STRONG_LIGHT = Colors(
    bg=QColor("#FFFFFF"),
    sheet=QColor("#FFFFFF"),
    raised=QColor("#FFFFFF"),
    wash=QColor("#F0EDE6"),
    line=QColor("#3D3A34"),
    edge=QColor("#3D3A34"),
    ink=QColor("#000000"),
    ink2=QColor("#000000"),
    ink3=QColor("#000000"),
    accent=QColor("#12325F"),
    accent_hi=QColor("#000000"),
    accent_wash=QColor("#E6EEF9"),
    on_accent=QColor("#FFFFFF"),
    danger=QColor("#7F1A09"),
    danger_wash=QColor("#FBECE8"),
    ok=QColor("#1E4A1A"),
    ok_wash=QColor("#EAF3E5"),
    warn=QColor("#553600"),
    warn_wash=QColor("#FAF1DB"),
    mark=QColor("#FBE29A"),
    focus=QColor("#12325F"),
    fit_2=QColor("#4A648F"),
    fit_3=QColor("#6F83A6"),
)

STRONG_DARK = Colors(
    bg=QColor("#000000"),
    sheet=QColor("#000000"),
    raised=QColor("#000000"),
    wash=QColor("#22201C"),
    line=QColor("#C9C2B4"),
    edge=QColor("#C9C2B4"),
    ink=QColor("#FFFFFF"),
    ink2=QColor("#FFFFFF"),
    ink3=QColor("#FFFFFF"),
    accent=QColor("#B9D0F5"),
    accent_hi=QColor("#FFFFFF"),
    accent_wash=QColor("#14213A"),
    on_accent=QColor("#000000"),
    danger=QColor("#FFB3A1"),
    danger_wash=QColor("#35150E"),
    ok=QColor("#C2E3B4"),
    ok_wash=QColor("#15240F"),
    warn=QColor("#F6D48B"),
    warn_wash=QColor("#2C220C"),
    mark=QColor("#5C470D"),
    focus=QColor("#FFFFFF"),
    fit_2=QColor("#8FA9D3"),
    fit_3=QColor("#7289B0"),
)
