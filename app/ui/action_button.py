"""An icon button that stands for an action."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.ui.actions import tooltip
from app.ui.parts import IconButton

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    from app.ui.actions import Actions
    from app.ui.theme import Theme


class ActionButton(IconButton):
    """An icon button that stands for an action and tells its keys, whichever they are."""

    def __init__(self, theme: Theme, action: QAction, icon: str) -> None:
        super().__init__(theme, icon, tooltip(action))
        self._action = action
        self.clicked.connect(action.trigger)
        action.changed.connect(self._name_again)

    def _name_again(self) -> None:
        self.rename(tooltip(self._action))


def action_button(theme: Theme, actions: Actions, icon: str, name: str) -> IconButton:
    """An icon button that stands for the action `name`."""
    return ActionButton(theme, actions[name], icon)
