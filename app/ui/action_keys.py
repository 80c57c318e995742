"""Which keys an action has: the usual ones, or those a person has given it. Applied at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence

from app.ui.actions import plain_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.ui.actions import Actions

# In Qt's portable words: something is held, or the key writes nothing.
_MAY_BE_KEYS = re.compile(r"(Ctrl|Alt|Meta)\+|(Shift\+)?(F\d+|Esc|Pause|Print)$")


class ActionKeys(QObject):
    """The keys of all actions. `changed` follows every change by a person."""

    changed = Signal()

    def __init__(self, actions: Actions, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self._usual = {name: actions[name].shortcuts() for name in actions}

    @property
    def own(self) -> dict[str, str]:
        """Keys in Qt's portable words, by action, where they are not the usual ones."""
        return {
            name: _portable(self.keys(name)) for name in self._actions if not self.is_usual(name)
        }

    def load(self, own: Mapping[str, str]) -> None:
        """Take over what was kept; names that no action has any more are passed over."""
        for name in self._actions:
            if name in own:
                self._actions[name].setShortcuts([QKeySequence(own[name])] if own[name] else [])
            elif not self.is_usual(name):
                self._actions[name].setShortcuts(self._usual[name])

    def names(self) -> list[str]:
        """All actions, in the order of the menus."""
        return list(self._actions)

    def words(self, name: str) -> str:
        """What the action does."""
        return plain_text(self._actions[name])

    def keys(self, name: str) -> QKeySequence:
        """The keys in force; empty where there are none."""
        return self._actions[name].shortcut()

    def is_usual(self, name: str) -> bool:
        """Whether the action has the keys it came with."""
        return self._actions[name].shortcuts() == self._usual[name]

    def holder(self, keys: QKeySequence, other_than: str) -> str | None:
        """The action that has `keys`, if another one has."""
        if keys.isEmpty():
            return None
        return next(
            (
                name
                for name in self._actions
                if name != other_than and keys in self._actions[name].shortcuts()
            ),
            None,
        )

    def give(self, name: str, keys: QKeySequence) -> None:
        """Give `keys` to this action alone; empty ones take its own away."""
        holder = self.holder(keys, name)
        if holder is not None:
            rest = [kept for kept in self._actions[holder].shortcuts() if kept != keys]
            self._actions[holder].setShortcuts(rest)
        self._actions[name].setShortcuts([] if keys.isEmpty() else [keys])
        self.changed.emit()

    def reset(self, name: str) -> None:
        """Give the action its usual keys back; whoever has taken them gives them up."""
        for keys in self._usual[name]:
            holder = self.holder(keys, name)
            if holder is not None:
                rest = [kept for kept in self._actions[holder].shortcuts() if kept != keys]
                self._actions[holder].setShortcuts(rest)
        self._actions[name].setShortcuts(self._usual[name])
        self.changed.emit()

    def reset_all(self) -> None:
        """Give every action its usual keys back."""
        for name in self._actions:
            self._actions[name].setShortcuts(self._usual[name])
        self.changed.emit()


def can_be_keys(keys: QKeySequence) -> bool:
    """Whether these keys may stand for an action: what one types must go on writing letters."""
    if keys.isEmpty():
        return True
    return bool(_MAY_BE_KEYS.match(_portable(keys)))


def _portable(keys: QKeySequence) -> str:
    return keys.toString(QKeySequence.SequenceFormat.PortableText)
