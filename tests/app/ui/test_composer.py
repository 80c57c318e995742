"""Writing, sending and stopping."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composing import press
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication

from app.drafts import Draft

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.ui.composer import Composer


def test_enter_sends_and_empties_the_field(qtbot: QtBot, composer: Composer) -> None:
    qtbot.keyClicks(composer.editor, "What is this?")

    with qtbot.waitSignal(composer.submitted) as sent:
        press(composer, Qt.Key.Key_Return)

    assert sent.args == [Draft("What is this?")]
    assert composer.draft() == Draft()


def test_shift_enter_breaks_the_line_and_the_field_grows(qtbot: QtBot, composer: Composer) -> None:
    qtbot.keyClicks(composer.editor, "one")
    height = composer.editor.height()
    with qtbot.assertNotEmitted(composer.submitted):
        press(composer, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(composer.editor, "two")

    assert composer.draft().text == "one\ntwo"
    assert composer.editor.height() == height + 24


def test_enter_during_composition_never_sends(qtbot: QtBot, composer: Composer) -> None:
    qtbot.keyClicks(composer.editor, "a")
    QApplication.sendEvent(composer.editor, QInputMethodEvent("か", []))
    with qtbot.assertNotEmitted(composer.submitted):
        press(composer, Qt.Key.Key_Return)

    committed = QInputMethodEvent("", [])
    committed.setCommitString("化")
    QApplication.sendEvent(composer.editor, committed)
    with qtbot.waitSignal(composer.submitted) as sent:
        press(composer, Qt.Key.Key_Return)
    assert sent.args[0].text.strip() == "a化"


def test_nothing_to_send_is_said_on_the_button(qtbot: QtBot, composer: Composer) -> None:
    assert not composer.send.isEnabled()
    assert composer.send.toolTip() == "Write a question or attach a file"
    with qtbot.assertNotEmitted(composer.submitted):
        press(composer, Qt.Key.Key_Return)

    qtbot.keyClicks(composer.editor, "x")
    assert composer.send.isEnabled()
    with qtbot.waitSignal(composer.submitted):
        qtbot.mouseClick(composer.send, Qt.MouseButton.LeftButton)


def test_while_busy_the_button_stops_and_typing_goes_on(qtbot: QtBot, composer: Composer) -> None:
    composer.set_busy(True)
    qtbot.keyClicks(composer.editor, "next")

    assert composer.send.accessibleName() == "Stop"
    with qtbot.waitSignal(composer.stop_requested):
        qtbot.mouseClick(composer.send, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(composer.stop_requested):
        press(composer, Qt.Key.Key_Escape)
    assert composer.draft().text == "next"

    composer.set_busy(False)
    assert composer.send.accessibleName() == "Send"
    with qtbot.assertNotEmitted(composer.stop_requested):
        press(composer, Qt.Key.Key_Escape)


def test_draft_is_announced_once_typing_has_stopped(qtbot: QtBot, composer: Composer) -> None:
    drafts: list[Draft] = []
    composer.draft_changed.connect(drafts.append)

    qtbot.keyClicks(composer.editor, "three words here")
    assert drafts == []
    qtbot.waitUntil(lambda: bool(drafts))

    assert drafts == [Draft("three words here")]


def test_field_scrolls_from_two_fifths_of_the_window_on(qtbot: QtBot, composer: Composer) -> None:
    composer.editor.set_text("\n".join("line" for _ in range(100)))
    qtbot.waitUntil(lambda: composer.height() > composer.editor.height() > 100)

    assert composer.height() <= 240
    assert composer.editor.verticalScrollBar().maximum() > 0
