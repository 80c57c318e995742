"""Keys held together, as each system writes them. Pure but for Qt's own reading of keys."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QKeySequence

_MODIFIERS = frozenset({"ctrl", "alt", "shift", "meta"})


class NotAChord(ValueError):
    """Keys that no system takes as a global shortcut."""


@dataclass(frozen=True, slots=True)
class Chord:
    """Some of "ctrl", "alt", "shift" and "meta"; and a letter, a digit, an F-key or Print."""

    modifiers: frozenset[str]
    key: str

    @classmethod
    def parse(cls, text: str) -> Chord:
        """Read `text` as Qt writes keys, such as "Ctrl+Alt+S"; raises `NotAChord`."""
        *held, key = QKeySequence(text).toString().split("+")
        modifiers = frozenset(name.lower() for name in held)
        if not modifiers or not modifiers <= _MODIFIERS or not _usual(key):
            raise NotAChord(text)
        return cls(modifiers, key)

    def for_portal(self) -> str:
        """As the desktop portal's shortcuts specification writes it."""
        names = {"ctrl": "CTRL", "alt": "ALT", "shift": "SHIFT", "meta": "LOGO"}
        held = [name for key, name in names.items() if key in self.modifiers]
        return "+".join((*held, self.key.lower() if len(self.key) == 1 else self.key))


def _usual(key: str) -> bool:
    if len(key) == 1:
        return key.isascii() and key.isalnum()
    return key == "Print" or (key[:1] == "F" and key[1:].isdigit())
