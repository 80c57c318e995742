"""An icon button that stands for an action."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.ui.actions import tooltip
from app.ui.parts import IconButton

if TYPE_CHECKING:
    from app.ui.actions import Actions
    from app.ui.theme import Theme


def action_button(theme: Theme, actions: Actions, icon: str, name: str) -> IconButton:
    """An icon button that stands for the action `name`."""
    action = actions[name]
    button = IconButton(theme, icon, tooltip(action))
    button.clicked.connect(action.trigger)
    return button
