"""The appearance: the whole contrast table, fonts, icons, and following the desktop."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QColor, QFont, QPalette, QPen
from PySide6.QtWidgets import QApplication, QPushButton

from app.ui import icons
from app.ui.contrast import STRONG_TEXT, contrast, from_system
from app.ui.stylesheet import stylesheet
from app.ui.tokens import DARK, LIGHT, SPACING, STRONG_DARK, STRONG_LIGHT, TYPE, TYPE_STYLES, Colors

if TYPE_CHECKING:
    from app.ui.theme import Theme

GROUNDS = ("bg", "sheet", "raised", "wash")
# Ratios on the four grounds, in light and in dark.
TABLE = {
    "ink": ((14.46, 15.92, 16.60, 13.10), (14.81, 14.06, 12.68, 10.92)),
    "ink2": ((7.74, 8.51, 8.88, 7.01), (9.40, 8.92, 8.04, 6.93)),
    "ink3": ((5.57, 6.13, 6.39, 5.04), (6.73, 6.39, 5.76, 4.96)),
    "accent": ((7.64, 8.41, 8.76, 6.92), (9.06, 8.60, 7.76, 6.68)),
    "danger": ((5.83, 6.42, 6.69, 5.28), (8.08, 7.67, 6.92, 5.96)),
    "ok": ((5.83, 6.42, 6.69, 5.28), (9.84, 9.35, 8.43, 7.26)),
    "warn": ((5.89, 6.48, 6.75, 5.33), (10.36, 9.84, 8.87, 7.64)),
    "edge": ((3.59, 3.96, 4.12, 3.26), (4.44, 4.22, 3.80, 3.28)),
}
PAIRS = {
    ("on_accent", "accent"): (8.76, 8.12),
    ("accent", "accent_wash"): (7.17, 6.26),
    ("danger", "danger_wash"): (5.50, 6.10),
    ("ok", "ok_wash"): (5.52, 7.23),
    ("warn", "warn_wash"): (5.75, 7.50),
    ("ink", "mark"): (13.00, 5.92),
}
CONTROL_EDGE = 3.0
TEXT = 4.5


def of(colors: Colors, name: str) -> QColor:
    return getattr(colors, name)


@pytest.mark.parametrize("appearance", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("name", TABLE)
def test_contrast_on_every_ground(name: str, appearance: int) -> None:
    colors = (LIGHT, DARK)[appearance]
    least = CONTROL_EDGE if name == "edge" else TEXT
    for ground, expected in zip(GROUNDS, TABLE[name][appearance], strict=True):
        ratio = contrast(of(colors, name), of(colors, ground))
        assert ratio == pytest.approx(expected, abs=0.006), ground
        assert ratio >= least


@pytest.mark.parametrize("pair", PAIRS, ids=" on ".join)
def test_contrast_of_pairs(pair: tuple[str, str]) -> None:
    for colors, expected in zip((LIGHT, DARK), PAIRS[pair], strict=True):
        ratio = contrast(of(colors, pair[0]), of(colors, pair[1]))
        assert ratio == pytest.approx(expected, abs=0.006)
        assert ratio >= TEXT


STRONG = pytest.mark.parametrize(
    "colors", [STRONG_LIGHT, STRONG_DARK], ids=["strong light", "strong dark"]
)


@STRONG
@pytest.mark.parametrize("name", TABLE)
def test_strong_contrast_on_every_ground(name: str, colors: Colors) -> None:
    for ground in GROUNDS:
        assert contrast(of(colors, name), of(colors, ground)) >= STRONG_TEXT, ground


@STRONG
def test_strong_contrast_of_pairs_and_lines(colors: Colors) -> None:
    for ink, ground in PAIRS:
        assert contrast(of(colors, ink), of(colors, ground)) >= STRONG_TEXT, ink
    assert colors.line == colors.edge
    assert colors.ink3 == colors.ink
    for part in ("accent", "fit_2", "fit_3"):
        assert contrast(of(colors, part), colors.wash) >= CONTROL_EDGE


def system_palette(ground: str, ink: str, marked: str, on_it: str) -> QPalette:
    palette = QPalette()
    roles = QPalette.ColorRole
    for role in (roles.Window, roles.Base):
        palette.setColor(role, QColor(ground))
    palette.setColor(roles.WindowText, QColor(ink))
    palette.setColor(roles.Highlight, QColor(marked))
    palette.setColor(roles.HighlightedText, QColor(on_it))
    return palette


@pytest.mark.parametrize(
    "palette",
    [("#000000", "#ffff00", "#00ffff", "#000000"), ("#ffffff", "#000000", "#777777", "#ffffff")],
    ids=["yellow on black", "black on white"],
)
def test_the_systems_own_strong_colours_are_taken(palette: tuple[str, str, str, str]) -> None:
    colors = from_system(system_palette(*palette))
    assert colors is not None
    assert colors.sheet == QColor(palette[0])
    assert colors.ink == colors.ink3 == colors.line == colors.edge == QColor(palette[1])
    for name in TABLE:
        for ground in GROUNDS:
            assert contrast(of(colors, name), of(colors, ground)) >= STRONG_TEXT, name
    for ink, ground in PAIRS:
        assert contrast(of(colors, ink), of(colors, ground)) >= STRONG_TEXT, ink


def test_a_system_palette_without_contrast_is_not_taken() -> None:
    assert from_system(system_palette("#ffffff", "#999999", "#777777", "#ffffff")) is None


def test_strong_contrast_is_shown_at_once(qtbot, theme: Theme) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme.apply(application)
    with qtbot.waitSignal(theme.changed):
        theme.set_high_contrast(True)
    assert theme.colors is STRONG_LIGHT
    assert isinstance(theme.wash_pen, QPen)
    assert application.styleSheet() != stylesheet(STRONG_LIGHT)
    theme.set_choice("dark")
    assert theme.colors is STRONG_DARK
    theme.set_choice("light")
    theme.set_high_contrast(False)
    assert theme.colors is LIGHT


def test_reduced_motion_stills_caret_and_movements(theme: Theme) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme.apply(application)
    before = application.cursorFlashTime()
    assert before > 0
    assert theme.motion(120) == 120
    theme.set_reduced_motion(True)
    assert theme.motion(120) == application.cursorFlashTime() == 0
    theme.set_reduced_motion(False)
    assert application.cursorFlashTime() == before


def test_the_focus_ring_is_seen_on_every_ground() -> None:
    for colors in (LIGHT, DARK):
        for ground in GROUNDS:
            assert contrast(colors.focus, of(colors, ground)) >= CONTROL_EDGE


def test_every_token_is_in_both_appearances() -> None:
    for field in fields(Colors):
        assert of(LIGHT, field.name).isValid()
        assert of(DARK, field.name).isValid()


@pytest.mark.parametrize("style", TYPE_STYLES)
def test_fonts_have_the_size_and_weight_of_the_table(theme: Theme, style) -> None:
    font = theme.font(style)
    spec = TYPE[style]
    assert font.weight() == spec.weight
    if spec.size == int(spec.size):
        assert font.pixelSize() == spec.size
    assert font.featureValue(QFont.Tag("tnum")) == 1


def test_code_has_no_ligatures(theme: Theme) -> None:
    font = theme.font("code")
    assert font.featureValue(QFont.Tag("liga")) == 0
    assert font.featureValue(QFont.Tag("calt")) == 0


def test_the_spacing_scale_rises() -> None:
    assert list(SPACING) == sorted(set(SPACING))


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("name", icons.SHAPES)
def test_every_icon_draws_something_in_its_tint(name: str) -> None:
    tint = QColor("#A8321E")
    picture = icons.pixmap(name, tint, 16, 2.0).toImage()
    inked = [
        picture.pixelColor(x, y)
        for x in range(picture.width())
        for y in range(picture.height())
        if picture.pixelColor(x, y).alpha() == 255
    ]
    assert inked
    assert all(color == tint for color in inked)


def test_a_choice_is_shown_at_once(qtbot, theme: Theme) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme.apply(application)
    with qtbot.waitSignal(theme.changed):
        theme.set_choice("dark")
    assert theme.dark
    assert application.palette().color(QPalette.ColorRole.Window) == DARK.sheet
    with qtbot.waitSignal(theme.changed):
        theme.set_choice("light")
    assert theme.colors is LIGHT


def test_choosing_what_is_shown_changes_nothing(qtbot, theme: Theme) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme.apply(application)
    with qtbot.assertNotEmitted(theme.changed):
        theme.set_choice("light")


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
def test_the_style_sheet_is_complete_and_valid(qtbot, colors: Colors) -> None:
    sheet = stylesheet(colors)
    assert "$" not in sheet
    button = QPushButton("x")
    qtbot.addWidget(button)
    button.setStyleSheet(sheet)
    button.ensurePolished()
