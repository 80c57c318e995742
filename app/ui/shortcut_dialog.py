"""The list of shortcuts: every action that has keys."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QVBoxLayout, QWidget

from app.ui.parts import Text

if TYPE_CHECKING:
    from app.ui.actions import Actions
    from app.ui.theme import Theme

_ROWS = 20
# Keys of the composer itself, which are no actions.
_ENTER = (("Send", "Enter"), ("New line", "Shift+Enter"))
_CTRL_ENTER = (("Send", "Ctrl+Enter"), ("New line", "Enter"))


class ShortcutDialog(QDialog):
    """Actions on the left, keys on the right; Esc closes it."""

    def __init__(
        self, theme: Theme, actions: Actions, parent: QWidget, *, enter_sends: bool = True
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Shortcuts")
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(Text(theme, "Shortcuts", "heading"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(32)
        grid.setVerticalSpacing(8)
        composer = _ENTER if enter_sends else _CTRL_ENTER
        shown = (*composer, *actions.shortcuts())
        # More rows than this would be higher than the smallest window.
        rows = math.ceil(len(shown) / 2) if len(shown) > _ROWS else _ROWS
        for place, (name, keys) in enumerate(shown):
            beside, row = divmod(place, rows)
            grid.addWidget(Text(theme, name), row, 2 * beside)
            told = Text(theme, keys, "body", "ink3")
            grid.addWidget(told, row, 2 * beside + 1, Qt.AlignmentFlag.AlignRight)
        column.addLayout(grid)
