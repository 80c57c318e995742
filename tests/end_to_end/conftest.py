"""The whole program: the real window, the real engine thread, a real model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from app.startup import Program
from engine.settings import Settings, save_settings, settings_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.conversation import Turn

PATIENCE_MS = 60_000


class Person:
    """What a person does with the window, and what they then see."""

    def __init__(self, program: Program, qtbot: QtBot) -> None:
        self.program = program
        self._qtbot = qtbot

    def drop(self, *paths: Path) -> None:
        """Drag files onto the middle of the window and let go; wait until they are read."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        self.drop_data(data)

    def drop_data(self, data: QMimeData) -> None:
        window = self.program.window
        middle = window.rect().center()
        everything = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton)
        enter = QDragEnterEvent(QPoint(middle), *everything, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(window, enter)
        assert enter.isAccepted()
        drop = QDropEvent(QPointF(middle), *everything, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(window, drop)
        strip = self.program.page.composer.attachments
        self._qtbot.waitUntil(lambda: not strip.reading, timeout=PATIENCE_MS)

    def ask(self, question: str) -> Turn:
        """Type a question, press Enter, and wait for the end of the answer."""
        turn = self.send(question)
        self._qtbot.waitUntil(lambda: not turn.state.running, timeout=PATIENCE_MS)
        return turn

    def send(self, question: str) -> Turn:
        """Type a question and press Enter, once that sends."""
        composer = self.program.page.composer
        editor = composer.editor
        self._qtbot.keyClicks(editor, question)
        self._qtbot.waitUntil(composer.send.isEnabled, timeout=PATIENCE_MS)
        self._qtbot.keyClick(editor, Qt.Key.Key_Return)
        turn: Turn = self.program.session.current.turns[-1]
        assert turn.question.text == question
        return turn


@pytest.fixture
def open_program(qapp: QApplication, qtbot: QtBot) -> Iterator[Callable[..., Person]]:
    """Opens the window with these settings and waits for its model."""
    opened: list[Program] = []

    def open_one(settings: Settings | None = None) -> Person:
        save_settings(settings_path(), settings or Settings())
        program = Program(qapp)
        opened.append(program)
        with qtbot.waitSignal(program.models.ready, timeout=PATIENCE_MS):
            program.show()
        return Person(program, qtbot)

    yield open_one
    for program in opened:
        program.window.close()
        program.close()
        program.window.deleteLater()
        program.deleteLater()
    qapp.processEvents()
