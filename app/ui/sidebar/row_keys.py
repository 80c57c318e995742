"""What the keys of a row mean."""

from __future__ import annotations

import sys
from enum import Enum, auto
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

_MAC = sys.platform == "darwin"
DELETE_KEYS = QKeySequence("Ctrl+Backspace" if _MAC else "Ctrl+Delete")
RENAME_KEYS = QKeySequence("Return" if _MAC else "F2")
_MENU_KEYS = QKeySequence("Shift+F10")
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class RowCommand(Enum):
    """What is to be done with the row that the keyboard is on."""

    OPEN = auto()
    RENAME = auto()
    DELETE = auto()
    MENU = auto()
    # A bare key never deletes: it opens the menu, where Enter confirms.
    MENU_AT_DELETE = auto()
    UNFOLD = auto()
    FOLD = auto()


def row_command(event: QKeyEvent, *, mirrored: bool) -> RowCommand | None:
    """The command of a key; `None` for keys that mean nothing to a row."""
    pressed = QKeySequence(event.keyCombination())
    if pressed == RENAME_KEYS:
        return RowCommand.RENAME
    if pressed == DELETE_KEYS:
        return RowCommand.DELETE
    if pressed == _MENU_KEYS or event.key() == Qt.Key.Key_Menu:
        return RowCommand.MENU
    if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
        return None
    key = Qt.Key(event.key())
    if key in (*_ENTER, Qt.Key.Key_Space):
        return RowCommand.OPEN
    inward, outward = Qt.Key.Key_Right, Qt.Key.Key_Left
    if mirrored:
        inward, outward = outward, inward
    return {
        Qt.Key.Key_Delete: RowCommand.MENU_AT_DELETE,
        inward: RowCommand.UNFOLD,
        outward: RowCommand.FOLD,
    }.get(key)
