"""Text size, live: fonts, heights and controls follow; no word is cut in the smallest window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cut_text import cut, outside
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget

from app.ui import scaling
from app.ui.parts import IconButton, Text, TextButton
from app.ui.strip import HEIGHT, PerformanceStrip
from app.ui.wrapped_text import WrappedText

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    theme.set_text_size(scaling.USUAL)


def test_steps_lead_from_the_smallest_to_the_largest() -> None:
    sizes = [scaling.SMALLEST]
    while sizes[-1] < scaling.LARGEST:
        sizes.append(scaling.next_step(sizes[-1], 1))
    assert sizes == list(scaling.STEPS)
    assert scaling.next_step(scaling.LARGEST, 1) == scaling.LARGEST
    assert scaling.next_step(110, -1) == 100
    assert scaling.next_step(scaling.SMALLEST, -1) == scaling.SMALLEST
    assert scaling.clamped(10) == 85
    assert scaling.clamped(900) == 200


@pytest.mark.parametrize("percent", scaling.STEPS)
def test_a_font_given_once_follows(qtbot: QtBot, applied: Theme, percent: int) -> None:
    label, code = Text(applied, "Words", "reading"), Text(applied, "print()", "code")
    small = QLabel("1")
    small.setFont(applied.font("label", 9))
    for widget in (label, code, small):
        qtbot.addWidget(widget)
        widget.ensurePolished()
    applied.set_text_size(percent)
    assert label.font().pixelSize() == round(15 * percent / 100)
    assert small.font().pixelSize() == round(9 * percent / 100)
    assert code.fontInfo().pixelSize() == pytest.approx(12.5 * percent / 100, abs=1)
    assert QApplication.font().pixelSize() == round(13 * percent / 100)
    applied.set_text_size(100)
    assert label.font().pixelSize() == 15


def test_a_weight_of_its_own_is_kept(qtbot: QtBot, applied: Theme) -> None:
    label = QLabel("1")
    font = applied.font("meta")
    font.setBold(True)
    label.setFont(font)
    qtbot.addWidget(label)
    applied.set_text_size(150)
    assert label.font().bold()
    assert label.font().pixelSize() == 18


def test_a_size_outlasts_another_parent_and_another_look(qtbot: QtBot, applied: Theme) -> None:
    first, second = QWidget(), QWidget()
    label = Text(applied, "Words", "reading")
    for parent in (first, second):
        qtbot.addWidget(parent)
        QVBoxLayout(parent)
    first.layout().addWidget(label)
    first.show()
    applied.set_text_size(200)
    second.layout().addWidget(label)
    second.show()
    assert label.font().pixelSize() == 30
    label.style().unpolish(label)
    label.style().polish(label)
    assert label.font().pixelSize() == 30


def test_heights_and_buttons_follow(qtbot: QtBot, applied: Theme) -> None:
    strip = PerformanceStrip(applied)
    button, icon = TextButton(applied, "Press"), IconButton(applied, "plus", "Add")
    for widget in (strip, button, icon):
        qtbot.addWidget(widget)
        widget.show()
    applied.set_text_size(200)
    assert strip.height() == 2 * HEIGHT
    assert button.sizeHint().height() >= 60
    assert icon.sizeHint().width() == 56
    assert icon.iconSize().width() == 32


def test_lines_of_wrapped_text_stay_apart(qtbot: QtBot, applied: Theme) -> None:
    text = WrappedText(applied, "One line.\nAnother line.", "body")
    qtbot.addWidget(text)
    applied.set_text_size(200)
    assert text.heightForWidth(800) == 80


@pytest.mark.parametrize("mirrored", [False, True], ids=["from the left", "from the right"])
@pytest.mark.parametrize("percent", [85, 100, 200])
def test_no_word_is_cut_in_the_smallest_window(
    qtbot: QtBot, program: Program, percent: int, mirrored: bool
) -> None:
    window = program.window
    window.resize(900, 600)
    with qtbot.waitSignal(program.models.ready):
        program.show()
    if mirrored:
        QApplication.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    program.settings.change("text_size", percent)
    assert window.width() == 900

    def settled() -> None:
        assert cut(window) == []
        assert outside(window) == []

    qtbot.waitUntil(settled)  # the first run
    qtbot.keyClicks(program.page.composer.editor, "What is in it?")
    with qtbot.waitSignal(program.session.answer_finished):
        qtbot.keyClick(program.page.composer.editor, Qt.Key.Key_Return)
    qtbot.waitUntil(settled)  # a conversation
    program.settings.open()
    qtbot.waitUntil(settled)  # the settings
