"""Pictures of every kind, seen as closely as one likes, and taken from the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from heic import heic
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from app.capture import refused
from app.conversation import TurnState
from engine import ImagePart

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE_MS = 60_000
WIDE = [[(76, 85, 255)] * 24, [(29, 255, 107)] * 24] * 9


def test_the_detail_that_is_chosen_is_what_the_model_sees(
    open_program, qtbot, tmp_path: Path
) -> None:
    photo = tmp_path / "IMG_2041.heic"
    photo.write_bytes(heic(WIDE))
    person = open_program()
    person.drop(photo)
    composer = person.program.page.composer
    (chip,) = composer.attachments.chips
    assert chip.detail is not None
    menu = chip.detail.menu()
    qtbot.waitUntil(lambda: " seen" in menu.actions()[0].text(), timeout=PATIENCE_MS)
    low, standard, full = (int(a.text().split(", ")[1].split()[0]) for a in menu.actions())
    assert low < standard == full

    menu.actions()[0].trigger()
    assert f"{low} tokens" in chip.accessibleName()
    turn = person.ask("What is this?")
    assert turn.state is TurnState.DONE
    assert turn.usage.image_tokens == low
    assert turn.question.images[0].detail == "low"


@pytest.mark.qt_log_ignore("This plugin does not support ", extend=True)
def test_the_screen_becomes_a_picture(open_program, qtbot) -> None:
    program = open_program().program
    program.window.registry["capture_screen"].trigger()
    qtbot.waitUntil(lambda: bool(program.capture.overlays))
    assert program.window.isHidden()
    QTest.keyClick(program.capture.overlays[0], Qt.Key.Key_Return)
    composer = program.page.composer
    qtbot.waitUntil(lambda: bool(composer.draft().attachments), timeout=PATIENCE_MS)
    (part,) = composer.draft().attachments
    assert isinstance(part, ImagePart)
    size = QGuiApplication.primaryScreen().size()
    assert (part.name, part.width, part.height) == ("Screen capture", size.width(), size.height())
    assert program.window.isVisible()

    qtbot.mouseClick(composer.capture, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(program.capture.overlays))
    QTest.keyClick(program.capture.overlays[0], Qt.Key.Key_Escape)
    assert len(composer.attachments.chips) == 1

    program.capture.failed.emit(refused())
    assert composer.attachments.chips[1].reason == "The system did not allow a screen capture."
