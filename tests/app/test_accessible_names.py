"""Whoever cannot see the window hears what each control is: no page has one without a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from app.conversation import TurnState
from app.drafts import Draft

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from app.startup import Program

CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
)


@pytest.fixture
def talked(qtbot: QtBot, program: Program) -> Program:
    """A window with a conversation in it."""
    with qtbot.waitSignals([program.library.listed, program.models.ready]):
        program.show()
    for text in ("Where is the tower?", "And when was it built?"):
        program.session.send(Draft(text))
        turn = program.session.current.turns[-1]
        qtbot.waitUntil(lambda turn=turn: turn.state is TurnState.DONE)
    return program


def unnamed(root: QWidget) -> list[str]:
    """Controls shown within `root` that say nothing of themselves."""
    silent = []
    for widget in (root, *root.findChildren(QWidget)):
        stops = widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        if not widget.isVisible() or not (isinstance(widget, CONTROLS) or stops):
            continue
        if _part_of_another(widget):
            continue
        described = QAccessible.queryAccessibleInterface(widget)
        if described is None or not described.text(QAccessible.Text.Name).strip():
            silent.append(f"{type(widget).__name__} in {_way(widget)}")
    return silent


def _part_of_another(widget: QWidget) -> bool:
    """Qt's own parts: the field of a spin box, scroll bars, the handle of a splitter."""
    parent = widget.parentWidget()
    inner = isinstance(parent, QAbstractSpinBox | QComboBox | QLineEdit)
    return inner or widget.objectName().startswith("qt_")


def _way(widget: QWidget) -> str:
    names = []
    around = widget.parentWidget()
    while around is not None:
        names.append(type(around).__name__)
        around = around.parentWidget()
    return " < ".join(names)


def open_edit(program: Program) -> None:
    program.page.view.edit_question(program.session.current.turns[0])


def open_search(program: Program) -> None:
    program.window.search_conversations()


OPENED: dict[str, Callable[[Program], object]] = {
    "conversation": lambda program: program.window.show(),
    "first run": lambda program: program.session.open_new(),
    "edit": open_edit,
    "search": open_search,
    "find": lambda program: program.window.registry["find"].trigger(),
    "models": lambda program: program.window.registry["models"].trigger(),
    "settings": lambda program: program.window.registry["settings"].trigger(),
    "about": lambda program: program.window.registry["about"].trigger(),
    "palette": lambda program: program.window.registry["palette"].trigger(),
}


@pytest.mark.parametrize("what", OPENED)
def test_every_control_has_a_name(talked: Program, what: str) -> None:
    OPENED[what](talked)
    assert unnamed(talked.window) == []


@pytest.mark.parametrize("what", [what for what in OPENED if what != "palette"])
def test_the_keyboard_reaches_every_button_that_is_shown(
    qtbot: QtBot, talked: Program, what: str
) -> None:
    """By Tab through the panes, around once; the focus is never lost on the way."""
    OPENED[what](talked)
    window = talked.window
    reached: list[QWidget] = []
    for _ in range(400):
        qtbot.keyClick(window.focusWidget() or window, Qt.Key.Key_Tab)
        focus = window.focusWidget()
        assert focus is not None
        assert focus.isVisible()
        if focus in reached:
            break
        reached.append(focus)
    assert len(reached) > 3
