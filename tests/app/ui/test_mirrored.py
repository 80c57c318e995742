"""Reading from the right: what stood on one side stands on the other, at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from app.ui.parts import Text
from app.ui.question_view import QuestionView
from app.ui.setting_controls import SwitchControl
from app.ui.thin_bar import ThinBar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from app.startup import Program
    from app.ui.theme import Theme


@pytest.fixture
def applied(theme: Theme) -> Iterator[Theme]:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme.apply(application)
    yield theme
    application.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def read_from(side: Qt.LayoutDirection) -> None:
    QApplication.setLayoutDirection(side)


LEFT, RIGHT = Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft


def inked(widget: QWidget, color: QColor) -> tuple[float, float]:
    """Where, from 0 to 1, the leftmost and the rightmost pixel of `color` are."""
    picture: QImage = widget.grab().toImage()
    columns = [
        x
        for x in range(picture.width())
        for y in range(0, picture.height(), 2)
        if picture.pixelColor(x, y) == color
    ]
    assert columns
    return min(columns) / picture.width(), max(columns) / picture.width()


def test_the_rule_of_a_question_is_where_one_begins_to_read(qtbot: QtBot, applied: Theme) -> None:
    question = QuestionView(applied, "שאלה", attached=False)
    qtbot.addWidget(question)
    question.resize(400, 40)
    question.show()
    accent = applied.colors.accent
    assert inked(question, accent)[1] < 0.05
    read_from(RIGHT)
    assert inked(question, accent)[0] > 0.95
    read_from(LEFT)
    assert inked(question, accent)[1] < 0.05


def test_a_level_grows_from_where_one_begins_to_read(qtbot: QtBot, applied: Theme) -> None:
    bar = ThinBar(applied)
    qtbot.addWidget(bar)
    bar.resize(100, 2)
    bar.set_share(0.25, "a quarter")
    assert inked(bar, applied.colors.accent)[1] < 0.3
    read_from(RIGHT)
    assert inked(bar, applied.colors.accent)[0] > 0.7


def test_a_switch_that_is_on_has_its_knob_at_the_end(qtbot: QtBot, applied: Theme) -> None:
    switch = SwitchControl(applied, "High contrast")
    qtbot.addWidget(switch)
    switch.show_value(True)
    assert inked(switch, applied.colors.on_accent)[0] > 0.4
    read_from(RIGHT)
    assert inked(switch, applied.colors.on_accent)[1] < 0.6


def test_labels_stand_where_one_begins_to_read(qtbot: QtBot, applied: Theme) -> None:
    label = Text(applied, "Words")
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    plain = Text(applied, "Words")
    for one in (label, plain):
        qtbot.addWidget(one)
        one.resize(300, 20)
        one.show()
    ink = applied.colors.ink
    assert inked(plain, ink)[1] < 0.5 < inked(label, ink)[0]
    read_from(RIGHT)
    assert inked(label, ink)[1] < 0.5 < inked(plain, ink)[0]
    read_from(LEFT)
    assert inked(plain, ink)[1] < 0.5 < inked(label, ink)[0]


def test_the_whole_window_is_mirrored_and_back_again(
    qtbot: QtBot, program: Program, applied: Theme
) -> None:
    del applied
    program.window.resize(1200, 800)
    with qtbot.waitSignal(program.models.ready):
        program.show()
    window, header = program.window, program.window.header

    def left(widget: QWidget) -> int:
        return widget.mapTo(window, QPoint(0, 0)).x()

    def straight() -> None:
        assert left(window.sidebar) == 0
        assert left(header.title) < left(header.model)

    def mirrored() -> None:
        # Qt's splitter is a pixel off on that side.
        assert abs(left(window.sidebar) + window.sidebar.width() - window.width()) <= 1
        assert left(header.title) > left(header.model)

    straight()
    before = window.grab().toImage()
    read_from(RIGHT)
    qtbot.waitUntil(mirrored)
    assert window.grab().toImage() != before
    read_from(LEFT)
    qtbot.waitUntil(straight)
