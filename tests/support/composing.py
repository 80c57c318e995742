"""Typing, pressing and attaching in a composer, as a person would."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from engine import TokensCounted

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.ui.composer import Composer

PLAIN = Qt.KeyboardModifier.NoModifier


def count(
    prompt: int, images: int = 0, last: int | None = None, limit: int = 2_048
) -> TokensCounted:
    return TokensCounted("c", prompt, images, prompt if last is None else last, limit)


def write(qtbot: QtBot, composer: Composer, text: str) -> None:
    """Type `text` and wait until it is to be counted."""
    with qtbot.waitSignal(composer.draft_changed):
        qtbot.keyClicks(composer.editor, text)


def attach(qtbot: QtBot, composer: Composer, path: Path) -> None:
    """Attach the file at `path` and wait until it is to be counted."""
    with qtbot.waitSignal(
        composer.draft_changed, check_params_cb=lambda draft: bool(draft.attachments)
    ):
        composer.add_paths([path])


def press(composer: Composer, key: Qt.Key, held: Qt.KeyboardModifier = PLAIN) -> None:
    QTest.keyClick(composer.editor, key, held)
